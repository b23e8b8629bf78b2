-- Merge of customers. Rule 15; src/domain/credits/README.md, "Merge of customers".

-- AlterTable
ALTER TABLE "customer" ADD COLUMN     "merged_into" BIGINT;

-- AlterTable
ALTER TABLE "credit_grant" ADD COLUMN     "moved_to" BIGINT;

-- AddForeignKey
ALTER TABLE "customer" ADD CONSTRAINT "customer_shop_id_merged_into_fkey" FOREIGN KEY ("shop_id", "merged_into") REFERENCES "customer"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credit_grant" ADD CONSTRAINT "credit_grant_shop_id_moved_to_fkey" FOREIGN KEY ("shop_id", "moved_to") REFERENCES "credit_grant"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Hand-written from here on.

ALTER TABLE "customer" ADD CONSTRAINT "customer_not_its_own_heir" CHECK (merged_into <> id);
-- Whoever was merged into a customer, to move them on when that one is merged too; and where a grant came from.
CREATE INDEX "customer_merged" ON "customer" (shop_id, merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX "credit_grant_moved" ON "credit_grant" (shop_id, moved_to) WHERE moved_to IS NOT NULL;

-- As in 0005, and: a move carries every figure of a grant but what is held, because nothing is held when it moves.
CREATE OR REPLACE FUNCTION ledger_entry_fits(
  kind text, entitled bigint, consumed bigint, held bigint, expired bigint, cleared bigint, overdraft bigint
) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  CASE kind
    WHEN 'spend' THEN RETURN entitled = 0 AND consumed > 0 AND held = 0 AND expired = 0 AND cleared = 0 AND overdraft BETWEEN 0 AND consumed;
    WHEN 'grant', 'restore' THEN
      RETURN entitled > 0 AND consumed = 0 AND held = 0 AND expired = 0 AND cleared = 0 AND overdraft = 0;
    WHEN 'revoke' THEN
      RETURN entitled < 0 AND consumed = 0 AND held = 0 AND expired = 0 AND cleared = 0 AND overdraft = 0;
    WHEN 'adjust' THEN RETURN entitled <> 0 AND consumed = 0 AND held = 0 AND expired = 0 AND cleared = 0 AND overdraft = 0;
    WHEN 'reverse' THEN RETURN entitled = 0 AND consumed < 0 AND held = 0 AND expired = 0 AND cleared = 0 AND overdraft BETWEEN consumed AND 0;
    WHEN 'hold' THEN RETURN entitled = 0 AND consumed = 0 AND held > 0 AND expired = 0 AND cleared = 0 AND overdraft = 0;
    WHEN 'release' THEN RETURN entitled = 0 AND consumed = 0 AND held < 0 AND expired = 0 AND cleared = 0 AND overdraft = 0;
    WHEN 'post' THEN RETURN entitled = 0 AND consumed > 0 AND held = -consumed AND expired = 0 AND cleared = 0 AND overdraft = 0;
    WHEN 'expire' THEN RETURN entitled = 0 AND consumed = 0 AND held = 0 AND expired > 0 AND cleared = 0 AND overdraft = 0;
    WHEN 'settle' THEN
      RETURN entitled = 0 AND held = 0 AND expired = 0 AND (
        (consumed >= 0 AND cleared >= 0 AND overdraft <= 0) OR (consumed = 0 AND cleared < 0 AND overdraft = 0));
    WHEN 'forgive' THEN RETURN entitled = 0 AND consumed = 0 AND held = 0 AND expired = 0 AND cleared >= 0 AND overdraft <= 0;
    WHEN 'move_in' THEN
      RETURN held = 0 AND least(entitled, consumed, expired, cleared, overdraft) >= 0 AND entitled + consumed + expired + cleared > 0;
    WHEN 'move_out' THEN
      RETURN held = 0 AND greatest(entitled, consumed, expired, cleared, overdraft) <= 0 AND entitled + consumed + expired + cleared < 0;
    ELSE RETURN false;
  END CASE;
END $$;

-- Who a customer is today: itself, or whom it was merged into.
CREATE FUNCTION customer_now(p_shop bigint, p_customer bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce(merged_into, id) FROM customer WHERE shop_id = p_shop AND id = p_customer
$$;

-- The grant in which a grant lives on, over any number of merges; itself when it never moved.
CREATE FUNCTION heir_of(p_shop bigint, p_grant bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
  heir bigint := p_grant; next_one bigint;
BEGIN
  LOOP
    SELECT moved_to INTO next_one FROM credit_grant WHERE shop_id = p_shop AND id = heir;
    IF next_one IS NULL THEN RETURN heir; END IF;
    heir := next_one;
  END LOOP;
END $$;

-- As in 0001, and: what was paid by a grant that moved goes back to its heir.
CREATE OR REPLACE FUNCTION reverse_charge(
  p_shop bigint, p_customer bigint, p_charge jsonb, p_key text, p_cause_kind text, p_cause_id text, p_actor text, p_reason text, p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  part record; g credit_grant; due bigint; goodwill bigint;
BEGIN
  FOR part IN SELECT heir_of(p_shop, (e ->> 'grant')::bigint) AS grant_id, (e ->> 'units')::bigint AS units FROM jsonb_array_elements(p_charge -> 'entries') e LOOP
    PERFORM ledger_move(p_shop, p_customer, part.grant_id, 'reverse', 0, -part.units, 0, 0, 0, 0,
      'reverse', p_key, p_cause_kind, p_cause_id, p_actor, p_reason, p_at);
    PERFORM settle_grant(p_shop, p_customer, part.grant_id, p_cause_kind, p_cause_id, p_at);
    SELECT * INTO g FROM credit_grant WHERE shop_id = p_shop AND id = part.grant_id;
    -- What had expired before does not count here: a refund after the end of validity would else swallow the reversal.
    due := least(part.units, g.entitled - g.revoke_due - g.consumed - g.held + g.overdraft);
    IF g.expires_at <= p_at AND due > 0 THEN
      INSERT INTO credit_grant (shop_id, customer_id, source, order_id, name, channels, prices, units_each, expires_at, promised, reason, created_at)
      VALUES (p_shop, p_customer, 'goodwill', g.order_id, g.name, g.channels, g.prices, due, p_at + interval '30 days', due, 'reversed_after_expiry', p_at)
      RETURNING id INTO goodwill;
      PERFORM ledger_move(p_shop, p_customer, goodwill, 'grant', due, 0, 0, 0, 0, 0,
        'goodwill', goodwill || ':' || p_key, p_cause_kind, p_cause_id, 'system', 'reversed_after_expiry', p_at);
    END IF;
  END LOOP;
END $$;

-- Somebody who resolved the customer before a merge must not put anything on the empty customer that the merge left: the
-- error is retried, and then finds the target. The share lock makes a merge wait until the row is there to be moved.
CREATE FUNCTION refuse_merged_customer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  target bigint;
BEGIN
  SELECT merged_into INTO target FROM customer WHERE shop_id = NEW.shop_id AND id = NEW.customer_id FOR SHARE;
  IF target IS NOT NULL THEN
    RAISE EXCEPTION 'customer % was merged meanwhile', NEW.customer_id USING ERRCODE = 'serialization_failure';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER ticket_of_merged BEFORE INSERT ON "ticket" FOR EACH ROW EXECUTE FUNCTION refuse_merged_customer();
CREATE TRIGGER credit_grant_of_merged BEFORE INSERT ON "credit_grant" FOR EACH ROW EXECUTE FUNCTION refuse_merged_customer();

-- As in 0005, and: a merged customer's credits lie with another.
CREATE OR REPLACE FUNCTION begin_act(p_shop bigint, p_customer bigint, p_operation text, p_key text, p_hash bytea, p_at timestamptz)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  known operation_key; target bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM account WHERE shop_id = p_shop AND customer_id = p_customer) THEN RETURN '{"code": "customer_not_found"}'; END IF;
  PERFORM lock_account(p_shop, p_customer, p_at);
  SELECT * INTO known FROM operation_key WHERE shop_id = p_shop AND operation = p_operation AND key = p_key;
  IF NOT FOUND THEN
    SELECT merged_into INTO target FROM customer WHERE shop_id = p_shop AND id = p_customer;
    RETURN CASE WHEN target IS NOT NULL THEN jsonb_build_object('code', 'customer_merged', 'into', target::text) END;
  END IF;
  RETURN CASE WHEN known.input_hash = p_hash THEN known.result ELSE '{"code": "idempotency_conflict"}' END;
END $$;

-- Moves one grant to another account: a twin with the same terms takes over all figures by a linked pair of entries, and
-- whatever pointed at the grant points at the twin. The caller holds both locks, and nothing is held. Returns the twin.
CREATE FUNCTION move_grant(p_shop bigint, p_grant bigint, p_target bigint, p_key text, p_actor text, p_at timestamptz)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  g credit_grant; twin bigint;
BEGIN
  SELECT * INTO g FROM credit_grant WHERE shop_id = p_shop AND id = p_grant;
  INSERT INTO credit_grant (shop_id, customer_id, source, order_id, package_id, terms_version, name, channels, prices, units_each,
    expires_at, priority, promotional, overdraft_limit, frozen, promised, revoke_due, revision, paid_total, paid_tax, currency, reason, created_at)
  VALUES (p_shop, p_target, g.source, g.order_id, g.package_id, g.terms_version, g.name, g.channels, g.prices, g.units_each,
    g.expires_at, g.priority, g.promotional, g.overdraft_limit, g.frozen, g.promised, g.revoke_due, g.revision, g.paid_total, g.paid_tax,
    g.currency, g.reason, g.created_at)
  RETURNING id INTO twin;
  -- What was paid moves with the credits, or reports would count it twice.
  UPDATE credit_grant SET moved_to = twin, promised = 0, revoke_due = 0, paid_total = NULL, paid_tax = NULL, currency = NULL
  WHERE shop_id = p_shop AND id = p_grant;
  IF g.entitled + g.consumed + g.expired + g.cleared > 0 THEN
    PERFORM ledger_move(p_shop, g.customer_id, p_grant, 'move_out', -g.entitled, -g.consumed, 0, -g.expired, -g.cleared, -g.overdraft,
      'merge', p_key || ':' || p_grant, 'grant', twin::text, p_actor, NULL, p_at);
    PERFORM ledger_move(p_shop, p_target, twin, 'move_in', g.entitled, g.consumed, 0, g.expired, g.cleared, g.overdraft,
      'merge', p_key || ':' || p_grant, 'grant', p_grant::text, p_actor, NULL, p_at);
  END IF;
  UPDATE order_line SET grant_id = twin WHERE shop_id = p_shop AND order_id = g.order_id AND grant_id = p_grant;
  UPDATE settlement SET grant_id = twin WHERE shop_id = p_shop AND grant_id = p_grant;
  UPDATE settlement SET payer_id = twin WHERE shop_id = p_shop AND payer_id = p_grant;
  UPDATE expiry_warning SET grant_id = twin, customer_id = p_target WHERE shop_id = p_shop AND grant_id = p_grant;
  RETURN twin;
END $$;

-- What a merge would do, for the page that asks before (rule 15). code: ok | customer_not_found | same_customer |
-- customer_merged {into} | session_open {sessionId}.
CREATE FUNCTION preview_merge(p_shop bigint, p_source bigint, p_target bigint, p_at timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  source customer; target customer; from_balance jsonb; to_balance jsonb; frozen_after boolean; open_one bigint;
BEGIN
  SELECT * INTO source FROM customer WHERE shop_id = p_shop AND id = p_source;
  SELECT * INTO target FROM customer WHERE shop_id = p_shop AND id = p_target;
  IF source.id IS NULL OR target.id IS NULL THEN RETURN '{"code": "customer_not_found"}'; END IF;
  IF p_source = p_target THEN RETURN '{"code": "same_customer"}'; END IF;
  IF coalesce(source.merged_into, target.merged_into) IS NOT NULL THEN
    RETURN jsonb_build_object('code', 'customer_merged', 'into', coalesce(source.merged_into, target.merged_into)::text);
  END IF;
  SELECT s.id INTO open_one FROM session s JOIN ticket t ON t.shop_id = s.shop_id AND t.id = s.ticket_id
  WHERE s.shop_id = p_shop AND t.customer_id = p_source AND s.state = 'open' LIMIT 1;
  IF open_one IS NOT NULL THEN RETURN jsonb_build_object('code', 'session_open', 'sessionId', open_one::text); END IF;
  from_balance := account_balance(p_shop, p_source, p_at);
  to_balance := account_balance(p_shop, p_target, p_at);
  SELECT bool_or(frozen) INTO frozen_after FROM account WHERE shop_id = p_shop AND customer_id IN (p_source, p_target);
  RETURN jsonb_build_object('code', 'ok', 'source', from_balance, 'target', to_balance, 'frozen', frozen_after,
    'grants', (SELECT count(*) FROM credit_grant WHERE shop_id = p_shop AND customer_id = p_source AND moved_to IS NULL),
    'tickets', (SELECT count(*) FROM ticket WHERE shop_id = p_shop AND customer_id = p_source),
    'orders', (SELECT count(*) FROM shop_order WHERE shop_id = p_shop AND customer_id = p_source),
    'after', jsonb_build_object(
      'available', CASE WHEN frozen_after THEN 0 ELSE (from_balance ->> 'available')::bigint + (to_balance ->> 'available')::bigint END,
      'held', to_balance -> 'held', 'deficit', (from_balance ->> 'deficit')::bigint + (to_balance ->> 'deficit')::bigint,
      'overdraft', (from_balance ->> 'overdraft')::bigint + (to_balance ->> 'overdraft')::bigint));
END $$;

-- Freezes an account with all its grants. The caller holds the lock.
CREATE FUNCTION freeze_whole(p_shop bigint, p_customer bigint) RETURNS void LANGUAGE sql AS $$
  WITH turned AS (
    UPDATE credit_grant SET frozen = true WHERE shop_id = p_shop AND customer_id = p_customer AND NOT frozen
    RETURNING greatest(entitled - consumed - held - expired + overdraft, 0) AS remainder
  )
  UPDATE account SET frozen = true, available = available - (SELECT coalesce(sum(remainder), 0)::bigint FROM turned)
  WHERE shop_id = p_shop AND customer_id = p_customer
$$;

-- Makes one customer part of another: grants with their history, orders, tickets, contacts. Idempotent by key.
-- code: ok | customer_not_found | same_customer | customer_merged {into} | session_open {sessionId} | idempotency_conflict
CREATE FUNCTION merge_customers(
  p_shop bigint, p_source bigint, p_target bigint,
  p_reason text, p_note text, p_key text, p_hash bytea, p_actor text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  known operation_key; checked jsonb; g record; moved bigint := 0; grants int := 0; result jsonb;
BEGIN
  -- Orders before accounts, as in everything that understands an order (src/domain/orders/README.md, "Locks").
  PERFORM FROM shop_order WHERE shop_id = p_shop AND customer_id IN (p_source, p_target) ORDER BY id FOR UPDATE;
  IF (SELECT count(*) FROM account WHERE shop_id = p_shop AND customer_id IN (p_source, p_target)) < 1 + (p_source <> p_target)::int THEN
    RETURN '{"code": "customer_not_found"}';
  END IF;
  PERFORM lock_account(p_shop, least(p_source, p_target), p_at);
  PERFORM lock_account(p_shop, greatest(p_source, p_target), p_at);
  SELECT * INTO known FROM operation_key WHERE shop_id = p_shop AND operation = 'merge' AND key = p_key;
  IF FOUND THEN
    RETURN CASE WHEN known.input_hash = p_hash THEN known.result ELSE '{"code": "idempotency_conflict"}' END;
  END IF;
  checked := preview_merge(p_shop, p_source, p_target, p_at);
  IF checked ->> 'code' <> 'ok' THEN RETURN checked; END IF;
  -- Before the tickets: whoever is just opening one is waited for here, and comes along below.
  UPDATE customer SET merged_into = p_target WHERE shop_id = p_shop AND (id = p_source OR merged_into = p_source);

  FOR g IN SELECT id, greatest(entitled - consumed - expired + overdraft, 0) AS own FROM credit_grant
    WHERE shop_id = p_shop AND customer_id = p_source AND moved_to IS NULL ORDER BY id
  LOOP
    PERFORM move_grant(p_shop, g.id, p_target, p_key, p_actor, p_at);
    moved := moved + g.own; grants := grants + 1;
  END LOOP;
  UPDATE account SET next_expiry = NULL WHERE shop_id = p_shop AND customer_id = p_source;
  IF (checked ->> 'frozen')::boolean THEN PERFORM freeze_whole(p_shop, p_target); END IF;

  INSERT INTO contact (shop_id, customer_id, kind, value, verified_at, created_at)
  SELECT shop_id, p_target, kind, value, verified_at, created_at FROM contact WHERE shop_id = p_shop AND customer_id = p_source
  ON CONFLICT (shop_id, customer_id, kind, value) DO UPDATE SET verified_at = coalesce(contact.verified_at, excluded.verified_at);
  DELETE FROM contact WHERE shop_id = p_shop AND customer_id = p_source;
  UPDATE shop_order SET customer_id = p_target WHERE shop_id = p_shop AND customer_id = p_source;
  UPDATE session SET customer_id = p_target WHERE shop_id = p_shop AND customer_id = p_source;
  INSERT INTO ticket_event (shop_id, ticket_id, kind, data, at)
  SELECT p_shop, id, 'customer_merged', jsonb_build_object('from', (SELECT name FROM customer WHERE shop_id = p_shop AND id = p_source),
    'to', (SELECT name FROM customer WHERE shop_id = p_shop AND id = p_target)), p_at
  FROM ticket WHERE shop_id = p_shop AND customer_id = p_source ORDER BY id;
  UPDATE ticket SET customer_id = p_target WHERE shop_id = p_shop AND customer_id = p_source;
  PERFORM merge_people(p_shop, p_source, p_target, p_at);

  result := jsonb_build_object('sourceId', p_source::text, 'units', moved, 'grants', grants);
  INSERT INTO audit_log (shop_id, customer_id, actor, action, data, at)
  VALUES (p_shop, p_source, p_actor, 'merged_away', jsonb_build_object('targetId', p_target::text, 'units', moved, 'reason', p_reason), p_at);
  RETURN finish_act(p_shop, p_target, 'merge', p_key, p_hash, p_actor, p_reason, p_note, result, p_at);
END $$;
