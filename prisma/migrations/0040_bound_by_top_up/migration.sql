-- Credits of an order that topped a ticket up are as bound to it as those of the order that opened it (rule 6). So what plans a charge
-- is told the ticket, not its order. And who pays first is found without sorting the grants of the account, so that an account of
-- 1,000 grants pays as fast as one of one.

DROP FUNCTION plan_overdraft(bigint, bigint, text, int, bigint, bigint, timestamptz);
DROP FUNCTION plan_charge(bigint, bigint, text, int, bigint, bigint, timestamptz, boolean);
DROP FUNCTION plan_reply(bigint, bigint, bigint, text, int, bigint, timestamptz);
DROP FUNCTION plan_work(bigint, bigint, int, bigint, bigint, timestamptz);

-- The orders that a ticket lives on: the one that opened it, and those that topped it up.
CREATE FUNCTION orders_of_ticket(p_shop bigint, p_ticket bigint) RETURNS bigint[] LANGUAGE sql STABLE AS $$
  SELECT ARRAY(
    SELECT order_id FROM ticket WHERE shop_id = p_shop AND id = p_ticket AND order_id IS NOT NULL
    UNION ALL SELECT order_id FROM top_up WHERE shop_id = p_shop AND ticket_id = p_ticket)
$$;

-- As in 0007, for a ticket.
CREATE FUNCTION plan_overdraft(
  p_shop bigint, p_customer bigint, p_channel text, p_quantity int, p_fixed_units bigint, p_ticket bigint, p_at timestamptz,
  OUT code text, OUT price bigint, OUT grants bigint[], OUT parts bigint[], OUT beyond bigint[], OUT price_grant bigint
) LANGUAGE plpgsql STABLE AS $$
DECLARE
  g record; ids bigint[] := '{}'; nets bigint[] := '{}'; rooms bigint[] := '{}'; costs bigint[] := '{}';
  rest bigint := 0; missing bigint; own bigint; lent bigint[]; taken bigint[];
  orders bigint[] := orders_of_ticket(p_shop, p_ticket);
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
    ORDER BY expires_at, (order_id = ANY (orders)) IS TRUE DESC, promotional DESC, priority DESC, created_at, id
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

-- As in 0007, for a ticket, and without sorting where the first grant pays.
CREATE FUNCTION plan_charge(
  p_shop bigint, p_customer bigint, p_channel text, p_quantity int, p_fixed_units bigint, p_ticket bigint, p_at timestamptz, p_lend boolean,
  OUT code text, OUT price bigint, OUT grants bigint[], OUT parts bigint[], OUT beyond bigint[], OUT price_grant bigint
) LANGUAGE plpgsql STABLE AS $$
DECLARE
  g record; ids bigint[] := '{}'; nets bigint[] := '{}'; costs bigint[] := '{}'; rest bigint := 0; first_cost bigint; missing bigint;
  loan record; orders bigint[] := orders_of_ticket(p_shop, p_ticket);
