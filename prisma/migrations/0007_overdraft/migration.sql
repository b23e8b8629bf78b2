-- Overdraft that the terms promise, and the merge window of a shop. Rules 3, 6, 8, 10 and 11; src/domain/credits/README.md.

-- AlterTable
ALTER TABLE "shop" ADD COLUMN     "merge_window_minutes" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "message" ADD COLUMN     "window_id" BIGINT;

-- CreateTable
CREATE TABLE "reply_window" (
    "shop_id" BIGINT NOT NULL,
    "ticket_id" BIGINT NOT NULL,
    "channel" TEXT NOT NULL,
    "message_id" BIGINT NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "reply_window_pkey" PRIMARY KEY ("shop_id","ticket_id","channel")
);

-- AddForeignKey
ALTER TABLE "reply_window" ADD CONSTRAINT "reply_window_shop_id_ticket_id_fkey" FOREIGN KEY ("shop_id", "ticket_id") REFERENCES "ticket"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Hand-written from here on.

ALTER TABLE "shop" ADD CONSTRAINT "shop_merge_window" CHECK (merge_window_minutes BETWEEN 0 AND 10080);

-- From here on reversed_at says of every charge whether it was given back, also by a failed send.
UPDATE "message" SET reversed_at = settled_at WHERE state = 'failed' AND units > 0 AND reversed_at IS NULL;

-- The grants that may lend, for an account whose credits do not suffice; most accounts have none.
CREATE INDEX "credit_grant_lending" ON "credit_grant" (shop_id, customer_id) WHERE overdraft_limit > 0;

-- ---------------------------------------------------------------------------------------------------------------------
-- Who pays
-- ---------------------------------------------------------------------------------------------------------------------

DROP FUNCTION plan_charge(bigint, bigint, text, int, bigint, bigint, timestamptz);
DROP FUNCTION plan_work(bigint, bigint, int, bigint, bigint, timestamptz);
DROP FUNCTION charge_plan(bigint, bigint, bigint, bigint[], bigint[], text, text, text, text, text, timestamptz);
DROP FUNCTION quote_charge(bigint, bigint, text, int, bigint, timestamptz);

-- Who lends when remainders do not cover a price (README, "Overdraft"). As plan_charge, which is the only caller.
CREATE FUNCTION plan_overdraft(
  p_shop bigint, p_customer bigint, p_channel text, p_quantity int, p_fixed_units bigint, p_order bigint, p_at timestamptz,
  OUT code text, OUT price bigint, OUT grants bigint[], OUT parts bigint[], OUT beyond bigint[], OUT price_grant bigint
) LANGUAGE plpgsql STABLE AS $$
DECLARE
  g record; ids bigint[] := '{}'; nets bigint[] := '{}'; rooms bigint[] := '{}'; costs bigint[] := '{}';
  rest bigint := 0; missing bigint; own bigint; lent bigint[]; taken bigint[];
BEGIN
  FOR g IN
    SELECT id, greatest(entitled - consumed - held - expired + overdraft, 0) AS net,
      CASE WHEN promised > 0 THEN overdraft_limit - overdraft ELSE 0 END AS room,
      coalesce(p_fixed_units, price_of(prices, p_channel, p_quantity)) AS cost
    FROM credit_grant
    WHERE shop_id = p_shop AND customer_id = p_customer AND NOT frozen
      AND (live OR (overdraft_limit > 0 AND overdraft < overdraft_limit AND promised > 0))
      AND (expires_at IS NULL OR expires_at > p_at)
      AND (p_channel = ANY (channels) OR (p_channel = 'portal' AND 'email' = ANY (channels)))
    ORDER BY expires_at, (order_id = p_order) IS TRUE DESC, promotional DESC, priority DESC, created_at, id
  LOOP
    ids := ids || g.id; nets := nets || g.net; rooms := rooms || g.room; costs := costs || g.cost; rest := rest + g.net + g.room;
  END LOOP;
  price := costs[1];
  FOR i IN 1 .. cardinality(ids) LOOP
    IF rest >= costs[i] THEN
      code := 'ok'; price := costs[i]; price_grant := ids[i]; missing := price;
      taken := array_fill(0::bigint, ARRAY[cardinality(ids)]); lent := taken;
      FOR j IN i .. cardinality(ids) LOOP
        taken[j] := least(nets[j], missing); missing := missing - taken[j];
      END LOOP;
      FOR j IN i .. cardinality(ids) LOOP
        lent[j] := least(rooms[j], missing); missing := missing - lent[j];
      END LOOP;
      grants := '{}'; parts := '{}'; beyond := '{}';
      FOR j IN i .. cardinality(ids) LOOP
        own := taken[j] + lent[j];
        IF own > 0 THEN grants := grants || ids[j]; parts := parts || own; beyond := beyond || lent[j]; END IF;
      END LOOP;
      RETURN;
    END IF;
    rest := rest - nets[i] - rooms[i];
  END LOOP;
END $$;

-- Which grants would pay, and how much each: the burn order (README, invariant 6). Writes nothing, so the quote and the
-- charge are one function. p_fixed_units: a price that is already agreed (a running session), instead of the grants' own.
-- p_lend: whether an overdraft may pay; holds are made of credits only.
-- code: ok | insufficient_credits | channel_not_covered. price: what it costs, or would cost by the first grant that admits
-- the channel; null when none does. beyond: how much of each part the grant lends.
CREATE FUNCTION plan_charge(
  p_shop bigint, p_customer bigint, p_channel text, p_quantity int, p_fixed_units bigint, p_order bigint, p_at timestamptz, p_lend boolean,
  OUT code text, OUT price bigint, OUT grants bigint[], OUT parts bigint[], OUT beyond bigint[], OUT price_grant bigint
) LANGUAGE plpgsql STABLE AS $$
DECLARE
  g record; ids bigint[] := '{}'; nets bigint[] := '{}'; costs bigint[] := '{}'; rest bigint := 0; first_cost bigint; missing bigint;
  loan record;
