-- What becomes of an answer on a ticket that went into another is told on that other: there somebody still has to answer.

-- The ticket on which it is told what comes to this one.
CREATE FUNCTION ticket_head(p_shop bigint, p_ticket bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce(merged_into, id) FROM ticket WHERE shop_id = p_shop AND id = p_ticket
$$;

-- The tickets whose messages its conversation shows. `p_head`: one that went into no other.
CREATE FUNCTION ticket_family(p_shop bigint, p_head bigint) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
  SELECT p_head UNION ALL SELECT id FROM ticket WHERE shop_id = p_shop AND merged_into = p_head
$$;

-- As in 0074, but for all of the conversation.
CREATE OR REPLACE FUNCTION first_answer_at(p_shop bigint, p_ticket bigint) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT min(m.created_at) FROM ticket_family(p_shop, p_ticket) f JOIN message m ON m.shop_id = p_shop AND m.ticket_id = f
  WHERE m.direction = 'outbound' AND m.author_kind = 'agent' AND m.template IS NULL AND m.state <> 'failed'
$$;

-- As in 0074, but for all of the conversation.
CREATE OR REPLACE FUNCTION waits_since(p_shop bigint, p_ticket bigint) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  WITH said AS (
    SELECT m.id, m.direction, m.created_at FROM ticket_family(p_shop, p_ticket) f JOIN message m ON m.shop_id = p_shop AND m.ticket_id = f
    WHERE m.direction = 'inbound'
      OR (m.direction = 'outbound' AND m.author_kind = 'agent' AND m.template IS NULL AND m.state <> 'failed')
  )
  SELECT coalesce(
    (SELECT created_at FROM said WHERE direction = 'inbound'
       AND id > coalesce((SELECT max(id) FROM said WHERE direction = 'outbound'), 0) ORDER BY id LIMIT 1),
    (SELECT t.created_at FROM ticket t WHERE t.shop_id = p_shop AND t.id = p_ticket AND t.first_response_at IS NULL))
$$;

-- As in 0074, but what is to be done now stands on the ticket that it went into.
CREATE OR REPLACE FUNCTION fail_message(p_shop bigint, p_ticket bigint, p_message bigint, p_reason text, p_at timestamptz)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  owner bigint; head bigint; m message;
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
    -- By id, as merges lock them, or one of the two would be ended as a deadlock.
    LOOP
      head := ticket_head(p_shop, p_ticket);
      PERFORM FROM ticket WHERE shop_id = p_shop AND id IN (p_ticket, head) ORDER BY id FOR NO KEY UPDATE;
      -- It may have been merged, or a merge undone, while the locks were waited for.
      EXIT WHEN head = ticket_head(p_shop, p_ticket);
    END LOOP;
    UPDATE ticket SET emails = emails - (m.channel = 'email')::int, texts = texts - (m.channel = 'sms')::int
    WHERE shop_id = p_shop AND id = p_ticket;
    UPDATE ticket SET first_response_at = first_answer_at(p_shop, head)
    WHERE shop_id = p_shop AND id = head AND first_response_at >= m.created_at;
    UPDATE ticket SET status = 'open', activity_at = p_at, waiting_since = coalesce(waits_since(p_shop, head), p_at)
    WHERE shop_id = p_shop AND id = head;
  END IF;
  RETURN reverse_failed(p_shop, owner, m, p_reason, p_at);
END $$;

-- As in 0074, but it is the whole conversation that stands as if the answer had not been written.
CREATE OR REPLACE FUNCTION undo_message(p_shop bigint, p_ticket bigint, p_message bigint, p_at timestamptz) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  m message; last record; owner bigint; head bigint; given_back bigint;
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
  head := ticket_head(p_shop, p_ticket);
  -- It is open unless we answered last.
  SELECT o.direction, o.channel, o.body, o.created_at INTO last
  FROM ticket_family(p_shop, head) f JOIN message o ON o.shop_id = p_shop AND o.ticket_id = f
  WHERE o.undone_at IS NULL AND o.template IS NULL AND o.direction <> 'note' AND o.state <> 'failed'
  ORDER BY o.id DESC LIMIT 1;
  UPDATE ticket SET status = CASE WHEN last.direction = 'outbound' THEN 'waiting' ELSE 'open' END,
    last_channel = coalesce(last.channel, last_channel), preview = coalesce(left(last.body, 140), ''),
    activity_at = coalesce(last.created_at, created_at)
  WHERE shop_id = p_shop AND id = head;
  RETURN jsonb_build_object('code', 'ok', 'units', given_back, 'channel', m.channel, 'body', m.body, 'waiveReason', m.waive_reason,
    'ticket', head, 'customer', owner, 'balance', account_balance(p_shop, owner, p_at));
END $$;