BEGIN
  grants := '{}'; parts := '{}'; beyond := '{}';
  -- Most spends end here: the first grant covers its own price. It is the first of the index or one of the ticket's orders, so
  -- no other is read.
  SELECT c.id, c.net, c.cost INTO g FROM (
    (SELECT id, entitled - consumed - held - expired + overdraft AS net, coalesce(p_fixed_units, price_of(prices, p_channel, p_quantity)) AS cost,
      expires_at, false AS bound, promotional, priority, created_at
    FROM credit_grant
    WHERE shop_id = p_shop AND customer_id = p_customer AND live AND NOT frozen
      AND (expires_at IS NULL OR expires_at > p_at)
      AND (p_channel = ANY (channels) OR (p_channel = 'portal' AND 'email' = ANY (channels)))
    ORDER BY expires_at, promotional DESC, priority DESC, created_at, id
    LIMIT 1)
    UNION ALL
    SELECT id, entitled - consumed - held - expired + overdraft, coalesce(p_fixed_units, price_of(prices, p_channel, p_quantity)),
      expires_at, true, promotional, priority, created_at
    FROM credit_grant
    -- By the index on orders: "+ 0" keeps it from reading all grants of the account.
    WHERE shop_id = p_shop AND order_id = ANY (orders) AND customer_id + 0 = p_customer AND live AND NOT frozen
      AND (expires_at IS NULL OR expires_at > p_at)
      AND (p_channel = ANY (channels) OR (p_channel = 'portal' AND 'email' = ANY (channels)))
  ) c
  ORDER BY c.expires_at, c.bound DESC, c.promotional DESC, c.priority DESC, c.created_at, c.id
  LIMIT 1;
  first_cost := g.cost;
  IF g.net >= g.cost THEN
    code := 'ok'; price := g.cost; price_grant := g.id;
    IF g.cost > 0 THEN grants := ARRAY[g.id]; parts := ARRAY[g.cost]; beyond := '{0}'; END IF;
    RETURN;
  END IF;
  FOR g IN
    SELECT id, entitled - consumed - held - expired + overdraft AS net, coalesce(p_fixed_units, price_of(prices, p_channel, p_quantity)) AS cost
    FROM credit_grant
    WHERE shop_id = p_shop AND customer_id = p_customer AND live AND NOT frozen
      AND (expires_at IS NULL OR expires_at > p_at)
      AND (p_channel = ANY (channels) OR (p_channel = 'portal' AND 'email' = ANY (channels)))
    ORDER BY expires_at, (order_id = ANY (orders)) IS TRUE DESC, promotional DESC, priority DESC, created_at, id
  LOOP
    ids := ids || g.id; nets := nets || g.net; costs := costs || g.cost; rest := rest + g.net;
    -- The first grant's price is covered; what comes later pays nothing of it.
    EXIT WHEN rest >= first_cost;
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
    SELECT * INTO loan FROM plan_overdraft(p_shop, p_customer, p_channel, p_quantity, p_fixed_units, p_ticket, p_at);
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

-- As in 0007, for a ticket.
CREATE FUNCTION plan_reply(
  p_shop bigint, p_ticket bigint, p_customer bigint, p_channel text, p_quantity int, p_at timestamptz,
  OUT code text, OUT price bigint, OUT grants bigint[], OUT parts bigint[], OUT beyond bigint[], OUT price_grant bigint, OUT window_of bigint
) LANGUAGE plpgsql STABLE AS $$
BEGIN
  window_of := open_window(p_shop, p_ticket, p_channel, p_at);
  IF window_of IS NOT NULL THEN
    code := 'ok'; price := 0; grants := '{}'; parts := '{}'; beyond := '{}';
    RETURN;
  END IF;
  SELECT p.code, p.price, p.grants, p.parts, p.beyond, p.price_grant INTO code, price, grants, parts, beyond, price_grant
  FROM plan_charge(p_shop, p_customer, p_channel, p_quantity, NULL, p_ticket, p_at, true) p;
END $$;

CREATE OR REPLACE FUNCTION quote_reply(p_shop bigint, p_ticket bigint, p_channel text, p_quantity int, p_at timestamptz)
RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('code', p.code, 'price', p.price, 'payers', name_payers(p_shop, p.grants, p.parts, p.beyond),
    'priceGrant', p.price_grant, 'beyond', sum_of(p.beyond), 'freeUntil', w.ends_at,
    'balance', account_balance(p_shop, t.customer_id, p_at))
  FROM ticket t
  CROSS JOIN LATERAL plan_reply(p_shop, p_ticket, t.customer_id, p_channel, p_quantity, p_at) p
  LEFT JOIN reply_window w ON w.shop_id = p_shop AND w.ticket_id = p_ticket AND w.channel = p_channel AND w.message_id = p.window_of
  WHERE t.shop_id = p_shop AND t.id = p_ticket
$$;

