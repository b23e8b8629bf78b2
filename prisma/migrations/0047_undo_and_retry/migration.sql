-- A reply can be undone for some seconds before its send begins, and a send that is put off says until when.

ALTER TABLE "shop" ADD COLUMN "undo_seconds" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "shop" ADD CONSTRAINT "shop_undo_seconds" CHECK (undo_seconds BETWEEN 0 AND 120);
ALTER TABLE "message"
    ADD COLUMN "due_at" TIMESTAMPTZ(3),
    ADD COLUMN "undone_at" TIMESTAMPTZ(3);

-- As enqueue_jobs, each after so many seconds of the database's clock.
CREATE FUNCTION enqueue_jobs(p_task text, p_payloads json[], p_delays int[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO graphile_worker._private_jobs (task_id, payload, run_at)
  SELECT t.id, p.payload, now() + p.delay * interval '1 second'
  FROM graphile_worker._private_tasks t, unnest(p_payloads, p_delays) p (payload, delay) WHERE t.identifier = p_task;
  IF NOT FOUND THEN
    PERFORM graphile_worker.add_job(p_task, p.payload, run_at => now() + p.delay * interval '1 second')
    FROM unnest(p_payloads, p_delays) p (payload, delay);
  END IF;
END $$;

-- As in 0013, and: with the shop's undo_seconds the send begins so much later, and until then it can be undone. Writes message, ticket, key, send job and the notice of a portal answer. The caller holds the locks of their
-- accounts and tickets and has charged them. What a portal answer says stays on the private page; the mail only tells that it
-- is there, and costs nothing.
CREATE OR REPLACE FUNCTION write_replies(p_drafts reply_draft[]) RETURNS TABLE (place int, answer jsonb)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  places int[]; answers jsonb[]; jobs json[]; delays int[];
BEGIN
  WITH draft AS MATERIALIZED (
    SELECT d.*, CASE d.channel WHEN 'portal' THEN 'delivered' ELSE 'queued' END AS state, s.undo_seconds AS delay
    FROM unnest(p_drafts) d JOIN shop s ON s.id = d.shop_id
  ), answered AS (
    UPDATE ticket t SET
      emails = t.emails + (d.channel = 'email')::int, texts = t.texts + (d.channel = 'sms')::int,
      portals = t.portals + (d.channel = 'portal')::int, status = 'waiting', last_message_id = d.message_id,
      last_channel = d.channel, preview = left(d.body, 140), activity_at = d.at
    FROM draft d WHERE t.shop_id = d.shop_id AND t.id = d.ticket_id AND t.customer_id = d.customer_id
    RETURNING d.place, t.reply_email
  ), written AS (
    INSERT INTO message (shop_id, ticket_id, id, direction, channel, author_kind, author_id, author_name, body, address, state,
      units, charge, waived_units, waive_reason, segments, settled_at, created_at, window_id, due_at)
    SELECT d.shop_id, d.ticket_id, d.message_id, 'outbound', d.channel, 'agent', d.agent_id, d.author, d.body, d.address, d.state,
      d.units, d.charge, d.waived, d.waive_reason, d.segments, CASE WHEN d.state = 'delivered' THEN d.at END, d.at, d.window_id,
      CASE WHEN d.state = 'queued' AND d.delay > 0 THEN d.at + d.delay * interval '1 second' END
    FROM draft d
  ), noticed AS (
    INSERT INTO message (shop_id, ticket_id, direction, channel, author_kind, author_name, body, template, data, address, state, created_at)
    SELECT d.shop_id, d.ticket_id, 'outbound', 'email', 'system', d.author, '', 'portal-answer', '{}', a.reply_email, 'queued', d.at
    FROM draft d JOIN answered a ON a.place = d.place WHERE d.channel = 'portal' AND a.reply_email IS NOT NULL
    RETURNING shop_id, ticket_id, id
  ), to_send AS (
    SELECT shop_id, ticket_id, id, 0 AS delay FROM noticed
    UNION ALL
    SELECT shop_id, ticket_id, message_id, delay FROM draft WHERE state = 'queued'
  ), told AS MATERIALIZED (
    SELECT d.*, jsonb_build_object('code', 'ok', 'messageId', d.message_id::text, 'state', d.state, 'charge', d.charge,
      'waivedUnits', d.waived, 'createdAt', d.at, 'balance', d.balance) AS told
    FROM draft d JOIN answered a ON a.place = d.place
  ), kept AS (
    INSERT INTO operation_key (shop_id, operation, key, input_hash, result, at)
    SELECT d.shop_id, 'reply', d.key, d.hash, d.told, d.at FROM told d
  )
  SELECT array_agg(t.place), array_agg(t.told),
    (SELECT array_agg(json_build_object('shopId', s.shop_id::text, 'ticketId', s.ticket_id::text, 'messageId', s.id::text) ORDER BY s.id) FROM to_send s),
    (SELECT array_agg(s.delay ORDER BY s.id) FROM to_send s)
  INTO places, answers, jobs, delays FROM told t;
  -- Cannot happen under the locks; if it does, everything is rolled back.
  IF cardinality(places) IS DISTINCT FROM cardinality(p_drafts) THEN
    RAISE EXCEPTION 'a reply was not written' USING ERRCODE = 'serialization_failure';
  END IF;
  IF jobs IS NOT NULL THEN PERFORM enqueue_jobs('send_message', jobs, delays); END IF;
  RETURN QUERY SELECT * FROM unnest(places, answers);
END $$;

-- Takes back an agent's answer that still waits to be sent. The row's lock decides between this and the worker's claim: whoever
-- comes second finds another state. For the ledger, the window and the tally it is a send that failed.
CREATE FUNCTION undo_message(p_shop bigint, p_ticket bigint, p_message bigint, p_at timestamptz) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  m message; last record; owner bigint; given_back bigint;
BEGIN
  SELECT * INTO m FROM message WHERE shop_id = p_shop AND ticket_id = p_ticket AND id = p_message;
  IF NOT FOUND THEN RETURN '{"code": "message_not_found"}'; END IF;
  IF m.direction <> 'outbound' OR m.author_kind <> 'agent' OR m.template IS NOT NULL OR m.channel = 'work' THEN
    RETURN jsonb_build_object('code', 'message_not_queued', 'state', m.state);
  END IF;
  -- The account first, as in all that moves credits; then the message, as it is now.
  LOOP
    SELECT customer_id INTO owner FROM ticket WHERE shop_id = p_shop AND id = p_ticket;
    PERFORM lock_account(p_shop, owner, p_at);
    EXIT WHEN owner = (SELECT customer_id FROM ticket WHERE shop_id = p_shop AND id = p_ticket);
  END LOOP;
  SELECT * INTO m FROM message WHERE shop_id = p_shop AND ticket_id = p_ticket AND id = p_message FOR UPDATE;
  IF m.state <> 'queued' THEN
    RETURN jsonb_build_object('code', 'message_not_queued', 'state', CASE WHEN m.undone_at IS NULL THEN m.state ELSE 'undone' END);
  END IF;
  given_back := fail_message(p_shop, p_ticket, p_message, 'undone', p_at);
  UPDATE message SET undone_at = p_at, due_at = NULL WHERE shop_id = p_shop AND ticket_id = p_ticket AND id = p_message;
  -- The ticket stands as if the answer had not been written; it is open unless we answered last.
  SELECT o.direction, o.channel, o.body INTO last FROM message o
  WHERE o.shop_id = p_shop AND o.ticket_id = p_ticket AND o.undone_at IS NULL AND o.template IS NULL AND o.direction <> 'note'
    AND o.state <> 'failed'
  ORDER BY o.id DESC LIMIT 1;
  UPDATE ticket SET status = CASE WHEN last.direction = 'outbound' THEN 'waiting' ELSE 'open' END,
    last_channel = coalesce(last.channel, last_channel), preview = coalesce(left(last.body, 140), '')
  WHERE shop_id = p_shop AND id = p_ticket;
  RETURN jsonb_build_object('code', 'ok', 'units', given_back, 'channel', m.channel, 'body', m.body, 'waiveReason', m.waive_reason,
    'customer', owner, 'balance', account_balance(p_shop, owner, p_at));
END $$;
