-- A reply costs less: those of a group are locked in one statement and read, paid and written in a second, where there were four;
-- one that goes alone is written by plain statements. Both write what 0047 adds: when a send begins that can be undone until then.

DROP FUNCTION reply_to_tickets(bigint[], bigint[], text[], int[], int[], text[], text[], bytea[], bigint[], text[], text[], text[],
  bigint[], timestamptz[], bigint[]);

-- As in 0013, but written by plain statements: for one row they cost a third of those that bear many.
CREATE OR REPLACE FUNCTION reply_to_ticket(
  p_shop bigint, p_ticket bigint, p_channel text, p_quantity int, p_segments int, p_body text, p_key text, p_hash bytea,
  p_agent bigint, p_actor text, p_author text, p_waive_reason text, p_last_seen bigint, p_at timestamptz, p_worth bigint DEFAULT NULL
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  owner bigint; a account; t ticket; known operation_key; plan record; message bigint; notice bigint; address text; told_state text;
  cost bigint := 0; lent bigint := 0; charge jsonb := '{"units": 0, "entries": []}'; waived bigint; the_window bigint;
  window_minutes int; undo int; answer jsonb;
BEGIN
  SELECT customer_id INTO owner FROM ticket WHERE shop_id = p_shop AND id = p_ticket;
  IF NOT FOUND THEN RETURN '{"code": "ticket_not_found"}'; END IF;
  a := lock_account(p_shop, owner, p_at);
  SELECT * INTO known FROM operation_key WHERE shop_id = p_shop AND operation = 'reply' AND key = p_key;
  IF FOUND THEN
    IF known.input_hash <> p_hash THEN RETURN '{"code": "idempotency_conflict"}'; END IF;
    RETURN known.result || '{"replayed": true}';
  END IF;
  SELECT * INTO t FROM ticket WHERE shop_id = p_shop AND id = p_ticket FOR NO KEY UPDATE;
  IF t.customer_id <> owner THEN
    RAISE EXCEPTION 'ticket % changed its customer meanwhile', p_ticket USING ERRCODE = 'serialization_failure';
  END IF;
  IF t.last_message_id > p_last_seen THEN
    RETURN jsonb_build_object('code', 'stale_conversation', 'lastMessageId', t.last_message_id::text);
  END IF;
  -- Drawn under the ticket's lock, so that a later message always has the higher number; staleness is told by it.
  message := nextval('message_id_seq');
  address := CASE p_channel WHEN 'email' THEN t.reply_email WHEN 'sms' THEN t.reply_phone ELSE 'portal' END;
  IF address IS NULL THEN RETURN '{"code": "contact_missing"}'; END IF;
  SELECT merge_window_minutes, undo_seconds INTO window_minutes, undo FROM shop WHERE id = p_shop;
  SELECT * INTO plan FROM plan_reply(p_shop, p_ticket, owner, p_channel, p_quantity, p_at);
  IF p_waive_reason IS NOT NULL THEN
    -- A waived reply stands outside every window (rule 8).
    waived := coalesce(plan.price, p_worth, 0);
  ELSIF plan.code <> 'ok' THEN
    RETURN jsonb_build_object('code', plan.code, 'price', plan.price, 'balance', account_balance(p_shop, owner, p_at));
  ELSIF plan.price > 0 THEN
    cost := plan.price; lent := sum_of(plan.beyond);
    charge := charge_plan(p_shop, owner, cost, plan.grants, plan.parts, plan.beyond,
      'reply', p_key, 'message', p_ticket || ':' || message, p_actor, p_at);
    IF window_minutes > 0 THEN
      the_window := message;
      INSERT INTO reply_window (shop_id, ticket_id, channel, message_id, ends_at)
      VALUES (p_shop, p_ticket, p_channel, message, p_at + window_minutes * interval '1 minute')
      ON CONFLICT (shop_id, ticket_id, channel) DO UPDATE SET message_id = excluded.message_id, ends_at = excluded.ends_at;
    END IF;
  ELSE
    the_window := plan.window_of;
  END IF;
  told_state := CASE p_channel WHEN 'portal' THEN 'delivered' ELSE 'queued' END;
  UPDATE ticket SET
    emails = emails + (p_channel = 'email')::int, texts = texts + (p_channel = 'sms')::int, portals = portals + (p_channel = 'portal')::int,
    status = 'waiting', last_message_id = message, last_channel = p_channel, preview = left(p_body, 140), activity_at = p_at
  WHERE shop_id = p_shop AND id = p_ticket;
  INSERT INTO message (shop_id, ticket_id, id, direction, channel, author_kind, author_id, author_name, body, address, state,
    units, charge, waived_units, waive_reason, segments, settled_at, created_at, window_id, due_at)
  VALUES (p_shop, p_ticket, message, 'outbound', p_channel, 'agent', p_agent, p_author, p_body, address, told_state,
    cost, charge, waived, p_waive_reason, p_segments, CASE WHEN told_state = 'delivered' THEN p_at END, p_at, the_window,
    CASE WHEN told_state = 'queued' AND undo > 0 THEN p_at + undo * interval '1 second' END);
  -- What a portal answer says stays on the private page; the mail only tells that it is there, and costs nothing.
  IF p_channel = 'portal' AND t.reply_email IS NOT NULL THEN
    INSERT INTO message (shop_id, ticket_id, direction, channel, author_kind, author_name, body, template, data, address, state, created_at)
    VALUES (p_shop, p_ticket, 'outbound', 'email', 'system', p_author, '', 'portal-answer', '{}', t.reply_email, 'queued', p_at)
    RETURNING id INTO notice;
    undo := 0;
  ELSIF told_state = 'queued' THEN
    notice := message;
  END IF;
  IF notice IS NOT NULL THEN
    PERFORM enqueue_jobs('send_message',
      ARRAY[json_build_object('shopId', p_shop::text, 'ticketId', p_ticket::text, 'messageId', notice::text)], ARRAY[undo]);
  END IF;
  answer := jsonb_build_object('code', 'ok', 'messageId', message::text, 'state', told_state, 'charge', charge,
    'waivedUnits', waived, 'createdAt', p_at, 'balance', jsonb_build_object(
      'available', a.available - cost + lent, 'held', a.held, 'deficit', a.deficit, 'overdraft', a.overdraft + lent));
  INSERT INTO operation_key (shop_id, operation, key, input_hash, result, at) VALUES (p_shop, 'reply', p_key, p_hash, answer, p_at);
  RETURN answer;
END $$;

-- Replies of several agents, or one, in one transaction: each as reply_to_ticket would answer it, in the order of the arrays.
-- Most are plain: nothing is due on the account, the conversation is not stale, no window or waiver makes it free, and the first
-- grant in the burn order pays the whole price. The plain ones, of each account the first, are locked in one statement and read,
-- paid and written in a second; the rest goes one by one. Accounts are locked before anything, in the order of everything that
-- locks several.
CREATE FUNCTION reply_to_tickets(
  p_shops bigint[], p_tickets bigint[], p_channels text[], p_quantities int[], p_segments int[], p_bodies text[], p_keys text[],
  p_hashes bytea[], p_agents bigint[], p_actors text[], p_authors text[], p_waive_reasons text[], p_last_seens bigint[],
  p_ats timestamptz[], p_worths bigint[]
) RETURNS jsonb
-- Planned once for each connection, because a plan for each call costs more than the replies in it.
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  asked int := cardinality(p_tickets);
  ready int[]; owners bigint[]; done int[]; told jsonb[]; jobs json[]; delays int[]; planned int; answers jsonb[]; i int;
BEGIN
  SELECT array_agg(l.place), array_agg(l.owner) INTO ready, owners FROM (
    SELECT g.place, g.owner, a.next_expiry <= p_ats[g.place] AS due
    FROM (
      SELECT DISTINCT ON (t.shop_id, t.customer_id) n.place::int AS place, t.shop_id, t.customer_id AS owner
      FROM unnest(p_shops, p_tickets) WITH ORDINALITY n (shop, id, place) JOIN ticket t ON t.shop_id = n.shop AND t.id = n.id
      ORDER BY t.shop_id, t.customer_id, n.place
    ) g
    JOIN account a ON a.shop_id = g.shop_id AND a.customer_id = g.owner
    ORDER BY g.shop_id, g.owner
    FOR NO KEY UPDATE OF a
  ) l WHERE l.due IS NOT TRUE;

  -- A statement of its own, so that it sees what the locks' last holders committed. The payer is the first of plan_charge: the
  -- first of the burn order's index, unless another that ends with it is of the ticket's orders. The numbers are drawn under the
  -- ticket's lock, so that a later message always has the higher one; staleness is told by it. The payment is ledger_move for
  -- plain spends: the grant is not frozen and keeps net >= 0, so it owes nothing before or after, and its account's deficit,
  -- overdraft and next expiry stay.
  WITH plain AS MATERIALIZED (
    SELECT f.*, p_keys[f.place] AS key, p_ats[f.place] AS at, nextval('message_id_seq') AS message_id, nextval('ledger_entry_id_seq') AS entry_id
    FROM (
      SELECT r.place, t.shop_id, t.id AS ticket_id, r.owner, g.id AS payer, g.cost, p_channels[r.place] AS channel,
        CASE p_channels[r.place] WHEN 'email' THEN t.reply_email WHEN 'sms' THEN t.reply_phone ELSE 'portal' END AS address,
        CASE p_channels[r.place] WHEN 'portal' THEN t.reply_email END AS notify,
        CASE WHEN p_channels[r.place] = 'portal' THEN 0 ELSE s.undo_seconds END AS undo
      FROM unnest(ready, owners) r (place, owner)
      JOIN ticket t ON t.shop_id = p_shops[r.place] AND t.id = p_tickets[r.place] AND t.customer_id = r.owner
      JOIN shop s ON s.id = t.shop_id AND s.merge_window_minutes = 0
      CROSS JOIN LATERAL (
        SELECT id, order_id, expires_at, entitled - consumed - held - expired + overdraft AS net,
          price_of(prices, p_channels[r.place], p_quantities[r.place]) AS cost
        FROM credit_grant
        WHERE shop_id = t.shop_id AND customer_id = r.owner AND live AND NOT frozen
          AND (expires_at IS NULL OR expires_at > p_ats[r.place])
          AND (p_channels[r.place] = ANY (channels) OR (p_channels[r.place] = 'portal' AND 'email' = ANY (channels)))
        ORDER BY expires_at, promotional DESC, priority DESC, created_at, id
        LIMIT 1
      ) g
      WHERE p_waive_reasons[r.place] IS NULL AND g.cost > 0 AND g.net >= g.cost
        AND (p_last_seens[r.place] IS NULL OR t.last_message_id <= p_last_seens[r.place])
        -- No NOT EXISTS: as joins these would be planned over all keys and windows of the shop.
        AND (SELECT k.at FROM operation_key k WHERE k.shop_id = t.shop_id AND k.operation = 'reply' AND k.key = p_keys[r.place]) IS NULL
        AND (SELECT w.message_id FROM reply_window w WHERE w.shop_id = t.shop_id AND w.ticket_id = t.id
          AND w.channel = p_channels[r.place] AND w.ends_at > p_ats[r.place]) IS NULL
        -- By the index on orders: "+ 0" keeps it from reading all grants of the account.
        AND (g.order_id = t.order_id OR coalesce((
          SELECT bool_or(b.id = g.id) FROM credit_grant b
          WHERE b.shop_id = t.shop_id AND b.order_id = ANY (
              ARRAY(SELECT u.order_id FROM top_up u WHERE u.shop_id = t.shop_id AND u.ticket_id = t.id) || t.order_id)
            AND b.customer_id + 0 = r.owner AND b.live AND NOT b.frozen AND b.expires_at IS NOT DISTINCT FROM g.expires_at
            AND (p_channels[r.place] = ANY (b.channels) OR (p_channels[r.place] = 'portal' AND 'email' = ANY (b.channels)))), true))
      ORDER BY t.shop_id, t.id
      FOR NO KEY UPDATE OF t
    ) f WHERE f.address IS NOT NULL
  ), charged AS (
    UPDATE credit_grant g SET consumed = g.consumed + d.cost,
      live = g.entitled - g.consumed - g.held - g.expired + g.overdraft > d.cost
    FROM plain d
    WHERE g.shop_id = d.shop_id AND g.id = d.payer AND g.entitled - g.consumed - g.held - g.expired + g.overdraft >= d.cost
    RETURNING d.*, jsonb_build_object('units', d.cost, 'entries', jsonb_build_array(
      jsonb_build_object('id', d.entry_id, 'grant', d.payer, 'units', d.cost))) AS charge
  ), paid AS (
    UPDATE account a SET available = a.available - d.cost FROM charged d WHERE a.shop_id = d.shop_id AND a.customer_id = d.owner
    RETURNING d.*, jsonb_build_object('code', 'ok', 'messageId', d.message_id::text,
      'state', CASE d.channel WHEN 'portal' THEN 'delivered' ELSE 'queued' END, 'charge', d.charge, 'waivedUnits', NULL,
      'createdAt', d.at, 'balance', jsonb_build_object('available', a.available, 'held', a.held, 'deficit', a.deficit,
        'overdraft', a.overdraft)) AS answer
  ), entered AS (
    INSERT INTO ledger_entry (shop_id, customer_id, id, grant_id, kind, consumed, operation, key, cause_kind, cause_id, actor, at)
    SELECT d.shop_id, d.owner, d.entry_id, d.payer, 'spend', d.cost, 'reply', d.key, 'message', d.ticket_id || ':' || d.message_id,
      p_actors[d.place], d.at
    FROM paid d
  ), kept AS (
    INSERT INTO operation_key (shop_id, operation, key, input_hash, result, at)
    SELECT d.shop_id, 'reply', d.key, p_hashes[d.place], d.answer, d.at FROM paid d
  ), said AS (
    INSERT INTO message (shop_id, ticket_id, id, direction, channel, author_kind, author_id, author_name, body, address, state,
      units, charge, segments, settled_at, created_at, template, data, due_at)
    SELECT d.shop_id, d.ticket_id, d.message_id, 'outbound', d.channel, 'agent', p_agents[d.place], p_authors[d.place], p_bodies[d.place],
      d.address, CASE d.channel WHEN 'portal' THEN 'delivered' ELSE 'queued' END, d.cost, d.charge, p_segments[d.place],
      CASE d.channel WHEN 'portal' THEN d.at END, d.at, NULL, NULL,
      CASE WHEN d.undo > 0 THEN d.at + d.undo * interval '1 second' END
    FROM paid d
    UNION ALL
    -- What a portal answer says stays on the private page; the mail only tells that it is there, and costs nothing.
    SELECT d.shop_id, d.ticket_id, nextval('message_id_seq'), 'outbound', 'email', 'system', NULL, p_authors[d.place], '',
      d.notify, 'queued', 0, NULL, NULL, NULL, d.at, 'portal-answer', '{}'::jsonb, NULL
    FROM paid d WHERE d.notify IS NOT NULL
    RETURNING shop_id, ticket_id, id, state, created_at, due_at
  ), written AS (
    UPDATE ticket t SET
      emails = t.emails + (d.channel = 'email')::int, texts = t.texts + (d.channel = 'sms')::int,
      portals = t.portals + (d.channel = 'portal')::int, status = 'waiting', last_message_id = d.message_id,
      last_channel = d.channel, preview = left(p_bodies[d.place], 140), activity_at = d.at
    FROM paid d WHERE t.shop_id = d.shop_id AND t.id = d.ticket_id
    RETURNING d.place, d.answer
  )
  SELECT array_agg(w.place), array_agg(w.answer),
    (SELECT array_agg(json_build_object('shopId', s.shop_id::text, 'ticketId', s.ticket_id::text, 'messageId', s.id::text) ORDER BY s.id)
     FROM said s WHERE s.state = 'queued'),
    (SELECT array_agg(coalesce(extract(epoch FROM s.due_at - s.created_at), 0)::int ORDER BY s.id) FROM said s WHERE s.state = 'queued'),
    (SELECT count(*) FROM plain)
  INTO done, told, jobs, delays, planned FROM written w;

  answers := array_fill(NULL::jsonb, ARRAY[asked]);
  IF planned > 0 THEN
    -- Cannot happen under the locks; if it does, everything is rolled back.
    IF cardinality(done) IS DISTINCT FROM planned THEN
      RAISE EXCEPTION 'a reply was not paid or not written' USING ERRCODE = 'serialization_failure';
    END IF;
    IF jobs IS NOT NULL THEN PERFORM enqueue_jobs('send_message', jobs, delays); END IF;
    FOR i IN 1 .. cardinality(done) LOOP
      answers[done[i]] := told[i];
    END LOOP;
    IF cardinality(done) = asked THEN RETURN to_jsonb(answers); END IF;
  END IF;
  FOR i IN
    SELECT n.place FROM unnest(p_shops, p_tickets) WITH ORDINALITY n (shop, id, place)
    LEFT JOIN ticket t ON t.shop_id = n.shop AND t.id = n.id
    WHERE done IS NULL OR n.place <> ALL (done) ORDER BY n.shop, t.customer_id, n.place
  LOOP
    answers[i] := reply_to_ticket(p_shops[i], p_tickets[i], p_channels[i], p_quantities[i], p_segments[i], p_bodies[i], p_keys[i],
      p_hashes[i], p_agents[i], p_actors[i], p_authors[i], p_waive_reasons[i], p_last_seens[i], p_ats[i], p_worths[i]);
  END LOOP;
  RETURN to_jsonb(answers);
END $$;