CREATE FUNCTION plan_work(
  p_shop bigint, p_customer bigint, p_minutes int, p_cap bigint, p_ticket bigint, p_at timestamptz,
  OUT code text, OUT price bigint, OUT grants bigint[], OUT parts bigint[], OUT beyond bigint[], OUT price_grant bigint
) LANGUAGE plpgsql STABLE AS $$
BEGIN
  SELECT p.code, p.price, p.grants, p.parts, p.beyond, p.price_grant INTO code, price, grants, parts, beyond, price_grant
  FROM plan_charge(p_shop, p_customer, 'work', p_minutes * 60, NULL, p_ticket, p_at, true) p;
  IF p_cap IS NOT NULL AND (price IS NULL OR price > p_cap) THEN
    SELECT p.code, p.price, p.grants, p.parts, p.beyond, p.price_grant INTO code, price, grants, parts, beyond, price_grant
    FROM plan_charge(p_shop, p_customer, 'work', p_minutes * 60, p_cap, p_ticket, p_at, true) p;
  END IF;
END $$;

CREATE OR REPLACE FUNCTION quote_work(p_shop bigint, p_ticket bigint, p_minutes int, p_offer bigint, p_at timestamptz)
RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('code', p.code, 'price', p.price, 'payers', name_payers(p_shop, p.grants, p.parts, p.beyond),
    'beyond', sum_of(p.beyond), 'balance', account_balance(t.shop_id, t.customer_id, p_at))
  FROM ticket t
  LEFT JOIN work_offer o ON o.shop_id = t.shop_id AND o.ticket_id = t.id AND o.id = p_offer
    AND o.state = 'agreed' AND o.message_id IS NULL
  CROSS JOIN LATERAL plan_work(t.shop_id, t.customer_id, p_minutes, work_cap(o, p_minutes), t.id, p_at) p
  WHERE t.shop_id = p_shop AND t.id = p_ticket
$$;

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

  SELECT * INTO plan FROM plan_work(p_shop, owner, p_minutes, cap, p_ticket, p_at);
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
    -- The first step that an overdraft would pay: nothing is held, and the price is that of the grant that lends.
    SELECT * INTO plan FROM plan_charge(p_shop, owner, p_kind, NULL, NULL, p_ticket, p_at, true);
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

CREATE OR REPLACE FUNCTION extend_session(p_shop bigint, p_session bigint, p_seconds int, p_at timestamptz) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  owner bigint; s session; plan record;
BEGIN
  SELECT customer_id INTO owner FROM session WHERE shop_id = p_shop AND id = p_session;
  PERFORM lock_account(p_shop, owner, p_at);
  SELECT * INTO s FROM session WHERE shop_id = p_shop AND id = p_session FOR UPDATE;
  WHILE s.state = 'open' AND s.covered_seconds < p_seconds LOOP
    -- A free session needs no grant to go on.
    IF s.step_units > 0 THEN
      SELECT * INTO plan FROM plan_charge(p_shop, owner, s.kind, NULL, s.step_units, s.ticket_id, p_at, false);
      IF plan.code = 'ok' THEN
        PERFORM hold_plan(p_shop, owner, p_session, plan.grants, plan.parts, 'system', p_at);
      ELSE
        SELECT * INTO plan FROM plan_charge(p_shop, owner, s.kind, NULL, unheld_units(s) + s.step_units, s.ticket_id, p_at, true);
        EXIT WHEN plan.code <> 'ok';
      END IF;
    END IF;
    UPDATE session SET covered_seconds = covered_seconds + step_seconds WHERE shop_id = p_shop AND id = p_session
    RETURNING * INTO s;
  END LOOP;
  RETURN s.covered_seconds;
END $$;

CREATE OR REPLACE FUNCTION close_session(p_shop bigint, p_session bigint, p_actual int, p_reason text, p_actor text, p_at timestamptz)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  owner bigint; s session; steps int; bill bigint; due bigint; h record; part bigint; entries jsonb := '[]'; billed int;
  plan record;
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
    WHILE due > 0 LOOP
      SELECT * INTO plan FROM plan_charge(p_shop, owner, s.kind, NULL, due, s.ticket_id, p_at, true);
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