BEGIN
  grants := '{}'; parts := '{}'; beyond := '{}';
  FOR g IN
    SELECT id, entitled - consumed - held - expired + overdraft AS net, coalesce(p_fixed_units, price_of(prices, p_channel, p_quantity)) AS cost
    FROM credit_grant
    WHERE shop_id = p_shop AND customer_id = p_customer AND live AND NOT frozen
      AND (expires_at IS NULL OR expires_at > p_at)
      AND (p_channel = ANY (channels) OR (p_channel = 'portal' AND 'email' = ANY (channels)))
    ORDER BY expires_at, (order_id = p_order) IS TRUE DESC, promotional DESC, priority DESC, created_at, id
  LOOP
    IF first_cost IS NULL THEN
      first_cost := g.cost;
      -- Most spends end here: the first grant covers its own price and no further grant is read.
      IF g.net >= g.cost THEN
        code := 'ok'; price := g.cost; price_grant := g.id;
        IF g.cost > 0 THEN grants := ARRAY[g.id]; parts := ARRAY[g.cost]; beyond := '{0}'; END IF;
        RETURN;
      END IF;
    END IF;
    ids := ids || g.id; nets := nets || g.net; costs := costs || g.cost; rest := rest + g.net;
  END LOOP;
  FOR i IN 1 .. cardinality(ids) LOOP
    IF rest >= costs[i] THEN
      code := 'ok'; price := costs[i]; price_grant := ids[i]; missing := price;
      FOR j IN i .. cardinality(ids) LOOP
        EXIT WHEN missing = 0;
        grants := grants || ids[j]; parts := parts || least(nets[j], missing); beyond := beyond || 0::bigint;
        missing := missing - least(nets[j], missing);
      END LOOP;
      RETURN;
    END IF;
    rest := rest - nets[i];
  END LOOP;
  -- What the terms promise for nothing needs no credits, so it goes on after the last one is spent, until the validity ends.
  SELECT id INTO price_grant FROM credit_grant
  WHERE shop_id = p_shop AND customer_id = p_customer AND promised > 0 AND NOT frozen AND (expires_at IS NULL OR expires_at > p_at)
    AND (p_channel = ANY (channels) OR (p_channel = 'portal' AND 'email' = ANY (channels)))
    AND coalesce(p_fixed_units, price_of(prices, p_channel, p_quantity)) = 0
  ORDER BY id LIMIT 1;
  IF FOUND THEN
    code := 'ok'; price := 0;
    RETURN;
  END IF;
  IF p_lend AND EXISTS (SELECT FROM credit_grant WHERE shop_id = p_shop AND customer_id = p_customer AND overdraft_limit > 0) THEN
    SELECT * INTO loan FROM plan_overdraft(p_shop, p_customer, p_channel, p_quantity, p_fixed_units, p_order, p_at);
    IF loan.code = 'ok' THEN
      code := 'ok'; price := loan.price; price_grant := loan.price_grant;
      grants := loan.grants; parts := loan.parts; beyond := loan.beyond;
      RETURN;
    END IF;
    first_cost := coalesce(loan.price, first_cost);
  END IF;
  price := first_cost;
  code := CASE WHEN first_cost IS NOT NULL THEN 'insufficient_credits'
    WHEN EXISTS (SELECT FROM credit_grant WHERE shop_id = p_shop AND customer_id = p_customer AND live AND NOT frozen
      AND (expires_at IS NULL OR expires_at > p_at)) THEN 'channel_not_covered'
    ELSE 'insufficient_credits' END;
END $$;

-- Charges a plan: one `spend` entry for each grant. Returns {units, entries: [{id, grant, units, beyond?}]}.
CREATE FUNCTION charge_plan(
  p_shop bigint, p_customer bigint, p_price bigint, p_grants bigint[], p_parts bigint[], p_beyond bigint[],
  p_operation text, p_key text, p_cause_kind text, p_cause_id text, p_actor text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  entries jsonb := '[]';
BEGIN
  FOR i IN 1 .. cardinality(p_grants) LOOP
    entries := entries || (jsonb_build_object('grant', p_grants[i], 'units', p_parts[i], 'id',
      ledger_move(p_shop, p_customer, p_grants[i], 'spend', 0, p_parts[i], 0, 0, 0, p_beyond[i],
        p_operation, p_key, p_cause_kind, p_cause_id, p_actor, NULL, p_at))
      || CASE WHEN p_beyond[i] > 0 THEN jsonb_build_object('beyond', p_beyond[i]) ELSE '{}' END);
  END LOOP;
  RETURN jsonb_build_object('units', p_price, 'entries', entries);
END $$;

CREATE FUNCTION sum_of(p_units bigint[]) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(sum(u), 0)::bigint FROM unnest(p_units) u
$$;

-- The grants of a plan as people read them, in the order in which they pay.
CREATE FUNCTION name_payers(p_shop bigint, p_grants bigint[], p_parts bigint[], p_beyond bigint[]) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('grant', g.id::text, 'name', g.name, 'units', p.units, 'beyond', p.beyond, 'until', g.expires_at)
    ORDER BY p.place), '[]')
  FROM unnest(p_grants, p_parts, p_beyond) WITH ORDINALITY p (grant_id, units, beyond, place)
  JOIN credit_grant g ON g.shop_id = p_shop AND g.id = p.grant_id
$$;

