-- What the random programmes of test/domain/credits/ledger.property.test.ts and concurrent.property.test.ts found.

-- As in 0001, but a spend that its terms lend draws nothing: a grant that owes a deficit lends on while it is promised
-- (README, "Overdraft"), and stays as far below zero as it was.
CREATE OR REPLACE FUNCTION ledger_move(
  p_shop bigint, p_customer bigint, p_grant bigint, p_kind text,
  p_entitled bigint, p_consumed bigint, p_held bigint, p_expired bigint, p_cleared bigint, p_overdraft bigint,
  p_operation text, p_key text, p_cause_kind text, p_cause_id text, p_actor text, p_reason text, p_at timestamptz
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  entry bigint; net_after bigint;
BEGIN
  WITH moved AS (
    UPDATE credit_grant g SET
      entitled = g.entitled + p_entitled, consumed = g.consumed + p_consumed, held = g.held + p_held,
      expired = g.expired + p_expired, cleared = g.cleared + p_cleared, overdraft = g.overdraft + p_overdraft,
      live = g.entitled - g.consumed - g.held - g.expired + g.overdraft
        + p_entitled - p_consumed - p_held - p_expired + p_overdraft > 0
    WHERE g.shop_id = p_shop AND g.id = p_grant AND g.customer_id = p_customer
    RETURNING g.frozen, g.expires_at,
      g.entitled - g.consumed - g.held - g.expired + g.overdraft AS net,
      p_entitled - p_consumed - p_held - p_expired + p_overdraft AS net_change,
      g.consumed - g.overdraft - g.entitled - g.cleared AS owed,
      p_consumed - p_overdraft - p_entitled - p_cleared AS owed_change
  ), projected AS (
    UPDATE account a SET
      available = a.available + CASE WHEN moved.frozen THEN 0 ELSE greatest(moved.net, 0) - greatest(moved.net - moved.net_change, 0) END,
      held = a.held + p_held,
      deficit = a.deficit + greatest(moved.owed, 0) - greatest(moved.owed - moved.owed_change, 0),
      overdraft = a.overdraft + p_overdraft,
      next_expiry = CASE WHEN moved.net > 0 THEN least(a.next_expiry, moved.expires_at) ELSE a.next_expiry END
    FROM moved WHERE a.shop_id = p_shop AND a.customer_id = p_customer
  )
  INSERT INTO ledger_entry (shop_id, customer_id, grant_id, kind, entitled, consumed, held, expired, cleared, overdraft,
    operation, key, cause_kind, cause_id, actor, reason, at)
  SELECT p_shop, p_customer, p_grant, p_kind, p_entitled, p_consumed, p_held, p_expired, p_cleared, p_overdraft,
    p_operation, p_key, p_cause_kind, p_cause_id, p_actor, p_reason, p_at
  FROM moved
  RETURNING id, (SELECT net FROM moved) INTO entry, net_after;
  IF entry IS NULL THEN
    RAISE EXCEPTION 'grant % is not of account % in shop %', p_grant, p_customer, p_shop USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF net_after < 0 AND p_entitled - p_consumed - p_held - p_expired + p_overdraft < 0
    AND p_kind IN ('spend', 'hold', 'adjust', 'expire') THEN
    RAISE EXCEPTION 'entry % would draw grant % below zero', p_kind, p_grant USING ERRCODE = 'check_violation';
  END IF;
  RETURN entry;
END $$;

-- As in 0001, and: an overdraft may be settled or forgiven while a session holds the rest of its grant. The grant is then below
-- zero by what was cleared, until the hold closes. Without this a purchase failed as long as the session ran.
CREATE OR REPLACE FUNCTION credit_grant_fits(g credit_grant) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  net bigint := g.entitled - g.consumed - g.held - g.expired + g.overdraft;
BEGIN
  RETURN g.entitled >= 0 AND g.consumed >= 0 AND g.held >= 0 AND g.expired >= 0 AND g.cleared >= 0 AND g.promised >= 0
    AND g.revoke_due >= 0 AND g.overdraft BETWEEN 0 AND g.overdraft_limit
    AND g.live = (net > 0)
    -- Only a revoke makes a deficit; and an overdraft that others paid, or nobody, no longer carries what was held beside it.
    AND (net + g.cleared >= 0 OR g.consumed - g.overdraft > g.entitled OR g.expired > 0);
END $$;

-- As in 0005, and: what is held beside a settled overdraft may still be posted, so it is no excess yet.
CREATE OR REPLACE FUNCTION return_settlements(p_shop bigint, p_customer bigint, p_grant bigint, p_cause_kind text, p_cause_id text, p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  s settlement; excess bigint; part bigint; the_key text;
BEGIN
  -- What waits for a hold to close, and what is held, may be owed then, so it is no excess.
  SELECT cleared - greatest(consumed + held - overdraft - entitled + revoke_due, 0) INTO excess
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

-- As in 0005, but the oldest by the day of its grant: a twin that a merge made has a new id and an old debt.
CREATE OR REPLACE FUNCTION settle_account(
  p_shop bigint, p_customer bigint, p_payer bigint, p_key text, p_cause_kind text, p_cause_id text, p_actor text, p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  g record; rest bigint;
BEGIN
  SELECT entitled - consumed - held - expired + overdraft INTO rest FROM credit_grant WHERE shop_id = p_shop AND id = p_payer;
  FOR g IN
    SELECT id, owed, pass FROM (
      SELECT id, created_at, overdraft AS owed, 1 AS pass FROM credit_grant WHERE shop_id = p_shop AND customer_id = p_customer
      UNION ALL
      SELECT id, created_at, consumed - overdraft - entitled - cleared, 2 FROM credit_grant WHERE shop_id = p_shop AND customer_id = p_customer
    ) o WHERE owed > 0 AND id <> p_payer ORDER BY pass, created_at, id
  LOOP
    EXIT WHEN rest <= 0;
    PERFORM settle_from(p_shop, p_customer, g.id, p_payer, least(g.owed, rest),
      p_key || ':' || g.id || ':' || g.pass, p_cause_kind, p_cause_id, p_actor, 'purchase', p_at);
    rest := rest - least(g.owed, rest);
  END LOOP;
END $$;

-- As in 0007, and: a ticket may change its customer while the lock is waited for; the session then opened on the emptied account.
CREATE OR REPLACE FUNCTION open_session(
  p_shop bigint, p_ticket bigint, p_kind text, p_agent bigint, p_actor text, p_agent_name text, p_deadline timestamptz, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  owner bigint; the_order bigint; plan record; price jsonb; s session;
BEGIN
  LOOP
    SELECT customer_id, order_id INTO owner, the_order FROM ticket WHERE shop_id = p_shop AND id = p_ticket;
    IF NOT FOUND THEN RETURN '{"code": "ticket_not_found"}'; END IF;
    PERFORM lock_account(p_shop, owner, p_at);
    EXIT WHEN owner = (SELECT customer_id FROM ticket WHERE shop_id = p_shop AND id = p_ticket);
  END LOOP;
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
