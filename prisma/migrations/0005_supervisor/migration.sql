-- What supervisors do by hand: adjust, reverse, settle, forgive, freeze; who did it and why; answers to open questions.
-- Rules 3, 4, 9, 10 and 14; src/domain/credits/README.md, "By hand".

-- AlterTable
ALTER TABLE "account" ADD COLUMN     "frozen" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "audit_log" ADD COLUMN     "customer_id" BIGINT;

-- AlterTable
ALTER TABLE "message" ADD COLUMN     "reversed_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "review" ADD COLUMN     "decision" TEXT;

-- AlterTable
ALTER TABLE "shop" ADD COLUMN     "agent_waivers_per_day" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "supervisor_limit_units" BIGINT NOT NULL DEFAULT 5000;

-- CreateTable
CREATE TABLE "settlement" (
    "shop_id" BIGINT NOT NULL,
    "grant_id" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "payer_id" BIGINT NOT NULL,
    "units" BIGINT NOT NULL,
    "returned" BIGINT NOT NULL DEFAULT 0,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "settlement_pkey" PRIMARY KEY ("shop_id","grant_id","id")
);

-- CreateIndex
CREATE INDEX "audit_log_shop_id_customer_id_id_idx" ON "audit_log"("shop_id", "customer_id", "id" DESC);

-- AddForeignKey
ALTER TABLE "settlement" ADD CONSTRAINT "settlement_shop_id_grant_id_fkey" FOREIGN KEY ("shop_id", "grant_id") REFERENCES "credit_grant"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "settlement" ADD CONSTRAINT "settlement_shop_id_payer_id_fkey" FOREIGN KEY ("shop_id", "payer_id") REFERENCES "credit_grant"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Hand-written from here on.

ALTER TABLE "settlement" ADD CONSTRAINT "settlement_units" CHECK (units > 0 AND returned BETWEEN 0 AND units AND grant_id <> payer_id);
ALTER TABLE "shop" ADD CONSTRAINT "shop_limits" CHECK (agent_waivers_per_day >= 0 AND supervisor_limit_units >= 0);
ALTER TABLE "review" ADD CONSTRAINT "review_decision" CHECK (
  decision IS NULL OR (decision IN ('accept', 'dismiss') AND resolved_at IS NOT NULL));
-- An agent's waived replies of a day, for the limit by role; holds nothing else, so that an ordinary reply does not touch it.
CREATE INDEX "message_waived" ON "message" (shop_id, author_id, created_at) WHERE waive_reason IS NOT NULL;

-- A settlement that is taken back (the deficit that it paid is no longer owed) is a settle of the same grant the other way.
CREATE OR REPLACE FUNCTION ledger_entry_fits(
  kind text, entitled bigint, consumed bigint, held bigint, expired bigint, cleared bigint, overdraft bigint
) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  CASE kind
    WHEN 'spend' THEN RETURN entitled = 0 AND consumed > 0 AND held = 0 AND expired = 0 AND cleared = 0 AND overdraft BETWEEN 0 AND consumed;
    WHEN 'grant', 'restore', 'move_in' THEN
      RETURN entitled > 0 AND consumed = 0 AND held = 0 AND expired = 0 AND cleared = 0 AND overdraft = 0;
    WHEN 'revoke', 'move_out' THEN
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
    ELSE RETURN false;
  END CASE;
END $$;

-- A grant that comes into a frozen account (a purchase, goodwill for a late reversal) is frozen with it.
CREATE FUNCTION freeze_new_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.frozen := NEW.frozen OR EXISTS (
    SELECT FROM account WHERE shop_id = NEW.shop_id AND customer_id = NEW.customer_id AND frozen);
  RETURN NEW;
END $$;

CREATE TRIGGER credit_grant_frozen BEFORE INSERT ON "credit_grant" FOR EACH ROW EXECUTE FUNCTION freeze_new_grant();

