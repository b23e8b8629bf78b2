-- Replies that rush in together are charged and written together: most of what a short statement costs is to begin it. One
-- function serves one reply and many; what is not plain is planned and charged one by one, as before.

-- A reply that is decided: what is written of it, and what the caller is told.
CREATE TYPE reply_draft AS (
  place int, shop_id bigint, ticket_id bigint, customer_id bigint, message_id bigint, channel text, segments int, body text, address text,
  key text, hash bytea, agent_id bigint, actor text, author text, waive_reason text, at timestamptz,
  units bigint, charge jsonb, waived bigint, window_id bigint, balance jsonb,
  -- Of a plain reply: the one grant that pays, and the entry that says so.
  payer bigint, entry_id bigint
);

-- As enqueue_job, for many jobs of one kind.
CREATE FUNCTION enqueue_jobs(p_task text, p_payloads json[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO graphile_worker._private_jobs (task_id, payload)
  SELECT t.id, p FROM graphile_worker._private_tasks t, unnest(p_payloads) p WHERE t.identifier = p_task;
  IF NOT FOUND THEN
    PERFORM graphile_worker.add_job(p_task, p) FROM unnest(p_payloads) p;
  END IF;
END $$;

-- Writes decided replies: message, ticket, key, send job and the notice of a portal answer. The caller holds the locks of their
-- accounts and tickets and has charged them. What a portal answer says stays on the private page; the mail only tells that it
-- is there, and costs nothing.
CREATE FUNCTION write_replies(p_drafts reply_draft[]) RETURNS TABLE (place int, answer jsonb)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  places int[]; answers jsonb[]; jobs json[];
BEGIN
  WITH draft AS MATERIALIZED (
    SELECT d.*, CASE d.channel WHEN 'portal' THEN 'delivered' ELSE 'queued' END AS state FROM unnest(p_drafts) d
  ), answered AS (
    UPDATE ticket t SET
      emails = t.emails + (d.channel = 'email')::int, texts = t.texts + (d.channel = 'sms')::int,
      portals = t.portals + (d.channel = 'portal')::int, status = 'waiting', last_message_id = d.message_id,
      last_channel = d.channel, preview = left(d.body, 140), activity_at = d.at
    FROM draft d WHERE t.shop_id = d.shop_id AND t.id = d.ticket_id AND t.customer_id = d.customer_id
    RETURNING d.place, t.reply_email
  ), written AS (
    INSERT INTO message (shop_id, ticket_id, id, direction, channel, author_kind, author_id, author_name, body, address, state,
      units, charge, waived_units, waive_reason, segments, settled_at, created_at, window_id)
    SELECT d.shop_id, d.ticket_id, d.message_id, 'outbound', d.channel, 'agent', d.agent_id, d.author, d.body, d.address, d.state,
      d.units, d.charge, d.waived, d.waive_reason, d.segments, CASE WHEN d.state = 'delivered' THEN d.at END, d.at, d.window_id
    FROM draft d
  ), noticed AS (
    INSERT INTO message (shop_id, ticket_id, direction, channel, author_kind, author_name, body, template, data, address, state, created_at)
    SELECT d.shop_id, d.ticket_id, 'outbound', 'email', 'system', d.author, '', 'portal-answer', '{}', a.reply_email, 'queued', d.at
    FROM draft d JOIN answered a ON a.place = d.place WHERE d.channel = 'portal' AND a.reply_email IS NOT NULL
    RETURNING shop_id, ticket_id, id
  ), to_send AS (
    SELECT shop_id, ticket_id, id FROM noticed
    UNION ALL
    SELECT shop_id, ticket_id, message_id FROM draft WHERE state = 'queued'
  ), told AS MATERIALIZED (
    SELECT d.*, jsonb_build_object('code', 'ok', 'messageId', d.message_id::text, 'state', d.state, 'charge', d.charge,
      'waivedUnits', d.waived, 'createdAt', d.at, 'balance', d.balance) AS told
    FROM draft d JOIN answered a ON a.place = d.place
  ), kept AS (
    INSERT INTO operation_key (shop_id, operation, key, input_hash, result, at)
    SELECT d.shop_id, 'reply', d.key, d.hash, d.told, d.at FROM told d
  )
  SELECT array_agg(t.place), array_agg(t.told),
    (SELECT array_agg(json_build_object('shopId', s.shop_id::text, 'ticketId', s.ticket_id::text, 'messageId', s.id::text)) FROM to_send s)
  INTO places, answers, jobs FROM told t;
  -- Cannot happen under the locks; if it does, everything is rolled back.
  IF cardinality(places) IS DISTINCT FROM cardinality(p_drafts) THEN
    RAISE EXCEPTION 'a reply was not written' USING ERRCODE = 'serialization_failure';
  END IF;
  IF jobs IS NOT NULL THEN PERFORM enqueue_jobs('send_message', jobs); END IF;
  RETURN QUERY SELECT * FROM unnest(places, answers);
END $$;

-- As in 0007, without the short way of a plain reply, which is reply_to_tickets. A refusal writes nothing.
CREATE OR REPLACE FUNCTION reply_to_ticket(
  p_shop bigint, p_ticket bigint, p_channel text, p_quantity int, p_segments int, p_body text, p_key text, p_hash bytea,
  p_agent bigint, p_actor text, p_author text, p_waive_reason text, p_last_seen bigint, p_at timestamptz, p_worth bigint DEFAULT NULL
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  owner bigint; a account; t ticket; known operation_key; plan record; d reply_draft; lent bigint := 0; window_minutes int; answer jsonb;
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
  d := ROW(1, p_shop, p_ticket, owner, nextval('message_id_seq'), p_channel, p_segments, p_body,
    CASE p_channel WHEN 'email' THEN t.reply_email WHEN 'sms' THEN t.reply_phone ELSE 'portal' END,
    p_key, p_hash, p_agent, p_actor, p_author, p_waive_reason, p_at, 0, '{"units": 0, "entries": []}', NULL, NULL, NULL, NULL, NULL);
  IF d.address IS NULL THEN RETURN '{"code": "contact_missing"}'; END IF;
  SELECT * INTO plan FROM plan_reply(p_shop, p_ticket, owner, p_channel, p_quantity, t.order_id, p_at);
  IF p_waive_reason IS NOT NULL THEN
    -- A waived reply stands outside every window (rule 8).
    d.waived := coalesce(plan.price, p_worth, 0);
  ELSIF plan.code <> 'ok' THEN
    RETURN jsonb_build_object('code', plan.code, 'price', plan.price, 'balance', account_balance(p_shop, owner, p_at));
  ELSIF plan.price > 0 THEN
    d.units := plan.price; lent := sum_of(plan.beyond);
    d.charge := charge_plan(p_shop, owner, d.units, plan.grants, plan.parts, plan.beyond,
      'reply', p_key, 'message', p_ticket || ':' || d.message_id, p_actor, p_at);
    SELECT merge_window_minutes INTO window_minutes FROM shop WHERE id = p_shop;
    IF window_minutes > 0 THEN
      d.window_id := d.message_id;
      INSERT INTO reply_window (shop_id, ticket_id, channel, message_id, ends_at)
      VALUES (p_shop, p_ticket, p_channel, d.message_id, p_at + window_minutes * interval '1 minute')
      ON CONFLICT (shop_id, ticket_id, channel) DO UPDATE SET message_id = excluded.message_id, ends_at = excluded.ends_at;
    END IF;
  ELSE
    d.window_id := plan.window_of;
  END IF;
  d.balance := jsonb_build_object('available', a.available - d.units + lent, 'held', a.held, 'deficit', a.deficit, 'overdraft', a.overdraft + lent);
  SELECT w.answer INTO answer FROM write_replies(ARRAY[d]) w;
  RETURN answer;
END $$;

-- Replies of several agents, or one, in one transaction: each as reply_to_ticket would answer it, by its place in the arrays.
-- Most are plain: nothing is due on the account, the conversation is not stale, no window or waiver makes it free, and the first
-- grant in the burn order pays the whole price. The plain ones, of each account the first, are read, paid and written in one
-- statement each; the rest goes one by one. Accounts are locked before anything, in the order of everything that locks several.
CREATE FUNCTION reply_to_tickets(
  p_shops bigint[], p_tickets bigint[], p_channels text[], p_quantities int[], p_segments int[], p_bodies text[], p_keys text[],
  p_hashes bytea[], p_agents bigint[], p_actors text[], p_authors text[], p_waive_reasons text[], p_last_seens bigint[],
  p_ats timestamptz[], p_worths bigint[]
) RETURNS TABLE (place int, answer jsonb)
-- Planned once for each connection, because a plan for each call costs more than the replies in it (1,300 against 60 us), and
-- over primary keys only, because a plan that was made while the tables were small would else read them whole for ever.
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  ready int[]; owners bigint[]; balances jsonb[]; drafts reply_draft[]; paid int; i int;
BEGIN
  SELECT array_agg(l.place), array_agg(l.owner), array_agg(l.balance) INTO ready, owners, balances FROM (
    SELECT g.place, g.owner, a.next_expiry <= p_ats[g.place] AS due,
      jsonb_build_object('available', a.available, 'held', a.held, 'deficit', a.deficit, 'overdraft', a.overdraft) AS balance
    FROM (
      SELECT DISTINCT ON (t.shop_id, t.customer_id) n.place::int AS place, t.shop_id, t.customer_id AS owner
      FROM unnest(p_shops, p_tickets) WITH ORDINALITY n (shop, id, place) JOIN ticket t ON t.shop_id = n.shop AND t.id = n.id
      ORDER BY t.shop_id, t.customer_id, n.place
    ) g
    JOIN account a ON a.shop_id = g.shop_id AND a.customer_id = g.owner
    ORDER BY g.shop_id, g.owner
    FOR NO KEY UPDATE OF a
  ) l WHERE l.due IS NOT TRUE;

  -- A statement of its own, so that it sees what the locks' last holders committed. The grant is the first of plan_charge. The
  -- numbers are drawn under the ticket's lock, so that a later message always has the higher one; staleness is told by it.
  SELECT array_agg(ROW(f.place, f.shop_id, f.id, f.owner, nextval('message_id_seq'), p_channels[f.place], p_segments[f.place],
    p_bodies[f.place], f.address, p_keys[f.place], p_hashes[f.place], p_agents[f.place], p_actors[f.place], p_authors[f.place], NULL,
    p_ats[f.place], f.cost, NULL, NULL, NULL, f.balance || jsonb_build_object('available', (f.balance ->> 'available')::bigint - f.cost),
    f.payer, nextval('ledger_entry_id_seq'))::reply_draft) INTO drafts
  FROM (
    SELECT r.place, t.shop_id, t.id, r.owner, r.balance, g.id AS payer, g.cost,
      CASE p_channels[r.place] WHEN 'email' THEN t.reply_email WHEN 'sms' THEN t.reply_phone ELSE 'portal' END AS address
    FROM unnest(ready, owners, balances) r (place, owner, balance)
    JOIN ticket t ON t.shop_id = p_shops[r.place] AND t.id = p_tickets[r.place] AND t.customer_id = r.owner
    JOIN shop s ON s.id = t.shop_id AND s.merge_window_minutes = 0
    CROSS JOIN LATERAL (
      SELECT id, entitled - consumed - held - expired + overdraft AS net, price_of(prices, p_channels[r.place], p_quantities[r.place]) AS cost
      FROM credit_grant
      WHERE shop_id = t.shop_id AND customer_id = r.owner AND live AND NOT frozen
        AND (expires_at IS NULL OR expires_at > p_ats[r.place])
        AND (p_channels[r.place] = ANY (channels) OR (p_channels[r.place] = 'portal' AND 'email' = ANY (channels)))
      ORDER BY expires_at, (order_id = t.order_id) IS TRUE DESC, promotional DESC, priority DESC, created_at, id
      LIMIT 1
    ) g
    WHERE p_waive_reasons[r.place] IS NULL AND g.cost > 0 AND g.net >= g.cost
      AND (p_last_seens[r.place] IS NULL OR t.last_message_id <= p_last_seens[r.place])
      -- No NOT EXISTS: as a join it would be planned over all keys of the shop.
      AND (SELECT k.at FROM operation_key k WHERE k.shop_id = t.shop_id AND k.operation = 'reply' AND k.key = p_keys[r.place]) IS NULL
      AND open_window(t.shop_id, t.id, p_channels[r.place], p_ats[r.place]) IS NULL
    ORDER BY t.shop_id, t.id
    FOR NO KEY UPDATE OF t
  ) f WHERE f.address IS NOT NULL;

  IF drafts IS NOT NULL THEN
    FOR i IN 1 .. cardinality(drafts) LOOP
      drafts[i].charge := jsonb_build_object('units', drafts[i].units, 'entries', jsonb_build_array(
        jsonb_build_object('id', drafts[i].entry_id, 'grant', drafts[i].payer, 'units', drafts[i].units)));
    END LOOP;
    -- ledger_move for plain spends: the grant is not frozen and keeps net >= 0, so it owes nothing before or after, and its
    -- account's deficit, overdraft and next expiry stay.
    WITH draft AS (
      SELECT * FROM unnest(drafts)
    ), charged AS (
      UPDATE credit_grant g SET consumed = g.consumed + d.units,
        live = g.entitled - g.consumed - g.held - g.expired + g.overdraft > d.units
      FROM draft d
      WHERE g.shop_id = d.shop_id AND g.id = d.payer AND g.entitled - g.consumed - g.held - g.expired + g.overdraft >= d.units
      RETURNING d.place
    ), projected AS (
      UPDATE account a SET available = a.available - d.units FROM draft d WHERE a.shop_id = d.shop_id AND a.customer_id = d.customer_id
    ), entered AS (
      INSERT INTO ledger_entry (shop_id, customer_id, id, grant_id, kind, consumed, operation, key, cause_kind, cause_id, actor, at)
      SELECT d.shop_id, d.customer_id, d.entry_id, d.payer, 'spend', d.units, 'reply', d.key, 'message', d.ticket_id || ':' || d.message_id,
        d.actor, d.at
      FROM draft d
    )
    SELECT count(*) INTO paid FROM charged;
    -- Cannot happen under the locks; if it does, everything is rolled back.
    IF paid <> cardinality(drafts) THEN
      RAISE EXCEPTION 'a grant did not pay for a reply' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN QUERY SELECT * FROM write_replies(drafts);
    SELECT array_agg(d.place) INTO ready FROM unnest(drafts) d;
  ELSE
    ready := NULL;
  END IF;

  FOR i IN
    SELECT n.place FROM unnest(p_shops, p_tickets) WITH ORDINALITY n (shop, id, place)
    LEFT JOIN ticket t ON t.shop_id = n.shop AND t.id = n.id
    WHERE ready IS NULL OR n.place <> ALL (ready) ORDER BY n.shop, t.customer_id, n.place
  LOOP
    place := i;
    answer := reply_to_ticket(p_shops[i], p_tickets[i], p_channels[i], p_quantities[i], p_segments[i], p_bodies[i], p_keys[i],
      p_hashes[i], p_agents[i], p_actors[i], p_authors[i], p_waive_reasons[i], p_last_seens[i], p_ats[i], p_worths[i]);
    RETURN NEXT;
  END LOOP;
END $$;