-- The window in which a reply on this ticket and channel is free now (rule 8): the message that opened it; null without one.
CREATE FUNCTION open_window(p_shop bigint, p_ticket bigint, p_channel text, p_at timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT message_id FROM reply_window
  WHERE shop_id = p_shop AND ticket_id = p_ticket AND channel = p_channel AND ends_at > p_at
$$;

-- plan_charge for an answer on a ticket: free in an open window.
CREATE FUNCTION plan_reply(
  p_shop bigint, p_ticket bigint, p_customer bigint, p_channel text, p_quantity int, p_order bigint, p_at timestamptz,
  OUT code text, OUT price bigint, OUT grants bigint[], OUT parts bigint[], OUT beyond bigint[], OUT price_grant bigint, OUT window_of bigint
) LANGUAGE plpgsql STABLE AS $$
BEGIN
  window_of := open_window(p_shop, p_ticket, p_channel, p_at);
  IF window_of IS NOT NULL THEN
    code := 'ok'; price := 0; grants := '{}'; parts := '{}'; beyond := '{}';
    RETURN;
  END IF;
  SELECT p.code, p.price, p.grants, p.parts, p.beyond, p.price_grant INTO code, price, grants, parts, beyond, price_grant
  FROM plan_charge(p_shop, p_customer, p_channel, p_quantity, NULL, p_order, p_at, true) p;
END $$;

-- What an answer on a ticket would cost now and who would pay, by the function that charges (rule 7). Also of a session's
-- first step, with p_quantity null. Null when there is no such ticket.
CREATE FUNCTION quote_reply(p_shop bigint, p_ticket bigint, p_channel text, p_quantity int, p_at timestamptz)
RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('code', p.code, 'price', p.price, 'payers', name_payers(p_shop, p.grants, p.parts, p.beyond),
    'priceGrant', p.price_grant, 'beyond', sum_of(p.beyond), 'freeUntil', w.ends_at,
    'balance', account_balance(p_shop, t.customer_id, p_at))
  FROM ticket t
  CROSS JOIN LATERAL plan_reply(p_shop, p_ticket, t.customer_id, p_channel, p_quantity, t.order_id, p_at) p
  LEFT JOIN reply_window w ON w.shop_id = p_shop AND w.ticket_id = p_ticket AND w.channel = p_channel AND w.message_id = p.window_of
  WHERE t.shop_id = p_shop AND t.id = p_ticket
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- What comes back
-- ---------------------------------------------------------------------------------------------------------------------

-- Lets what a grant has to spend again cover what it lent, so that it never has both. Returns the units covered.
CREATE FUNCTION cover_overdraft(p_shop bigint, p_customer bigint, p_grant bigint, p_cause_kind text, p_cause_id text, p_at timestamptz)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  units bigint;
BEGIN
  SELECT least(overdraft, entitled - consumed - held - expired + overdraft) INTO units
  FROM credit_grant WHERE shop_id = p_shop AND id = p_grant AND overdraft > 0;
  IF units IS NULL OR units <= 0 THEN RETURN 0; END IF;
  PERFORM ledger_move(p_shop, p_customer, p_grant, 'settle', 0, 0, 0, 0, 0, -units,
    'settle', 'covered:' || p_cause_kind || ':' || p_cause_id, p_cause_kind, p_cause_id, 'system', 'covered', p_at);
  RETURN units;
END $$;

-- As in 0005, and: what came back first covers the grant's own overdraft.
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
  IF g.overdraft > 0 THEN
    net := net - cover_overdraft(p_shop, p_customer, p_grant, p_cause_kind, p_cause_id, p_at);
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

-- As in 0005, and: a line that grows again covers the grant's own overdraft.
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
    IF g.overdraft > 0 THEN
      PERFORM cover_overdraft(p_shop, p_customer, p_grant, p_cause_kind, p_cause_id, p_at);
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

-- Gives back the charge that paid for a failed message, once (rules 8 and 10): its own, or with a merge window the one of the
-- reply that opened it, when no reply of the window is left that did not fail. Returns the units given back.
CREATE FUNCTION reverse_failed(p_shop bigint, p_owner bigint, p_failed message, p_reason text, p_at timestamptz)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  paid message := p_failed;
BEGIN
  IF p_failed.window_id IS NOT NULL THEN
    IF EXISTS (SELECT FROM message WHERE shop_id = p_shop AND ticket_id = p_failed.ticket_id AND id >= p_failed.window_id
      AND window_id = p_failed.window_id AND state <> 'failed') THEN
      RETURN 0;
    END IF;
    DELETE FROM reply_window WHERE shop_id = p_shop AND ticket_id = p_failed.ticket_id AND message_id = p_failed.window_id;
    SELECT * INTO paid FROM message WHERE shop_id = p_shop AND ticket_id = p_failed.ticket_id AND id = p_failed.window_id;
  END IF;
  -- What a person gave back already is not given back again.
  IF paid.reversed_at IS NOT NULL OR paid.units = 0 THEN RETURN 0; END IF;
  PERFORM reverse_charge(p_shop, p_owner, paid.charge, 'message:' || paid.id, 'message', paid.ticket_id || ':' || paid.id,
    'system', p_reason, p_at);
  -- A failed reply alone does not say so: its charge stays when it paid for others of the window that did arrive.
  UPDATE message SET reversed_at = p_at WHERE shop_id = p_shop AND ticket_id = paid.ticket_id AND id = paid.id;
  INSERT INTO ticket_event (shop_id, ticket_id, kind, data, at)
  VALUES (p_shop, paid.ticket_id, 'reversed', jsonb_build_object('units', paid.units, 'messageId', paid.id::text, 'reason', p_reason), p_at);
  RETURN paid.units;
END $$;

-- As in 0005; what is given back is decided by reverse_failed.
CREATE OR REPLACE FUNCTION fail_message(p_shop bigint, p_ticket bigint, p_message bigint, p_reason text, p_at timestamptz)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  owner bigint; m message;
BEGIN
  LOOP
    SELECT customer_id INTO owner FROM ticket WHERE shop_id = p_shop AND id = p_ticket;
    PERFORM lock_account(p_shop, owner, p_at);
    -- The ticket may have changed its customer while the lock was waited for.
    EXIT WHEN owner = (SELECT customer_id FROM ticket WHERE shop_id = p_shop AND id = p_ticket);
  END LOOP;
  SELECT * INTO m FROM message WHERE shop_id = p_shop AND ticket_id = p_ticket AND id = p_message FOR UPDATE;
  IF m.direction IS DISTINCT FROM 'outbound' OR m.state NOT IN ('queued', 'sending', 'sent', 'unknown') THEN RETURN NULL; END IF;
  UPDATE message SET state = 'failed', error = p_reason, settled_at = p_at
  WHERE shop_id = p_shop AND ticket_id = p_ticket AND id = p_message;
  IF m.template IS NULL THEN
    UPDATE ticket SET emails = emails - (m.channel = 'email')::int, texts = texts - (m.channel = 'sms')::int,
      status = 'open', activity_at = p_at
    WHERE shop_id = p_shop AND id = p_ticket;
  END IF;
  RETURN reverse_failed(p_shop, owner, m, p_reason, p_at);
END $$;

-- As in 0005, and: the merge window that the charge opened is void.
CREATE OR REPLACE FUNCTION reverse_message(
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
  IF m.units = 0 THEN RETURN '{"code": "message_not_charged"}'; END IF;
  -- While the outcome is open, the send itself may still give the credits back.
  IF m.state IN ('queued', 'sending', 'unknown') THEN RETURN jsonb_build_object('code', 'message_pending', 'state', m.state); END IF;
  IF m.units > p_limit THEN RETURN jsonb_build_object('code', 'above_limit', 'limit', p_limit); END IF;
  UPDATE message SET reversed_at = p_at WHERE shop_id = p_shop AND ticket_id = p_ticket AND id = p_message;
  DELETE FROM reply_window WHERE shop_id = p_shop AND ticket_id = p_ticket AND message_id = p_message;
  PERFORM reverse_charge(p_shop, owner, m.charge, 'message:' || p_message, 'message', p_ticket || ':' || p_message, p_actor, p_reason, p_at);
  INSERT INTO ticket_event (shop_id, ticket_id, kind, data, at)
  VALUES (p_shop, p_ticket, 'reversed',
    jsonb_build_object('units', m.units, 'messageId', p_message::text, 'reasonCode', p_reason, 'reason', coalesce(p_note, '')), p_at);
  RETURN finish_act(p_shop, owner, 'reverse_message', p_key, p_hash, p_actor, p_reason, p_note,
    jsonb_build_object('ticketId', p_ticket::text, 'messageId', p_message::text, 'units', m.units), p_at);
END $$;

-- ---------------------------------------------------------------------------------------------------------------------
-- Logged work
-- ---------------------------------------------------------------------------------------------------------------------

-- plan_charge for logged work. p_cap: an agreed price, which holds although the price rose meanwhile; a lower one is taken.
CREATE FUNCTION plan_work(
  p_shop bigint, p_customer bigint, p_minutes int, p_cap bigint, p_order bigint, p_at timestamptz,
  OUT code text, OUT price bigint, OUT grants bigint[], OUT parts bigint[], OUT beyond bigint[], OUT price_grant bigint
) LANGUAGE plpgsql STABLE AS $$
BEGIN
  SELECT p.code, p.price, p.grants, p.parts, p.beyond, p.price_grant INTO code, price, grants, parts, beyond, price_grant
  FROM plan_charge(p_shop, p_customer, 'work', p_minutes * 60, NULL, p_order, p_at, true) p;
  IF p_cap IS NOT NULL AND (price IS NULL OR price > p_cap) THEN
    SELECT p.code, p.price, p.grants, p.parts, p.beyond, p.price_grant INTO code, price, grants, parts, beyond, price_grant
    FROM plan_charge(p_shop, p_customer, 'work', p_minutes * 60, p_cap, p_order, p_at, true) p;
  END IF;
END $$;

-- As in 0004, and: who would pay.
CREATE OR REPLACE FUNCTION quote_work(p_shop bigint, p_ticket bigint, p_minutes int, p_offer bigint, p_at timestamptz)
RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('code', p.code, 'price', p.price, 'payers', name_payers(p_shop, p.grants, p.parts, p.beyond),
    'beyond', sum_of(p.beyond), 'balance', account_balance(t.shop_id, t.customer_id, p_at))
  FROM ticket t
  LEFT JOIN work_offer o ON o.shop_id = t.shop_id AND o.ticket_id = t.id AND o.id = p_offer
    AND o.state = 'agreed' AND o.message_id IS NULL
  CROSS JOIN LATERAL plan_work(t.shop_id, t.customer_id, p_minutes, work_cap(o, p_minutes), t.order_id, p_at) p
  WHERE t.shop_id = p_shop AND t.id = p_ticket
$$;

-- As in 0004, and: an overdraft may pay.
CREATE OR REPLACE FUNCTION log_work(
  p_shop bigint, p_ticket bigint, p_minutes int, p_body text, p_key text, p_hash bytea, p_agent bigint, p_actor text,
  p_author text, p_waive_reason text, p_offer bigint, p_worth bigint, p_mail boolean, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  owner bigint; a account; t ticket; known operation_key; o work_offer; cap bigint; plan record; work_id bigint; result jsonb;
  price bigint; charge jsonb := '{"units": 0, "entries": []}'; charged bigint := 0; lent bigint := 0; waived bigint;
BEGIN
  SELECT customer_id INTO owner FROM ticket WHERE shop_id = p_shop AND id = p_ticket;
  IF NOT FOUND THEN RETURN '{"code": "ticket_not_found"}'; END IF;
  a := lock_account(p_shop, owner, p_at);
  SELECT * INTO known FROM operation_key WHERE shop_id = p_shop AND operation = 'work' AND key = p_key;
  IF FOUND THEN
    IF known.input_hash <> p_hash THEN RETURN '{"code": "idempotency_conflict"}'; END IF;
    RETURN known.result || '{"replayed": true}';
  END IF;
  SELECT * INTO t FROM ticket WHERE shop_id = p_shop AND id = p_ticket FOR UPDATE;
  IF t.customer_id <> owner THEN
    RAISE EXCEPTION 'ticket % changed its customer meanwhile', p_ticket USING ERRCODE = 'serialization_failure';
  END IF;
  IF p_offer IS NOT NULL THEN
    SELECT * INTO o FROM work_offer WHERE shop_id = p_shop AND id = p_offer AND ticket_id = p_ticket FOR UPDATE;
    IF NOT FOUND THEN RETURN '{"code": "offer_not_found"}'; END IF;
    IF o.state <> 'agreed' OR o.message_id IS NOT NULL THEN
      RETURN jsonb_build_object('code', 'offer_not_agreed', 'state', CASE WHEN o.message_id IS NULL THEN o.state ELSE 'used' END);
    END IF;
    cap := work_cap(o, p_minutes);
  END IF;

  SELECT * INTO plan FROM plan_work(p_shop, owner, p_minutes, cap, t.order_id, p_at);
  price := coalesce(plan.price, least(p_worth, cap));
  work_id := nextval('message_id_seq');
  IF p_waive_reason IS NOT NULL THEN
    waived := price;
    INSERT INTO audit_log (shop_id, customer_id, actor, action, data, at) VALUES (p_shop, owner, p_actor, 'waive_work', jsonb_build_object(
      'ticketId', p_ticket::text, 'messageId', work_id::text, 'minutes', p_minutes, 'units', waived, 'note', p_waive_reason), p_at);
  ELSIF plan.code <> 'ok' THEN
    RETURN jsonb_build_object('code', plan.code, 'price', price, 'balance', account_balance(p_shop, owner, p_at));
  ELSIF price > 0 THEN
    charged := price; lent := sum_of(plan.beyond);
    charge := charge_plan(p_shop, owner, charged, plan.grants, plan.parts, plan.beyond,
      'work', p_key, 'message', p_ticket || ':' || work_id, p_actor, p_at);
  END IF;

  result := jsonb_build_object('code', 'ok', 'messageId', work_id::text, 'charge', charge, 'waivedUnits', waived,
    'createdAt', p_at, 'balance', jsonb_build_object('available', a.available - charged + lent,
      'held', a.held, 'deficit', a.deficit, 'overdraft', a.overdraft + lent));
  INSERT INTO message (shop_id, ticket_id, id, direction, channel, author_kind, author_id, author_name, body, data, state, units,
    charge, waived_units, waive_reason, settled_at, created_at)
  VALUES (p_shop, p_ticket, work_id, 'outbound', 'work', 'agent', p_agent, p_author, p_body,
    jsonb_build_object('minutes', p_minutes), 'delivered', charged, charge, waived, p_waive_reason, p_at, p_at);
  UPDATE work_offer SET message_id = work_id WHERE shop_id = p_shop AND id = p_offer;
  UPDATE ticket SET work_minutes = work_minutes + p_minutes, status = 'waiting', last_message_id = work_id,
    last_channel = 'work', preview = left(p_body, 140), activity_at = p_at
  WHERE shop_id = p_shop AND id = p_ticket;
  INSERT INTO operation_key (shop_id, operation, key, input_hash, result, at) VALUES (p_shop, 'work', p_key, p_hash, result, p_at);
  IF p_mail THEN
    PERFORM queue_work_mail(p_shop, p_ticket, 'work-done', jsonb_build_object('workMessageId', work_id::text), p_at);
  END IF;
  RETURN result;
END $$;

-- ---------------------------------------------------------------------------------------------------------------------
-- Sessions
-- ---------------------------------------------------------------------------------------------------------------------

-- What of a session's begun steps no hold covers: an overdraft is to pay it at the end.
CREATE FUNCTION unheld_units(p_session session) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT (p_session.covered_seconds - p_session.free_seconds) / p_session.step_seconds * p_session.step_units
    - coalesce((SELECT sum(units) FROM session_hold WHERE shop_id = p_session.shop_id AND session_id = p_session.id), 0)::bigint
$$;

-- As in 0001, and: it may begin on an overdraft.
CREATE OR REPLACE FUNCTION open_session(
  p_shop bigint, p_ticket bigint, p_kind text, p_agent bigint, p_actor text, p_agent_name text, p_deadline timestamptz, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  owner bigint; the_order bigint; plan record; price jsonb; s session;
BEGIN
  SELECT customer_id, order_id INTO owner, the_order FROM ticket WHERE shop_id = p_shop AND id = p_ticket;
  IF NOT FOUND THEN RETURN '{"code": "ticket_not_found"}'; END IF;
  PERFORM lock_account(p_shop, owner, p_at);
  SELECT * INTO s FROM session WHERE shop_id = p_shop AND ticket_id = p_ticket AND state = 'open';
  IF FOUND THEN RETURN jsonb_build_object('code', 'session_open', 'sessionId', s.id::text); END IF;
  SELECT * INTO plan FROM plan_charge(p_shop, owner, p_kind, NULL, NULL, the_order, p_at, false);
  IF plan.code <> 'ok' THEN
    -- The first step that an overdraft would pay: nothing is held, and the price is that of the grant that lends.
    SELECT * INTO plan FROM plan_charge(p_shop, owner, p_kind, NULL, NULL, the_order, p_at, true);
    plan.grants := '{}'; plan.parts := '{}';
  END IF;
  IF plan.code <> 'ok' THEN
    RETURN jsonb_build_object('code', plan.code, 'price', plan.price, 'balance', account_balance(p_shop, owner, p_at));
  END IF;
  SELECT prices -> p_kind INTO price FROM credit_grant WHERE shop_id = p_shop AND id = plan.price_grant;
  INSERT INTO session (shop_id, ticket_id, customer_id, kind, agent_id, agent_name, step_units, step_seconds, free_seconds,
    covered_seconds, opened_at, deadline_at)
  VALUES (p_shop, p_ticket, owner, p_kind, p_agent, p_agent_name, (price ->> 'units')::bigint, (price ->> 'step')::int * 60,
    coalesce((price ->> 'freeSeconds')::int, 0), coalesce((price ->> 'freeSeconds')::int, 0) + (price ->> 'step')::int * 60,
    p_at, p_deadline)
  RETURNING * INTO s;
  PERFORM hold_plan(p_shop, owner, s.id, plan.grants, plan.parts, p_actor, p_at);
  INSERT INTO ticket_event (shop_id, ticket_id, kind, data, at)
  VALUES (p_shop, p_ticket, 'session_started', jsonb_build_object('sessionId', s.id::text, 'agentName', p_agent_name), p_at);
  UPDATE ticket SET activity_at = p_at WHERE shop_id = p_shop AND id = p_ticket;
  RETURN jsonb_build_object('code', 'ok', 'sessionId', s.id::text, 'balance', account_balance(p_shop, owner, p_at));
END $$;

-- As in 0001, and: a step that credits do not cover goes on without a hold while an overdraft has room for all such steps.
CREATE OR REPLACE FUNCTION extend_session(p_shop bigint, p_session bigint, p_seconds int, p_at timestamptz) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  owner bigint; s session; plan record; the_order bigint;
BEGIN
  SELECT customer_id INTO owner FROM session WHERE shop_id = p_shop AND id = p_session;
  PERFORM lock_account(p_shop, owner, p_at);
  SELECT * INTO s FROM session WHERE shop_id = p_shop AND id = p_session FOR UPDATE;
  SELECT order_id INTO the_order FROM ticket WHERE shop_id = p_shop AND id = s.ticket_id;
  WHILE s.state = 'open' AND s.covered_seconds < p_seconds LOOP
    -- A free session needs no grant to go on.
    IF s.step_units > 0 THEN
      SELECT * INTO plan FROM plan_charge(p_shop, owner, s.kind, NULL, s.step_units, the_order, p_at, false);
      IF plan.code = 'ok' THEN
        PERFORM hold_plan(p_shop, owner, p_session, plan.grants, plan.parts, 'system', p_at);
      ELSE
        SELECT * INTO plan FROM plan_charge(p_shop, owner, s.kind, NULL, unheld_units(s) + s.step_units, the_order, p_at, true);
        EXIT WHEN plan.code <> 'ok';
      END IF;
    END IF;
    UPDATE session SET covered_seconds = covered_seconds + step_seconds WHERE shop_id = p_shop AND id = p_session
    RETURNING * INTO s;
  END LOOP;
  RETURN s.covered_seconds;
END $$;

-- As in 0001, and: what no hold covers is spent at the end, from an overdraft.
CREATE OR REPLACE FUNCTION close_session(p_shop bigint, p_session bigint, p_actual int, p_reason text, p_actor text, p_at timestamptz)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  owner bigint; s session; steps int; bill bigint; due bigint; h record; part bigint; entries jsonb := '[]'; billed int;
  plan record; the_order bigint;
BEGIN
  SELECT customer_id INTO owner FROM session WHERE shop_id = p_shop AND id = p_session;
  IF NOT FOUND THEN RETURN '{"code": "session_not_found"}'; END IF;
  PERFORM lock_account(p_shop, owner, p_at);
  SELECT * INTO s FROM session WHERE shop_id = p_shop AND id = p_session FOR UPDATE;
  IF s.state = 'open' THEN
    steps := ceil(greatest(p_actual - s.free_seconds, 0)::numeric / s.step_seconds);
    -- Ticks that a restart lost are caught up here; without credits the excess stays unbilled.
    PERFORM extend_session(p_shop, p_session, s.free_seconds + steps * s.step_seconds, p_at);
    SELECT * INTO s FROM session WHERE shop_id = p_shop AND id = p_session;
    steps := least(steps, (s.covered_seconds - s.free_seconds) / s.step_seconds);
    bill := steps * s.step_units; due := bill; billed := steps * s.step_seconds;
    FOR h IN SELECT grant_id, sum(units)::bigint AS units FROM session_hold WHERE shop_id = p_shop AND session_id = p_session
      GROUP BY grant_id ORDER BY min(id) LOOP
      part := least(h.units, due);
      IF part > 0 THEN
        entries := entries || jsonb_build_object('grant', h.grant_id, 'units', part, 'id',
          ledger_move(p_shop, owner, h.grant_id, 'post', 0, part, -part, 0, 0, 0,
            'session', 'post:' || p_session, 'session', p_session::text, p_actor, NULL, p_at));
        due := due - part;
      END IF;
      IF h.units > part THEN
        PERFORM ledger_move(p_shop, owner, h.grant_id, 'release', 0, 0, part - h.units, 0, 0, 0,
          'session', 'release:' || p_session, 'session', p_session::text, p_actor, NULL, p_at);
      END IF;
      PERFORM settle_grant(p_shop, owner, h.grant_id, 'session', p_session::text, p_at);
    END LOOP;
    DELETE FROM session_hold WHERE shop_id = p_shop AND session_id = p_session;
    -- Steps that went on without a hold. Of room that was used up meanwhile the last steps stay unbilled.
    SELECT order_id INTO the_order FROM ticket WHERE shop_id = p_shop AND id = s.ticket_id;
    WHILE due > 0 LOOP
      SELECT * INTO plan FROM plan_charge(p_shop, owner, s.kind, NULL, due, the_order, p_at, true);
      IF plan.code = 'ok' THEN
        entries := entries || (charge_plan(p_shop, owner, due, plan.grants, plan.parts, plan.beyond,
          'session', 'spend:' || p_session, 'session', p_session::text, p_actor, p_at) -> 'entries');
        due := 0;
      ELSE
        due := greatest(due - s.step_units, 0); bill := bill - s.step_units; billed := billed - s.step_seconds;
      END IF;
    END LOOP;
    UPDATE session SET state = CASE WHEN p_actual > 0 THEN 'ended' ELSE 'void' END, actual_seconds = p_actual, billed_seconds = billed,
      units = bill, charge = jsonb_build_object('units', bill, 'entries', entries), ended_at = p_at, end_reason = p_reason
    WHERE shop_id = p_shop AND id = p_session RETURNING * INTO s;
    UPDATE session_presence SET left_at = least(p_at, seen_at) WHERE shop_id = p_shop AND session_id = p_session AND left_at IS NULL;
    UPDATE ticket SET video_seconds = video_seconds + p_actual, activity_at = p_at WHERE shop_id = p_shop AND id = s.ticket_id;
    INSERT INTO ticket_event (shop_id, ticket_id, kind, data, at)
    VALUES (p_shop, s.ticket_id, CASE s.state WHEN 'void' THEN 'session_void' ELSE 'session_billed' END,
      jsonb_build_object('sessionId', p_session::text, 'agentName', s.agent_name, 'actualSeconds', p_actual, 'billedSeconds', billed,
        'units', bill, 'reason', p_reason), p_at);
  END IF;
  RETURN jsonb_build_object('code', 'ok', 'sessionId', s.id::text, 'state', s.state, 'actualSeconds', s.actual_seconds,
    'billedSeconds', s.billed_seconds, 'charge', s.charge, 'balance', account_balance(p_shop, owner, p_at));
END $$;

-- ---------------------------------------------------------------------------------------------------------------------
-- Replies
-- ---------------------------------------------------------------------------------------------------------------------

-- An agent's reply: message, charge, tally, ticket state and send job in one commit (rules 4 to 9). A refusal writes nothing.
-- p_worth: what a waived reply is worth when no grant names a price.
-- code: ok | ticket_not_found | idempotency_conflict | stale_conversation | contact_missing | insufficient_credits | channel_not_covered
--
-- Three statements, because each costs more than the rows it touches: lock, read, write (with lock_account, plan_charge and
-- ledger_move for every reply 20 % more of the server's time). Most replies are plain: the first grant in the burn order pays
-- the whole price. What is not plain is planned and charged by the functions above; a refusal is always decided there.
CREATE OR REPLACE FUNCTION reply_to_ticket(
  p_shop bigint, p_ticket bigint, p_channel text, p_quantity int, p_segments int, p_body text, p_key text, p_hash bytea,
  p_agent bigint, p_actor text, p_author text, p_waive_reason text, p_last_seen bigint, p_at timestamptz, p_worth bigint DEFAULT NULL
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  owner bigint; due timestamptz; before_available bigint; account_held bigint; account_deficit bigint; account_overdraft bigint;
  owner_now bigint; the_order bigint; newest bigint; to_address text; known_hash bytea; known_result jsonb;
  payer bigint; charged bigint; plain boolean; plan record; waived bigint; lent bigint := 0; window_minutes int; in_window bigint; message_id bigint; entry_id bigint; notice_id bigint;
  message_state text := CASE p_channel WHEN 'portal' THEN 'delivered' ELSE 'queued' END;
  charge jsonb := '{"units": 0, "entries": []}'; answer jsonb;
BEGIN
  -- As lock_account, together with finding the account. The reply changes no key, so messages that arrive need not wait for it.
  SELECT customer_id, next_expiry, available, held, deficit, overdraft
  INTO owner, due, before_available, account_held, account_deficit, account_overdraft
  FROM account
  WHERE shop_id = p_shop AND customer_id = (SELECT customer_id FROM ticket WHERE shop_id = p_shop AND id = p_ticket)
  FOR NO KEY UPDATE;
  IF owner IS NULL OR due <= p_at THEN
    SELECT customer_id INTO owner FROM ticket WHERE shop_id = p_shop AND id = p_ticket;
    IF NOT FOUND THEN RETURN '{"code": "ticket_not_found"}'; END IF;
    SELECT available, held, deficit, overdraft INTO before_available, account_held, account_deficit, account_overdraft
    FROM lock_account(p_shop, owner, p_at);
  END IF;

  -- A statement of its own, so that it sees what the lock's last holder committed. The grant is the first of plan_charge.
  SELECT t.customer_id, t.order_id, t.last_message_id,
    CASE p_channel WHEN 'email' THEN t.reply_email WHEN 'sms' THEN t.reply_phone ELSE 'portal' END,
    k.input_hash, k.result, g.id, g.cost, w.message_id, (SELECT merge_window_minutes FROM shop WHERE id = p_shop),
    k.input_hash IS NULL AND p_waive_reason IS NULL AND t.customer_id = owner
      AND (p_last_seen IS NULL OR t.last_message_id <= p_last_seen) AND g.cost > 0 AND g.net >= g.cost AND w.message_id IS NULL
  INTO owner_now, the_order, newest, to_address, known_hash, known_result, payer, charged, in_window, window_minutes, plain
  FROM ticket t
  LEFT JOIN operation_key k ON k.shop_id = p_shop AND k.operation = 'reply' AND k.key = p_key
  LEFT JOIN reply_window w ON w.shop_id = p_shop AND w.ticket_id = p_ticket AND w.channel = p_channel AND w.ends_at > p_at
  LEFT JOIN LATERAL (
    SELECT id, entitled - consumed - held - expired + overdraft AS net, price_of(prices, p_channel, p_quantity) AS cost
    FROM credit_grant
    WHERE shop_id = p_shop AND customer_id = owner AND live AND NOT frozen
      AND (expires_at IS NULL OR expires_at > p_at)
      AND (p_channel = ANY (channels) OR (p_channel = 'portal' AND 'email' = ANY (channels)))
    ORDER BY expires_at, (order_id = t.order_id) IS TRUE DESC, promotional DESC, priority DESC, created_at, id
    LIMIT 1
  ) g ON true
  WHERE t.shop_id = p_shop AND t.id = p_ticket
  FOR NO KEY UPDATE OF t;

  -- Drawn under the ticket's lock, so that a later message always has the higher number; staleness is told by it.
  message_id := nextval('message_id_seq');
  IF plain AND to_address IS NOT NULL THEN
    entry_id := nextval('ledger_entry_id_seq');
    charge := jsonb_build_object('units', charged,
      'entries', jsonb_build_array(jsonb_build_object('id', entry_id, 'grant', payer, 'units', charged)));
  ELSE
    payer := NULL; charged := 0;
    IF known_hash IS NOT NULL THEN
      IF known_hash <> p_hash THEN RETURN '{"code": "idempotency_conflict"}'; END IF;
      RETURN known_result || '{"replayed": true}';
    END IF;
    IF owner_now <> owner THEN
      RAISE EXCEPTION 'ticket % changed its customer meanwhile', p_ticket USING ERRCODE = 'serialization_failure';
    END IF;
    IF newest > p_last_seen THEN
      RETURN jsonb_build_object('code', 'stale_conversation', 'lastMessageId', newest::text);
    END IF;
    IF to_address IS NULL THEN RETURN '{"code": "contact_missing"}'; END IF;
    SELECT * INTO plan FROM plan_reply(p_shop, p_ticket, owner, p_channel, p_quantity, the_order, p_at);
    IF p_waive_reason IS NOT NULL THEN
      waived := coalesce(plan.price, p_worth, 0);
    ELSIF plan.code <> 'ok' THEN
      RETURN jsonb_build_object('code', plan.code, 'price', plan.price, 'balance', account_balance(p_shop, owner, p_at));
    ELSIF plan.price > 0 THEN
      charged := plan.price; lent := sum_of(plan.beyond);
      charge := charge_plan(p_shop, owner, charged, plan.grants, plan.parts, plan.beyond,
        'reply', p_key, 'message', p_ticket || ':' || message_id, p_actor, p_at);
    END IF;
  END IF;

  -- `paid`, `projected` and `entered` are ledger_move for a plain spend: the grant is not frozen and keeps net >= 0, so it owes
  -- nothing before or after and its account's deficit, overdraft and next expiry stay. Without a payer they do nothing.
  WITH paid AS (
    UPDATE credit_grant g SET consumed = g.consumed + charged,
      live = g.entitled - g.consumed - g.held - g.expired + g.overdraft > charged
    WHERE g.shop_id = p_shop AND g.id = payer AND g.entitled - g.consumed - g.held - g.expired + g.overdraft >= charged
    RETURNING g.id
  ), projected AS (
    UPDATE account a SET available = a.available - charged FROM paid WHERE a.shop_id = p_shop AND a.customer_id = owner
  ), entered AS (
    INSERT INTO ledger_entry (shop_id, customer_id, id, grant_id, kind, consumed, operation, key, cause_kind, cause_id, actor, at)
    SELECT p_shop, owner, entry_id, paid.id, 'spend', charged, 'reply', p_key, 'message', p_ticket || ':' || message_id, p_actor, p_at
    FROM paid
  ), answered AS (
    UPDATE ticket SET
      emails = emails + (p_channel = 'email')::int, texts = texts + (p_channel = 'sms')::int,
      portals = portals + (p_channel = 'portal')::int, status = 'waiting', last_message_id = message_id,
      last_channel = p_channel, preview = left(p_body, 140), activity_at = p_at
    WHERE shop_id = p_shop AND id = p_ticket AND customer_id = owner AND (p_last_seen IS NULL OR last_message_id <= p_last_seen)
    RETURNING id
  ), written AS (
    INSERT INTO message (shop_id, ticket_id, id, direction, channel, author_kind, author_id, author_name, body, address, state,
      units, charge, waived_units, waive_reason, segments, settled_at, created_at, window_id)
    VALUES (p_shop, p_ticket, message_id, 'outbound', p_channel, 'agent', p_agent, p_author, p_body, to_address, message_state,
      charged, charge, waived, p_waive_reason, p_segments, CASE WHEN message_state = 'delivered' THEN p_at END, p_at,
      -- A waived reply stands outside every window (rule 8).
      CASE WHEN p_waive_reason IS NULL THEN coalesce(in_window, CASE WHEN charged > 0 AND window_minutes > 0 THEN message_id END) END)
  )
  INSERT INTO operation_key (shop_id, operation, key, input_hash, result, at)
  SELECT p_shop, 'reply', p_key, p_hash, jsonb_build_object('code', 'ok', 'messageId', message_id::text, 'state', message_state,
    'charge', charge, 'waivedUnits', waived, 'createdAt', p_at, 'balance', jsonb_build_object(
      'available', before_available - charged + lent, 'held', account_held, 'deficit', account_deficit,
      'overdraft', account_overdraft + lent)), p_at
  FROM answered WHERE payer IS NULL OR EXISTS (SELECT FROM paid)
  RETURNING operation_key.result INTO answer;
  -- Cannot happen under the locks; if it does, everything is rolled back.
  IF answer IS NULL THEN
    RAISE EXCEPTION 'the reply to ticket % was not written', p_ticket USING ERRCODE = 'serialization_failure';
  END IF;
  IF charged > 0 AND window_minutes > 0 THEN
    INSERT INTO reply_window (shop_id, ticket_id, channel, message_id, ends_at)
    VALUES (p_shop, p_ticket, p_channel, message_id, p_at + window_minutes * interval '1 minute')
    ON CONFLICT (shop_id, ticket_id, channel) DO UPDATE SET message_id = excluded.message_id, ends_at = excluded.ends_at;
  END IF;
  IF message_state = 'queued' THEN
    PERFORM enqueue_job('send_message', json_build_object('shopId', p_shop::text, 'ticketId', p_ticket::text, 'messageId', message_id::text));
  END IF;
  -- What the answer says stays on the private page; the mail only tells that it is there, and costs nothing.
  IF p_channel = 'portal' THEN
    INSERT INTO message (shop_id, ticket_id, direction, channel, author_kind, author_name, body, template, data, address, state, created_at)
    SELECT p_shop, p_ticket, 'outbound', 'email', 'system', p_author, '', 'portal-answer', '{}', reply_email, 'queued', p_at
    FROM ticket WHERE shop_id = p_shop AND id = p_ticket AND reply_email IS NOT NULL
    RETURNING id INTO notice_id;
    IF notice_id IS NOT NULL THEN
      PERFORM enqueue_job('send_message', json_build_object('shopId', p_shop::text, 'ticketId', p_ticket::text, 'messageId', notice_id::text));
    END IF;
  END IF;
  RETURN answer;
END $$;