-- Writes off p_units that a grant owes, its overdraft before its deficit. The caller holds the lock and has checked the sum.
CREATE FUNCTION clear_owed(
  p_shop bigint, p_customer bigint, p_grant bigint, p_kind text, p_units bigint,
  p_key text, p_cause_kind text, p_cause_id text, p_actor text, p_reason text, p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  of_overdraft bigint;
BEGIN
  SELECT least(overdraft, p_units) INTO of_overdraft FROM credit_grant WHERE shop_id = p_shop AND id = p_grant;
  PERFORM ledger_move(p_shop, p_customer, p_grant, p_kind, 0, 0, 0, 0, p_units, -of_overdraft,
    p_kind, p_key, p_cause_kind, p_cause_id, p_actor, p_reason, p_at);
END $$;

-- One grant pays what another owes: the pair of entries, and who paid for whom, so that it can find its way back.
CREATE FUNCTION settle_from(
  p_shop bigint, p_customer bigint, p_grant bigint, p_payer bigint, p_units bigint,
  p_key text, p_cause_kind text, p_cause_id text, p_actor text, p_reason text, p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM clear_owed(p_shop, p_customer, p_grant, 'settle', p_units, p_key, p_cause_kind, p_cause_id, p_actor, p_reason, p_at);
  PERFORM ledger_move(p_shop, p_customer, p_payer, 'settle', 0, p_units, 0, 0, 0, 0,
    'settle', p_key, p_cause_kind, p_cause_id, p_actor, p_reason, p_at);
  INSERT INTO settlement (shop_id, grant_id, payer_id, units, at) VALUES (p_shop, p_grant, p_payer, p_units, p_at);
END $$;

-- Lets a purchase pay what the account owes as far as it goes: overdraft first, then deficits, the oldest grant first (rule 14).
CREATE FUNCTION settle_account(
  p_shop bigint, p_customer bigint, p_payer bigint, p_key text, p_cause_kind text, p_cause_id text, p_actor text, p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  g record; rest bigint;
BEGIN
  SELECT entitled - consumed - held - expired + overdraft INTO rest FROM credit_grant WHERE shop_id = p_shop AND id = p_payer;
  FOR g IN
    SELECT id, owed, pass FROM (
      SELECT id, overdraft AS owed, 1 AS pass FROM credit_grant WHERE shop_id = p_shop AND customer_id = p_customer
      UNION ALL
      SELECT id, consumed - overdraft - entitled - cleared, 2 FROM credit_grant WHERE shop_id = p_shop AND customer_id = p_customer
    ) o WHERE owed > 0 AND id <> p_payer ORDER BY pass, id
  LOOP
    EXIT WHEN rest <= 0;
    PERFORM settle_from(p_shop, p_customer, g.id, p_payer, least(g.owed, rest),
      p_key || ':' || g.id || ':' || g.pass, p_cause_kind, p_cause_id, p_actor, 'purchase', p_at);
    rest := rest - least(g.owed, rest);
  END LOOP;
END $$;

-- Gives back to the grants that paid what a grant owes no more: after a restore, a reversal, an adjustment upwards. The
-- newest settlement first. What was forgiven stays forgiven: nobody paid for it.
CREATE FUNCTION return_settlements(p_shop bigint, p_customer bigint, p_grant bigint, p_cause_kind text, p_cause_id text, p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  s settlement; excess bigint; part bigint; the_key text;
BEGIN
  -- What waits for a hold to close will be owed then, so it is no excess.
  SELECT cleared - greatest(consumed - overdraft - entitled + revoke_due, 0) INTO excess
  FROM credit_grant WHERE shop_id = p_shop AND id = p_grant AND cleared > 0;
  IF excess IS NULL OR excess <= 0 THEN RETURN; END IF;
  FOR s IN SELECT * FROM settlement WHERE shop_id = p_shop AND grant_id = p_grant AND returned < units ORDER BY id DESC LOOP
    EXIT WHEN excess <= 0;
    part := least(excess, s.units - s.returned);
    excess := excess - part;
    the_key := 'settlement:' || s.id || ':' || s.returned;
    UPDATE settlement SET returned = returned + part WHERE shop_id = p_shop AND grant_id = p_grant AND id = s.id;
    PERFORM ledger_move(p_shop, p_customer, p_grant, 'settle', 0, 0, 0, 0, -part, 0,
      'settle', the_key, p_cause_kind, p_cause_id, 'system', 'owed_no_more', p_at);
    PERFORM reverse_charge(p_shop, p_customer,
      jsonb_build_object('entries', jsonb_build_array(jsonb_build_object('grant', s.payer_id, 'units', part))),
      the_key, p_cause_kind, p_cause_id, 'system', 'owed_no_more', p_at);
  END LOOP;
END $$;

-- As in 0001, and: a revoke takes at most what is entitled, because an adjustment downwards may have taken a part already
-- (the rest waits in revoke_due, and a restore makes it up); what a settlement paid goes back as far as it is no longer owed.
CREATE OR REPLACE FUNCTION settle_grant(p_shop bigint, p_customer bigint, p_grant bigint, p_cause_kind text, p_cause_id text, p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  g credit_grant; net bigint; taken bigint;
BEGIN
  SELECT * INTO g FROM credit_grant WHERE shop_id = p_shop AND id = p_grant;
  net := g.entitled - g.consumed - g.held - g.expired + g.overdraft;
  taken := least(g.entitled, CASE WHEN g.held = 0 THEN g.revoke_due ELSE least(g.revoke_due, greatest(net, 0)) END);
  IF taken > 0 THEN
    UPDATE credit_grant SET revoke_due = revoke_due - taken WHERE shop_id = p_shop AND id = p_grant;
    PERFORM ledger_move(p_shop, p_customer, p_grant, 'revoke', -taken, 0, 0, 0, 0, 0,
      'entitle', p_grant || ':' || g.revision || ':held', p_cause_kind, p_cause_id, 'system', NULL, p_at);
    net := net - taken;
  END IF;
  IF net > 0 AND g.expires_at <= p_at THEN
    PERFORM ledger_move(p_shop, p_customer, p_grant, 'expire', 0, 0, 0, net, 0, 0,
      'expire', p_grant || ':' || p_cause_kind || ':' || p_cause_id, 'grant', p_grant::text, 'system', NULL, p_at);
    PERFORM note_expiry(p_shop, p_customer, p_grant, net, p_at);
  END IF;
  IF g.cleared > 0 THEN
    PERFORM return_settlements(p_shop, p_customer, p_grant, p_cause_kind, p_cause_id, p_at);
  END IF;
END $$;

-- As in 0001, with the same two additions as settle_grant.
CREATE OR REPLACE FUNCTION set_promised(
  p_shop bigint, p_customer bigint, p_grant bigint, p_units bigint, p_cause_kind text, p_cause_id text, p_actor text, p_at timestamptz
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  g credit_grant; change bigint; now_units bigint; the_key text;
BEGIN
  PERFORM lock_account(p_shop, p_customer, p_at);
  SELECT * INTO g FROM credit_grant WHERE shop_id = p_shop AND id = p_grant AND customer_id = p_customer;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'grant % is not of account % in shop %', p_grant, p_customer, p_shop USING ERRCODE = 'foreign_key_violation';
  END IF;
  change := p_units - g.promised;
  IF change = 0 THEN RETURN 0; END IF;
  the_key := p_grant || ':' || (g.revision + 1);
  IF change > 0 THEN
    now_units := change - least(change, g.revoke_due);
    UPDATE credit_grant SET promised = p_units, revision = revision + 1, revoke_due = revoke_due - least(change, g.revoke_due)
    WHERE shop_id = p_shop AND id = p_grant;
    IF now_units > 0 THEN
      PERFORM ledger_move(p_shop, p_customer, p_grant, 'restore', now_units, 0, 0, 0, 0, 0,
        'entitle', the_key, p_cause_kind, p_cause_id, p_actor, NULL, p_at);
    END IF;
    IF g.cleared > 0 THEN
      PERFORM return_settlements(p_shop, p_customer, p_grant, p_cause_kind, p_cause_id, p_at);
    END IF;
  ELSE
    now_units := least(g.entitled, CASE WHEN g.held = 0 THEN -change
      ELSE least(-change, greatest(g.entitled - g.consumed - g.held - g.expired + g.overdraft, 0)) END);
    UPDATE credit_grant SET promised = p_units, revision = revision + 1, revoke_due = revoke_due + (-change - now_units)
    WHERE shop_id = p_shop AND id = p_grant;
    IF now_units > 0 THEN
      PERFORM ledger_move(p_shop, p_customer, p_grant, 'revoke', -now_units, 0, 0, 0, 0, 0,
        'entitle', the_key, p_cause_kind, p_cause_id, p_actor, NULL, p_at);
    END IF;
  END IF;
  RETURN change;
END $$;

-- As in 0001, and: a purchase pays what the account owes, in the same transaction (rule 14). Goodwill, grants by the API and
-- imports pay nothing: they are given for a purpose, or stood in another system when the debt was made.
CREATE OR REPLACE FUNCTION create_grant(
  p_shop bigint, p_customer bigint, p_source text, p_order bigint, p_package bigint, p_terms_version int, p_name text,
  p_channels text[], p_prices jsonb, p_units_each bigint, p_units bigint, p_expires timestamptz,
  p_paid_total numeric, p_paid_tax numeric, p_currency text, p_reason text,
  p_operation text, p_key text, p_hash bytea, p_cause_kind text, p_cause_id text, p_actor text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  a account; known operation_key; grant_id bigint; result jsonb;
BEGIN
  a := lock_account(p_shop, p_customer, p_at);
  SELECT * INTO known FROM operation_key WHERE shop_id = p_shop AND operation = p_operation AND key = p_key;
  IF FOUND THEN
    RETURN CASE WHEN known.input_hash = p_hash THEN known.result ELSE '{"code": "idempotency_conflict"}' END;
  END IF;
  INSERT INTO credit_grant (shop_id, customer_id, source, order_id, package_id, terms_version, name, channels, prices, units_each,
    expires_at, promised, paid_total, paid_tax, currency, reason, created_at)
  VALUES (p_shop, p_customer, p_source, p_order, p_package, p_terms_version, p_name, p_channels, p_prices, p_units_each,
    p_expires, p_units, p_paid_total, p_paid_tax, p_currency, p_reason, p_at)
  RETURNING id INTO grant_id;
  PERFORM ledger_move(p_shop, p_customer, grant_id, 'grant', p_units, 0, 0, 0, 0, 0,
    p_operation, p_key, p_cause_kind, p_cause_id, p_actor, p_reason, p_at);
  IF p_source NOT IN ('goodwill', 'api', 'import') AND (a.deficit > 0 OR a.overdraft > 0) AND (p_expires IS NULL OR p_expires > p_at) THEN
    PERFORM settle_account(p_shop, p_customer, grant_id, p_key, p_cause_kind, p_cause_id, p_actor, p_at);
  END IF;
  result := jsonb_build_object('code', 'ok', 'grant', grant_id);
  INSERT INTO operation_key (shop_id, operation, key, input_hash, result, at) VALUES (p_shop, p_operation, p_key, p_hash, result, p_at);
  RETURN result;
END $$;

-- As in 0001, and: what a person gave back already is not given back again when the send fails later.
CREATE OR REPLACE FUNCTION fail_message(p_shop bigint, p_ticket bigint, p_message bigint, p_reason text, p_at timestamptz)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  owner bigint; m message;
BEGIN
  SELECT customer_id INTO owner FROM ticket WHERE shop_id = p_shop AND id = p_ticket;
  PERFORM lock_account(p_shop, owner, p_at);
  SELECT * INTO m FROM message WHERE shop_id = p_shop AND ticket_id = p_ticket AND id = p_message FOR UPDATE;
  IF m.direction IS DISTINCT FROM 'outbound' OR m.state NOT IN ('queued', 'sending', 'sent', 'unknown') THEN RETURN NULL; END IF;
  UPDATE message SET state = 'failed', error = p_reason, settled_at = p_at
  WHERE shop_id = p_shop AND ticket_id = p_ticket AND id = p_message;
  IF m.template IS NULL THEN
    UPDATE ticket SET emails = emails - (m.channel = 'email')::int, texts = texts - (m.channel = 'sms')::int,
      status = 'open', activity_at = p_at
    WHERE shop_id = p_shop AND id = p_ticket;
  END IF;
  IF m.reversed_at IS NOT NULL THEN RETURN 0; END IF;
  IF m.units > 0 THEN
    PERFORM reverse_charge(p_shop, owner, m.charge, 'message:' || p_message, 'message', p_ticket || ':' || p_message,
      'system', p_reason, p_at);
    INSERT INTO ticket_event (shop_id, ticket_id, kind, data, at)
    VALUES (p_shop, p_ticket, 'reversed', jsonb_build_object('units', m.units, 'messageId', p_message::text, 'reason', p_reason), p_at);
  END IF;
  RETURN m.units;
END $$;

-- ---------------------------------------------------------------------------------------------------------------------
-- The acts. Each is one statement: it locks the account, looks at the key, checks, moves, and writes who did what and why.
-- A refusal ({code}) writes nothing. p_limit: the most units that the actor may move in one act; null for an owner.
-- ---------------------------------------------------------------------------------------------------------------------

-- Locks the account and looks at the key. Null: go on; else the answer to give.
CREATE FUNCTION begin_act(p_shop bigint, p_customer bigint, p_operation text, p_key text, p_hash bytea, p_at timestamptz)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  known operation_key;
BEGIN
  IF NOT EXISTS (SELECT FROM account WHERE shop_id = p_shop AND customer_id = p_customer) THEN RETURN '{"code": "customer_not_found"}'; END IF;
  PERFORM lock_account(p_shop, p_customer, p_at);
  SELECT * INTO known FROM operation_key WHERE shop_id = p_shop AND operation = p_operation AND key = p_key;
  IF NOT FOUND THEN RETURN NULL; END IF;
  RETURN CASE WHEN known.input_hash = p_hash THEN known.result ELSE '{"code": "idempotency_conflict"}' END;
END $$;

-- Writes the audit line and the key; the first result, which a repeat gets again.
CREATE FUNCTION finish_act(
  p_shop bigint, p_customer bigint, p_action text, p_key text, p_hash bytea, p_actor text, p_reason text, p_note text, p_data jsonb, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  result jsonb;
BEGIN
  INSERT INTO audit_log (shop_id, customer_id, actor, action, data, at)
  VALUES (p_shop, p_customer, p_actor, p_action, p_data || jsonb_strip_nulls(jsonb_build_object('reason', p_reason, 'note', p_note)), p_at);
  result := p_data || jsonb_build_object('code', 'ok', 'balance', account_balance(p_shop, p_customer, p_at), 'at', p_at);
  INSERT INTO operation_key (shop_id, operation, key, input_hash, result, at) VALUES (p_shop, p_action, p_key, p_hash, result, p_at);
  RETURN result;
END $$;

-- Moves `entitled` of one grant up or down, never below what is used and held of it.
-- code: ok | customer_not_found | idempotency_conflict | above_limit | grant_not_found | grant_over | adjustment_below_use
CREATE FUNCTION adjust_grant(
  p_shop bigint, p_customer bigint, p_grant bigint, p_units bigint, p_limit bigint,
  p_reason text, p_note text, p_key text, p_hash bytea, p_actor text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  answer jsonb := begin_act(p_shop, p_customer, 'adjust', p_key, p_hash, p_at); g credit_grant; net bigint;
BEGIN
  IF answer IS NOT NULL THEN RETURN answer; END IF;
  IF abs(p_units) > p_limit THEN RETURN jsonb_build_object('code', 'above_limit', 'limit', p_limit); END IF;
  SELECT * INTO g FROM credit_grant WHERE shop_id = p_shop AND id = p_grant AND customer_id = p_customer;
  IF NOT FOUND THEN RETURN '{"code": "grant_not_found"}'; END IF;
  IF g.expires_at <= p_at OR g.promised = 0 THEN RETURN '{"code": "grant_over"}'; END IF;
  net := g.entitled - g.consumed - g.held - g.expired + g.overdraft;
  IF net + p_units < 0 THEN RETURN jsonb_build_object('code', 'adjustment_below_use', 'lowest', -net); END IF;
  PERFORM ledger_move(p_shop, p_customer, p_grant, 'adjust', p_units, 0, 0, 0, 0, 0,
    'adjust', p_key, 'supervisor', p_actor, p_actor, p_reason, p_at);
  PERFORM settle_grant(p_shop, p_customer, p_grant, 'supervisor', p_actor, p_at);
  RETURN finish_act(p_shop, p_customer, 'adjust', p_key, p_hash, p_actor, p_reason, p_note,
    jsonb_build_object('grantId', p_grant::text, 'units', p_units), p_at);
END $$;

-- Lets one grant pay what another of the same account owes. p_units null: as much as is owed and there.
-- code: ok | … | grant_not_found | payer_not_found | nothing_owed | more_than_owed | payer_short
CREATE FUNCTION settle_deficit(
  p_shop bigint, p_customer bigint, p_grant bigint, p_payer bigint, p_units bigint, p_limit bigint,
  p_reason text, p_note text, p_key text, p_hash bytea, p_actor text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  answer jsonb := begin_act(p_shop, p_customer, 'settle', p_key, p_hash, p_at); g credit_grant; payer credit_grant;
  owed bigint; there bigint; units bigint;
BEGIN
  IF answer IS NOT NULL THEN RETURN answer; END IF;
  SELECT * INTO g FROM credit_grant WHERE shop_id = p_shop AND id = p_grant AND customer_id = p_customer;
  IF NOT FOUND THEN RETURN '{"code": "grant_not_found"}'; END IF;
  SELECT * INTO payer FROM credit_grant WHERE shop_id = p_shop AND id = p_payer AND customer_id = p_customer AND id <> p_grant;
  IF NOT FOUND THEN RETURN '{"code": "payer_not_found"}'; END IF;
  owed := g.overdraft + greatest(g.consumed - g.overdraft - g.entitled - g.cleared, 0);
  IF owed = 0 THEN RETURN '{"code": "nothing_owed"}'; END IF;
  IF p_units > owed THEN RETURN jsonb_build_object('code', 'more_than_owed', 'owed', owed); END IF;
  -- Credits whose own payment is contested cannot pay for others.
  there := CASE WHEN payer.frozen THEN 0 ELSE greatest(payer.entitled - payer.consumed - payer.held - payer.expired + payer.overdraft, 0) END;
  units := coalesce(p_units, least(owed, greatest(there, 1)));
  IF units > there THEN RETURN jsonb_build_object('code', 'payer_short', 'required', units, 'there', there); END IF;
  IF units > p_limit THEN RETURN jsonb_build_object('code', 'above_limit', 'limit', p_limit); END IF;
  PERFORM settle_from(p_shop, p_customer, p_grant, p_payer, units, p_key, 'supervisor', p_actor, p_actor, p_reason, p_at);
  RETURN finish_act(p_shop, p_customer, 'settle', p_key, p_hash, p_actor, p_reason, p_note,
    jsonb_build_object('grantId', p_grant::text, 'payerId', p_payer::text, 'units', units), p_at);
END $$;

-- Writes off what a grant owes; nobody pays. p_units null: all of it.
-- code: ok | … | grant_not_found | nothing_owed | more_than_owed | above_limit
CREATE FUNCTION forgive_deficit(
  p_shop bigint, p_customer bigint, p_grant bigint, p_units bigint, p_limit bigint,
  p_reason text, p_note text, p_key text, p_hash bytea, p_actor text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  answer jsonb := begin_act(p_shop, p_customer, 'forgive', p_key, p_hash, p_at); g credit_grant; owed bigint; units bigint;
BEGIN
  IF answer IS NOT NULL THEN RETURN answer; END IF;
  SELECT * INTO g FROM credit_grant WHERE shop_id = p_shop AND id = p_grant AND customer_id = p_customer;
  IF NOT FOUND THEN RETURN '{"code": "grant_not_found"}'; END IF;
  owed := g.overdraft + greatest(g.consumed - g.overdraft - g.entitled - g.cleared, 0);
  IF owed = 0 THEN RETURN '{"code": "nothing_owed"}'; END IF;
  units := coalesce(p_units, owed);
  IF units > owed THEN RETURN jsonb_build_object('code', 'more_than_owed', 'owed', owed); END IF;
  IF units > p_limit THEN RETURN jsonb_build_object('code', 'above_limit', 'limit', p_limit); END IF;
  PERFORM clear_owed(p_shop, p_customer, p_grant, 'forgive', units, p_key, 'supervisor', p_actor, p_actor, p_reason, p_at);
  RETURN finish_act(p_shop, p_customer, 'forgive', p_key, p_hash, p_actor, p_reason, p_note,
    jsonb_build_object('grantId', p_grant::text, 'units', units), p_at);
END $$;

-- Freezes or unfreezes one grant, or with p_grant null the account: all its grants and those that still come. No entry is
-- written, because no figure of a grant moves; what may be spent does, so the projection goes along in the same statement.
-- code: ok | … | grant_not_found | account_frozen (one grant cannot be thawed in a frozen account)
CREATE FUNCTION set_frozen(
  p_shop bigint, p_customer bigint, p_grant bigint, p_frozen boolean,
  p_reason text, p_note text, p_key text, p_hash bytea, p_actor text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  act text := CASE WHEN p_frozen THEN 'freeze' ELSE 'unfreeze' END;
  answer jsonb := begin_act(p_shop, p_customer, act, p_key, p_hash, p_at); units bigint;
BEGIN
  IF answer IS NOT NULL THEN RETURN answer; END IF;
  IF p_grant IS NOT NULL THEN
    IF NOT EXISTS (SELECT FROM credit_grant WHERE shop_id = p_shop AND id = p_grant AND customer_id = p_customer) THEN
      RETURN '{"code": "grant_not_found"}';
    END IF;
    IF NOT p_frozen AND (SELECT frozen FROM account WHERE shop_id = p_shop AND customer_id = p_customer) THEN
      RETURN '{"code": "account_frozen"}';
    END IF;
  END IF;
  WITH turned AS (
    UPDATE credit_grant SET frozen = p_frozen
    WHERE shop_id = p_shop AND customer_id = p_customer AND frozen <> p_frozen AND (p_grant IS NULL OR id = p_grant)
    RETURNING greatest(entitled - consumed - held - expired + overdraft, 0) AS remainder
  )
  SELECT coalesce(sum(remainder), 0)::bigint INTO units FROM turned;
  UPDATE account SET available = available + CASE WHEN p_frozen THEN -units ELSE units END,
    frozen = CASE WHEN p_grant IS NULL THEN p_frozen ELSE frozen END
  WHERE shop_id = p_shop AND customer_id = p_customer;
  RETURN finish_act(p_shop, p_customer, act, p_key, p_hash, p_actor, p_reason, p_note,
    jsonb_strip_nulls(jsonb_build_object('grantId', p_grant::text)) || jsonb_build_object('units', units), p_at);
END $$;

-- Gives back what a message was charged: a contest that was granted. Once, into the grants that paid (rule 10).
-- code: ok | … | message_not_found | message_pending {state} | message_not_charged | message_reversed | above_limit
CREATE FUNCTION reverse_message(
  p_shop bigint, p_ticket bigint, p_message bigint, p_limit bigint,
  p_reason text, p_note text, p_key text, p_hash bytea, p_actor text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  owner bigint; answer jsonb; m message;
BEGIN
  SELECT customer_id INTO owner FROM ticket WHERE shop_id = p_shop AND id = p_ticket;
  IF NOT FOUND THEN RETURN '{"code": "ticket_not_found"}'; END IF;
  answer := begin_act(p_shop, owner, 'reverse_message', p_key, p_hash, p_at);
  IF answer IS NOT NULL THEN RETURN answer; END IF;
  IF (SELECT customer_id FROM ticket WHERE shop_id = p_shop AND id = p_ticket) <> owner THEN
    RAISE EXCEPTION 'ticket % changed its customer meanwhile', p_ticket USING ERRCODE = 'serialization_failure';
  END IF;
  SELECT * INTO m FROM message WHERE shop_id = p_shop AND ticket_id = p_ticket AND id = p_message FOR UPDATE;
  IF NOT FOUND THEN RETURN '{"code": "message_not_found"}'; END IF;
  IF m.reversed_at IS NOT NULL THEN RETURN '{"code": "message_reversed"}'; END IF;
  IF m.units = 0 OR m.state = 'failed' THEN RETURN '{"code": "message_not_charged"}'; END IF;
  -- While the outcome is open, the send itself may still give the credits back.
  IF m.state IN ('queued', 'sending', 'unknown') THEN RETURN jsonb_build_object('code', 'message_pending', 'state', m.state); END IF;
  IF m.units > p_limit THEN RETURN jsonb_build_object('code', 'above_limit', 'limit', p_limit); END IF;
  UPDATE message SET reversed_at = p_at WHERE shop_id = p_shop AND ticket_id = p_ticket AND id = p_message;
  PERFORM reverse_charge(p_shop, owner, m.charge, 'message:' || p_message, 'message', p_ticket || ':' || p_message, p_actor, p_reason, p_at);
  INSERT INTO ticket_event (shop_id, ticket_id, kind, data, at)
  VALUES (p_shop, p_ticket, 'reversed',
    jsonb_build_object('units', m.units, 'messageId', p_message::text, 'reasonCode', p_reason, 'reason', coalesce(p_note, '')), p_at);
  RETURN finish_act(p_shop, owner, 'reverse_message', p_key, p_hash, p_actor, p_reason, p_note,
    jsonb_build_object('ticketId', p_ticket::text, 'messageId', p_message::text, 'units', m.units), p_at);
END $$;

-- Answers an open question of an order. Accepting an amount refund takes p_units (null: the proposal) from the order's grants,
-- the newest first. Answered once; the same answer again gives the first result.
-- code: ok | review_not_found | review_resolved {decision} | above_limit | adjustment_below_use {lowest}
CREATE FUNCTION resolve_review(
  p_shop bigint, p_review bigint, p_decision text, p_units bigint, p_limit bigint, p_note text, p_actor text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  r review; owner bigint; g record; rest bigint := 0; there bigint; part bigint; taken bigint;
BEGIN
  SELECT o.customer_id INTO owner FROM review v JOIN shop_order o ON o.shop_id = v.shop_id AND o.id = v.order_id
  WHERE v.shop_id = p_shop AND v.id = p_review;
  IF owner IS NOT NULL THEN PERFORM lock_account(p_shop, owner, p_at); END IF;
  SELECT * INTO r FROM review WHERE shop_id = p_shop AND id = p_review FOR UPDATE;
  IF NOT FOUND THEN RETURN '{"code": "review_not_found"}'; END IF;
  IF r.resolved_at IS NOT NULL THEN
    RETURN CASE WHEN r.decision = p_decision THEN jsonb_build_object('code', 'ok', 'kind', r.kind, 'resolvedAt', r.resolved_at)
      ELSE jsonb_build_object('code', 'review_resolved', 'decision', r.decision) END;
  END IF;
  IF r.kind = 'amount_refund' AND p_decision = 'accept' THEN
    rest := coalesce(p_units, (r.data ->> 'proposedUnits')::bigint);
    taken := rest;
    IF rest > p_limit THEN RETURN jsonb_build_object('code', 'above_limit', 'limit', p_limit); END IF;
    SELECT coalesce(sum(greatest(entitled - consumed - held - expired + overdraft, 0)), 0)::bigint INTO there FROM credit_grant
    WHERE shop_id = p_shop AND order_id = r.order_id AND customer_id = owner AND promised > 0;
    IF rest > there THEN RETURN jsonb_build_object('code', 'adjustment_below_use', 'lowest', -there); END IF;
    FOR g IN
      SELECT id, entitled - consumed - held - expired + overdraft AS net FROM credit_grant
      WHERE shop_id = p_shop AND order_id = r.order_id AND customer_id = owner AND promised > 0 AND live ORDER BY id DESC
    LOOP
      part := least(g.net, rest);
      EXIT WHEN part = 0;
      PERFORM ledger_move(p_shop, owner, g.id, 'adjust', -part, 0, 0, 0, 0, 0,
        'adjust', 'review:' || p_review || ':' || g.id, 'review', p_review::text, p_actor, 'amount_refund', p_at);
      rest := rest - part;
    END LOOP;
  END IF;
  UPDATE review SET resolved_at = p_at, decision = p_decision WHERE shop_id = p_shop AND id = p_review;
  INSERT INTO audit_log (shop_id, customer_id, actor, action, data, at)
  VALUES (p_shop, owner, p_actor, 'review_' || p_decision,
    jsonb_strip_nulls(jsonb_build_object('reviewId', p_review::text, 'reason', r.kind, 'units', -taken, 'note', p_note)), p_at);
  RETURN jsonb_build_object('code', 'ok', 'kind', r.kind, 'resolvedAt', p_at, 'first', true,
    'customerId', owner::text, 'ticketId', r.ticket_id::text, 'to', r.data ->> 'to');
END $$;
