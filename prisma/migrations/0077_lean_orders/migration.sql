-- As enqueue_job (0001), for a job with its own number of tries and priority. The caller wakes the workers after its commit.
CREATE FUNCTION enqueue_job(p_task text, p_payload json, p_max_attempts int, p_priority int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO graphile_worker._private_jobs (task_id, payload, max_attempts, priority)
  SELECT id, p_payload, p_max_attempts, p_priority FROM graphile_worker._private_tasks WHERE identifier = p_task;
  IF NOT FOUND THEN
    PERFORM graphile_worker.add_job(p_task, p_payload, max_attempts => p_max_attempts, priority => p_priority);
  END IF;
END $$;

-- As in 0050. In PL/pgSQL, because its plan is then kept: each new ticket asks, and planning cost ten times what the answer does.
CREATE OR REPLACE FUNCTION promised_first_response(p_shop bigint, p_customer bigint, p_at timestamptz) RETURNS int LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT min(p.first_response_minutes)
    FROM credit_grant g
    JOIN package_terms p ON p.shop_id = g.shop_id AND p.package_id = g.package_id AND p.version = g.terms_version
    WHERE g.shop_id = p_shop AND g.customer_id = p_customer AND g.live AND (g.expires_at IS NULL OR g.expires_at > p_at));
END $$;

-- As in 0001, and: of what waits, mails go out before further deliveries are understood (process_delivery in src/jobs/catalog.ts).
CREATE OR REPLACE FUNCTION accept_delivery(p_shop bigint, p_topic text, p_headers jsonb, p_body bytea, p_hash bytea, p_at timestamptz)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  delivery_id bigint;
BEGIN
  INSERT INTO delivery (shop_id, topic, headers, body, body_hash, received_at)
  VALUES (p_shop, p_topic, p_headers, p_body, p_hash, p_at)
  ON CONFLICT DO NOTHING RETURNING id INTO delivery_id;
  IF delivery_id IS NOT NULL THEN
    PERFORM enqueue_job('process_delivery', json_build_object('shopId', p_shop::text, 'deliveryId', delivery_id::text), 25, 5);
  END IF;
  RETURN delivery_id;
END $$;
