-- An answer that never reached the customer is no first response: the promise holds again, and the customer waits since the question.

-- When agents first answered with what was not undone and did not fail; null: never. By the messages of the ticket alone.
CREATE FUNCTION first_answer_at(p_shop bigint, p_ticket bigint) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT min(m.created_at) FROM message m
  WHERE m.shop_id = p_shop AND m.ticket_id = p_ticket AND m.direction = 'outbound' AND m.author_kind = 'agent' AND m.template IS NULL
    AND m.state <> 'failed'
$$;

-- Since when the customer waits, should the ticket be open: the first message behind our last answer, or the ticket's beginning.
CREATE FUNCTION waits_since(p_shop bigint, p_ticket bigint) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT coalesce(
    (SELECT m.created_at FROM message m
     WHERE m.shop_id = p_shop AND m.ticket_id = p_ticket AND m.direction = 'inbound' AND m.id > coalesce(
       (SELECT a.id FROM message a
        WHERE a.shop_id = p_shop AND a.ticket_id = p_ticket AND a.direction = 'outbound' AND a.author_kind = 'agent' AND a.template IS NULL
          AND a.state <> 'failed'
        ORDER BY a.id DESC LIMIT 1), 0)
     ORDER BY m.id LIMIT 1),
    (SELECT t.created_at FROM ticket t WHERE t.shop_id = p_shop AND t.id = p_ticket AND t.first_response_at IS NULL))
$$;

-- As in 0007, and: if this was the first answer, the ticket has none any more, or a later one.
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
    UPDATE ticket SET first_response_at = first_answer_at(p_shop, p_ticket)
    WHERE shop_id = p_shop AND id = p_ticket AND first_response_at >= m.created_at;
    UPDATE ticket SET emails = emails - (m.channel = 'email')::int, texts = texts - (m.channel = 'sms')::int,
      status = 'open', activity_at = p_at, waiting_since = coalesce(waits_since(p_shop, p_ticket), p_at)
    WHERE shop_id = p_shop AND id = p_ticket;
  END IF;
  RETURN reverse_failed(p_shop, owner, m, p_reason, p_at);
END $$;

-- As in 0047, and: the ticket goes back to its place in the list.
CREATE OR REPLACE FUNCTION undo_message(p_shop bigint, p_ticket bigint, p_message bigint, p_at timestamptz) RETURNS jsonb LANGUAGE plpgsql AS $$
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
  SELECT o.direction, o.channel, o.body, o.created_at INTO last FROM message o
  WHERE o.shop_id = p_shop AND o.ticket_id = p_ticket AND o.undone_at IS NULL AND o.template IS NULL AND o.direction <> 'note'
    AND o.state <> 'failed'
  ORDER BY o.id DESC LIMIT 1;
  UPDATE ticket SET status = CASE WHEN last.direction = 'outbound' THEN 'waiting' ELSE 'open' END,
    last_channel = coalesce(last.channel, last_channel), preview = coalesce(left(last.body, 140), ''),
    activity_at = coalesce(last.created_at, created_at)
  WHERE shop_id = p_shop AND id = p_ticket;
  RETURN jsonb_build_object('code', 'ok', 'units', given_back, 'channel', m.channel, 'body', m.body, 'waiveReason', m.waive_reason,
    'customer', owner, 'balance', account_balance(p_shop, owner, p_at));
END $$;

-- Tickets whose first answer failed before this. A ticket that is closed promises nothing.
UPDATE ticket t SET first_response_at = first_answer_at(t.shop_id, t.id),
  due_at = CASE WHEN t.status IN ('closed', 'spam') AND first_answer_at(t.shop_id, t.id) IS NULL THEN NULL ELSE t.due_at END
FROM message m
WHERE m.shop_id = t.shop_id AND m.ticket_id = t.id AND m.direction = 'outbound' AND m.author_kind = 'agent' AND m.template IS NULL
  AND m.state = 'failed' AND t.first_response_at = m.created_at;
