-- A grant without a remainder that may lend sets the price of a session where no price of a grant with credits is covered; that price
-- may be lower, so that credits pay it whole after all. They were not held then, and another spend could take them during the session.
CREATE OR REPLACE FUNCTION open_session(
  p_shop bigint, p_ticket bigint, p_kind text, p_agent bigint, p_actor text, p_agent_name text, p_deadline timestamptz, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  owner bigint; plan record; price jsonb; s session;
BEGIN
  LOOP
    SELECT customer_id INTO owner FROM ticket WHERE shop_id = p_shop AND id = p_ticket;
    IF NOT FOUND THEN RETURN '{"code": "ticket_not_found"}'; END IF;
    PERFORM lock_account(p_shop, owner, p_at);
    EXIT WHEN owner = (SELECT customer_id FROM ticket WHERE shop_id = p_shop AND id = p_ticket);
  END LOOP;
  SELECT * INTO s FROM session WHERE shop_id = p_shop AND ticket_id = p_ticket AND state = 'open';
  IF FOUND THEN RETURN jsonb_build_object('code', 'session_open', 'sessionId', s.id::text); END IF;
  SELECT * INTO plan FROM plan_charge(p_shop, owner, p_kind, NULL, NULL, p_ticket, p_at, false);
  IF plan.code <> 'ok' THEN
    -- The price is that of the grant that lends. Of a first step that an overdraft would pay nothing is held.
    SELECT * INTO plan FROM plan_charge(p_shop, owner, p_kind, NULL, NULL, p_ticket, p_at, true);
    IF sum_of(plan.beyond) > 0 THEN plan.grants := '{}'; plan.parts := '{}'; END IF;
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
