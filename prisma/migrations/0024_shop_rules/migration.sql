-- Statuses that count as paid, the tickets of renewals, and what a changed subscription grants.

-- AlterTable
ALTER TABLE "order_line" ADD COLUMN     "withheld_units" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "shop" ADD COLUMN     "paid_statuses" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "renewal_ticket" TEXT NOT NULL DEFAULT 'none',
ADD COLUMN     "unpaid_statuses" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- Hand-written from here on.

ALTER TABLE "order_line" ADD CONSTRAINT "order_line_withheld" CHECK (withheld_units >= 0);

-- Money that was not paid or went back is never credits, whatever a shop sets.
ALTER TABLE "shop"
  ALTER COLUMN "paid_statuses" SET NOT NULL,
  ALTER COLUMN "unpaid_statuses" SET NOT NULL,
  ADD CONSTRAINT "shop_renewal_ticket" CHECK (renewal_ticket IN ('none', 'new', 'as_package')),
  ADD CONSTRAINT "shop_statuses" CHECK (
    NOT paid_statuses && unpaid_statuses
    AND NOT paid_statuses && ARRAY['pending', 'failed', 'cancelled', 'refunded', 'trash', 'checkout-draft', 'auto-draft']);

-- As in 0005, and: accepting a changed subscription keeps how many units were agreed to; the order is worked through again
-- after it and grants them.
CREATE OR REPLACE FUNCTION resolve_review(
  p_shop bigint, p_review bigint, p_decision text, p_units bigint, p_limit bigint, p_note text, p_actor text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  r review; owner bigint; g record; rest bigint := 0; there bigint; part bigint; moved bigint;
BEGIN
  SELECT o.customer_id INTO owner FROM review v JOIN shop_order o ON o.shop_id = v.shop_id AND o.id = v.order_id
  WHERE v.shop_id = p_shop AND v.id = p_review;
  IF owner IS NOT NULL THEN PERFORM lock_account(p_shop, owner, p_at); END IF;
  SELECT * INTO r FROM review WHERE shop_id = p_shop AND id = p_review FOR UPDATE;
  IF NOT FOUND THEN RETURN '{"code": "review_not_found"}'; END IF;
  IF r.resolved_at IS NOT NULL THEN
    RETURN CASE WHEN r.decision = p_decision THEN jsonb_build_object('code', 'ok', 'kind', r.kind, 'resolvedAt', r.resolved_at)
      ELSE jsonb_build_object('code', 'review_resolved', 'decision', r.decision) END;
  END IF;
  IF r.kind = 'amount_refund' AND p_decision = 'accept' THEN
    rest := coalesce(p_units, (r.data ->> 'proposedUnits')::bigint);
    moved := -rest;
    IF rest > p_limit THEN RETURN jsonb_build_object('code', 'above_limit', 'limit', p_limit); END IF;
    SELECT coalesce(sum(greatest(entitled - consumed - held - expired + overdraft, 0)), 0)::bigint INTO there FROM credit_grant
    WHERE shop_id = p_shop AND order_id = r.order_id AND customer_id = owner AND promised > 0;
    IF rest > there THEN RETURN jsonb_build_object('code', 'adjustment_below_use', 'lowest', -there); END IF;
    FOR g IN
      SELECT id, entitled - consumed - held - expired + overdraft AS net FROM credit_grant
      WHERE shop_id = p_shop AND order_id = r.order_id AND customer_id = owner AND promised > 0 AND live ORDER BY id DESC
    LOOP
      part := least(g.net, rest);
      EXIT WHEN part = 0;
      PERFORM ledger_move(p_shop, owner, g.id, 'adjust', -part, 0, 0, 0, 0, 0,
        'adjust', 'review:' || p_review || ':' || g.id, 'review', p_review::text, p_actor, 'amount_refund', p_at);
      rest := rest - part;
    END LOOP;
  ELSIF r.kind = 'subscription_change' AND p_decision = 'accept' THEN
    moved := least(coalesce(p_units, (r.data ->> 'proposedUnits')::bigint), (r.data ->> 'fullUnits')::bigint);
    IF moved > p_limit THEN RETURN jsonb_build_object('code', 'above_limit', 'limit', p_limit); END IF;
    UPDATE review SET data = data || jsonb_build_object('agreedUnits', moved) WHERE shop_id = p_shop AND id = p_review;
  END IF;
  UPDATE review SET resolved_at = p_at, decision = p_decision WHERE shop_id = p_shop AND id = p_review;
  INSERT INTO audit_log (shop_id, customer_id, actor, action, data, at)
  VALUES (p_shop, owner, p_actor, 'review_' || p_decision,
    jsonb_strip_nulls(jsonb_build_object('reviewId', p_review::text, 'reason', r.kind, 'units', moved, 'note', p_note)), p_at);
  RETURN jsonb_build_object('code', 'ok', 'kind', r.kind, 'resolvedAt', p_at, 'first', true,
    'customerId', owner::text, 'ticketId', r.ticket_id::text, 'orderId', r.order_id::text, 'to', r.data ->> 'to');
END $$;
