-- Logged work, and asking the customer before it is done.

-- CreateTable
CREATE TABLE "work_offer" (
    "shop_id" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "ticket_id" BIGINT NOT NULL,
    "minutes" INTEGER NOT NULL,
    "body" TEXT NOT NULL,
    "units" BIGINT NOT NULL,
    "price" JSONB NOT NULL,
    "agent_id" BIGINT,
    "agent_name" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "answered_at" TIMESTAMPTZ(3),
    "answered_by" TEXT,
    "message_id" BIGINT,

    CONSTRAINT "work_offer_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateIndex
CREATE INDEX "work_offer_shop_id_ticket_id_id_idx" ON "work_offer"("shop_id", "ticket_id", "id");

-- AddForeignKey
ALTER TABLE "work_offer" ADD CONSTRAINT "work_offer_shop_id_ticket_id_fkey" FOREIGN KEY ("shop_id", "ticket_id") REFERENCES "ticket"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Hand-written from here on.

ALTER TABLE "work_offer"
  ADD CONSTRAINT "work_offer_figures" CHECK (minutes BETWEEN 1 AND 1440 AND units >= 0),
  -- An answer is kept with who and when, and work is charged under an agreed offer only.
  ADD CONSTRAINT "work_offer_state" CHECK (state IN ('open', 'agreed', 'declined', 'withdrawn')
    AND (state = 'open') = (answered_at IS NULL) AND (state = 'open') = (answered_by IS NULL)
    AND (message_id IS NULL OR state = 'agreed'));

-- What p_minutes of work may cost at most under an offer: what was agreed, and for fewer minutes the price that was in force
-- when it was asked. Null without an offer.
CREATE FUNCTION work_cap(p_offer work_offer, p_minutes int) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT least(p_offer.units, price_of(jsonb_build_object('work', p_offer.price), 'work', p_minutes * 60))
$$;

-- plan_charge for logged work. p_cap: an agreed price, which holds although the price rose meanwhile; a lower one is taken.
CREATE FUNCTION plan_work(
  p_shop bigint, p_customer bigint, p_minutes int, p_cap bigint, p_order bigint, p_at timestamptz,
  OUT code text, OUT price bigint, OUT grants bigint[], OUT parts bigint[], OUT price_grant bigint
) LANGUAGE plpgsql STABLE AS $$
BEGIN
  SELECT p.code, p.price, p.grants, p.parts, p.price_grant INTO code, price, grants, parts, price_grant
  FROM plan_charge(p_shop, p_customer, 'work', p_minutes * 60, NULL, p_order, p_at) p;
  IF p_cap IS NOT NULL AND (price IS NULL OR price > p_cap) THEN
    SELECT p.code, p.price, p.grants, p.parts, p.price_grant INTO code, price, grants, parts, price_grant
    FROM plan_charge(p_shop, p_customer, 'work', p_minutes * 60, p_cap, p_order, p_at) p;
  END IF;
END $$;

-- What work would cost now, by the function that charges it (rule 7). Null when there is no such ticket.
CREATE FUNCTION quote_work(p_shop bigint, p_ticket bigint, p_minutes int, p_offer bigint, p_at timestamptz)
RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('code', p.code, 'price', p.price, 'balance', account_balance(t.shop_id, t.customer_id, p_at))
  FROM ticket t
  LEFT JOIN work_offer o ON o.shop_id = t.shop_id AND o.ticket_id = t.id AND o.id = p_offer
    AND o.state = 'agreed' AND o.message_id IS NULL
  CROSS JOIN LATERAL plan_work(t.shop_id, t.customer_id, p_minutes, work_cap(o, p_minutes), t.order_id, p_at) p
  WHERE t.shop_id = p_shop AND t.id = p_ticket
$$;

-- Queues one automatic mail about work to the ticket's address; nothing when it has none.
CREATE FUNCTION queue_work_mail(p_shop bigint, p_ticket bigint, p_template text, p_data jsonb, p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  mail_id bigint;
BEGIN
  INSERT INTO message (shop_id, ticket_id, direction, channel, author_kind, author_name, body, template, data, address, state, created_at)
  SELECT shop_id, id, 'outbound', 'email', 'system', '', '', p_template, p_data, reply_email, 'queued', p_at
  FROM ticket WHERE shop_id = p_shop AND id = p_ticket AND reply_email IS NOT NULL
  RETURNING id INTO mail_id;
  IF mail_id IS NOT NULL THEN
    PERFORM enqueue_job('send_message', json_build_object('shopId', p_shop::text, 'ticketId', p_ticket::text, 'messageId', mail_id::text));
  END IF;
END $$;

-- Minutes of work that an agent did: message, charge, tally and the customer's mail in one commit (rules 4, 7 to 9). A refusal
-- writes nothing. p_offer: the agreed offer that it is charged under, once. p_worth: the price by the shop's rate card, for
-- what a customer whose grants name no price would owe.
-- code: ok | ticket_not_found | idempotency_conflict | offer_not_found | offer_not_agreed | insufficient_credits | channel_not_covered
CREATE FUNCTION log_work(
  p_shop bigint, p_ticket bigint, p_minutes int, p_body text, p_key text, p_hash bytea, p_agent bigint, p_actor text,
  p_author text, p_waive_reason text, p_offer bigint, p_worth bigint, p_mail boolean, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  owner bigint; a account; t ticket; known operation_key; o work_offer; cap bigint; plan record; work_id bigint; result jsonb;
  price bigint; charge jsonb := '{"units": 0, "entries": []}'; charged bigint := 0; waived bigint;
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
    charged := price;
    charge := charge_plan(p_shop, owner, charged, plan.grants, plan.parts,
      'work', p_key, 'message', p_ticket || ':' || work_id, p_actor, p_at);
  END IF;

  result := jsonb_build_object('code', 'ok', 'messageId', work_id::text, 'charge', charge, 'waivedUnits', waived,
    'createdAt', p_at, 'balance', jsonb_build_object('available', a.available - charged,
      'held', a.held, 'deficit', a.deficit, 'overdraft', a.overdraft));
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

-- "This will cost 4 credits, agree?" Moves no credits, so it may be asked of a customer who has too few. p_price: what the
-- shop's rate card says of work, for a customer whose grants name no price.
-- code: ok | ticket_not_found | idempotency_conflict | channel_not_covered
CREATE FUNCTION ask_for_work(
  p_shop bigint, p_ticket bigint, p_minutes int, p_body text, p_key text, p_hash bytea, p_agent bigint, p_author text,
  p_price jsonb, p_mail boolean, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  owner bigint; t ticket; known operation_key; plan record; terms jsonb; offer_id bigint; cost bigint; result jsonb;
BEGIN
  SELECT customer_id INTO owner FROM ticket WHERE shop_id = p_shop AND id = p_ticket;
  IF NOT FOUND THEN RETURN '{"code": "ticket_not_found"}'; END IF;
  PERFORM lock_account(p_shop, owner, p_at);
  SELECT * INTO known FROM operation_key WHERE shop_id = p_shop AND operation = 'work_offer' AND key = p_key;
  IF FOUND THEN
    IF known.input_hash <> p_hash THEN RETURN '{"code": "idempotency_conflict"}'; END IF;
    RETURN known.result || '{"replayed": true}';
  END IF;
  SELECT * INTO t FROM ticket WHERE shop_id = p_shop AND id = p_ticket FOR UPDATE;
  IF t.customer_id <> owner THEN
    RAISE EXCEPTION 'ticket % changed its customer meanwhile', p_ticket USING ERRCODE = 'serialization_failure';
  END IF;
  SELECT * INTO plan FROM plan_work(p_shop, owner, p_minutes, NULL, t.order_id, p_at);
  IF plan.code = 'channel_not_covered' THEN
    RETURN jsonb_build_object('code', plan.code, 'balance', account_balance(p_shop, owner, p_at));
  END IF;
  SELECT prices -> 'work' INTO terms FROM credit_grant WHERE shop_id = p_shop AND id = plan.price_grant;
  IF terms IS NULL AND plan.price IS NOT NULL THEN
    -- Too few credits: the price is that of the first grant that admits work, in plan_charge's order.
    SELECT prices -> 'work' INTO terms FROM credit_grant
    WHERE shop_id = p_shop AND customer_id = owner AND live AND NOT frozen AND (expires_at IS NULL OR expires_at > p_at)
      AND 'work' = ANY (channels)
    ORDER BY expires_at, (order_id = t.order_id) IS TRUE DESC, promotional DESC, priority DESC, created_at, id LIMIT 1;
  END IF;
  terms := coalesce(terms, p_price);
  cost := coalesce(plan.price, price_of(jsonb_build_object('work', terms), 'work', p_minutes * 60));
  INSERT INTO work_offer (shop_id, ticket_id, minutes, body, units, price, agent_id, agent_name, asked_at)
  VALUES (p_shop, p_ticket, p_minutes, p_body, cost, terms, p_agent, p_author, p_at) RETURNING id INTO offer_id;
  INSERT INTO ticket_event (shop_id, ticket_id, kind, data, at) VALUES (p_shop, p_ticket, 'work_asked',
    jsonb_build_object('offerId', offer_id::text, 'minutes', p_minutes, 'units', cost, 'agentName', p_author), p_at);
  UPDATE ticket SET status = 'waiting', activity_at = p_at WHERE shop_id = p_shop AND id = p_ticket;
  result := jsonb_build_object('code', 'ok', 'offerId', offer_id::text, 'units', cost, 'askedAt', p_at);
  INSERT INTO operation_key (shop_id, operation, key, input_hash, result, at)
  VALUES (p_shop, 'work_offer', p_key, p_hash, result, p_at);
  IF p_mail THEN
    PERFORM queue_work_mail(p_shop, p_ticket, 'work-offer', jsonb_build_object('offerId', offer_id::text), p_at);
  END IF;
  RETURN result;
END $$;

-- Answers an open offer once: agreed or declined by the customer, withdrawn by an agent. Who and when are kept, and the
-- conversation says so. Returns whether this call closed it; null when there is no such offer.
CREATE FUNCTION close_work_offer(p_shop bigint, p_offer bigint, p_state text, p_actor text, p_name text, p_at timestamptz)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  of_ticket bigint; o work_offer;
BEGIN
  SELECT ticket_id INTO of_ticket FROM work_offer WHERE shop_id = p_shop AND id = p_offer;
  IF NOT FOUND THEN RETURN NULL; END IF;
  PERFORM FROM ticket WHERE shop_id = p_shop AND id = of_ticket FOR UPDATE;
  UPDATE work_offer SET state = p_state, answered_at = p_at, answered_by = p_actor
  WHERE shop_id = p_shop AND id = p_offer AND state = 'open' RETURNING * INTO o;
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO ticket_event (shop_id, ticket_id, kind, data, at) VALUES (p_shop, of_ticket, 'work_' || p_state,
    jsonb_build_object('offerId', p_offer::text, 'minutes', o.minutes, 'units', o.units, 'by', p_name), p_at);
  -- The customer's answer is an agent's turn; a withdrawal leaves the ticket as it was.
  UPDATE ticket SET activity_at = p_at,
    status = CASE WHEN p_state = 'withdrawn' OR status = 'spam' THEN status ELSE 'open' END
  WHERE shop_id = p_shop AND id = of_ticket;
  RETURN true;
END $$;
