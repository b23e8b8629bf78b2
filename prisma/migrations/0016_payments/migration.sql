-- What was paid for a grant and how much of it is promised, as it was told in turn: an order that is edited or refunded later adds
-- a row, so a month that is over stays as it was reported. src/domain/reports/README.md, "Payments".

-- CreateTable
CREATE TABLE "grant_payment" (
    "shop_id" BIGINT NOT NULL,
    "grant_id" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "total" DECIMAL(65,30) NOT NULL,
    "tax" DECIMAL(65,30) NOT NULL,
    "currency" TEXT NOT NULL,
    "units" BIGINT NOT NULL,
    "promised" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "grant_payment_pkey" PRIMARY KEY ("shop_id","grant_id","id")
);

-- AddForeignKey
ALTER TABLE "grant_payment" ADD CONSTRAINT "grant_payment_shop_id_grant_id_fkey" FOREIGN KEY ("shop_id", "grant_id") REFERENCES "credit_grant"("shop_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Hand-written from here on.

ALTER TABLE "grant_payment" ADD CONSTRAINT "grant_payment_figures" CHECK (least(units, promised) >= 0);

CREATE TRIGGER grant_payment_append_only BEFORE UPDATE OR DELETE ON "grant_payment"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER grant_payment_no_truncate BEFORE TRUNCATE ON "grant_payment"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Amounts that a supervisor took for a refund without pieces, since ever; there are few.
CREATE INDEX "ledger_entry_amount_refund" ON "ledger_entry" (shop_id, grant_id) WHERE kind = 'adjust' AND reason = 'amount_refund';

-- What was told last of a grant, or of those that it took over in merges of customers: rows stay where they were written.
CREATE FUNCTION last_payment(p_shop bigint, p_grant bigint) RETURNS SETOF grant_payment LANGUAGE sql STABLE AS $$
  WITH RECURSIVE line AS (
    SELECT p_grant AS id
    UNION ALL
    SELECT g.id FROM credit_grant g JOIN line ON g.shop_id = p_shop AND g.moved_to = line.id
  )
  SELECT p.* FROM grant_payment p WHERE p.shop_id = p_shop AND p.grant_id IN (SELECT id FROM line) ORDER BY p.id DESC LIMIT 1
$$;

-- The payment that a grant is made with; none is written for a grant that has one.
CREATE FUNCTION record_first_payment(
  p_shop bigint, p_grant bigint, p_total numeric, p_tax numeric, p_currency text, p_units bigint, p_at timestamptz
) RETURNS void LANGUAGE sql AS $$
  INSERT INTO grant_payment (shop_id, grant_id, total, tax, currency, units, promised, at)
  SELECT p_shop, p_grant, p_total, p_tax, p_currency, p_units, promised, p_at FROM credit_grant g
  WHERE g.shop_id = p_shop AND g.id = p_grant
    AND NOT EXISTS (SELECT FROM grant_payment p WHERE p.shop_id = p_shop AND p.grant_id = p_grant)
$$;

-- What is paid for a grant from now on. The same again writes nothing.
CREATE FUNCTION record_payment(
  p_shop bigint, p_grant bigint, p_total numeric, p_tax numeric, p_currency text, p_units bigint, p_at timestamptz
) RETURNS void LANGUAGE sql AS $$
  INSERT INTO grant_payment (shop_id, grant_id, total, tax, currency, units, promised, at)
  SELECT p_shop, p_grant, p_total, p_tax, p_currency, p_units, g.promised, p_at FROM credit_grant g
  WHERE g.shop_id = p_shop AND g.id = p_grant
    AND NOT EXISTS (SELECT FROM last_payment(p_shop, p_grant) WHERE (total, tax, currency, units) = (p_total, p_tax, p_currency, p_units))
$$;

-- As in 0007, and: of what was paid for it is told how much is promised from now on.
CREATE OR REPLACE FUNCTION set_promised(
  p_shop bigint, p_customer bigint, p_grant bigint, p_units bigint, p_cause_kind text, p_cause_id text, p_actor text, p_at timestamptz
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  g credit_grant; change bigint; now_units bigint; the_key text;
BEGIN
  PERFORM lock_account(p_shop, p_customer, p_at);
  SELECT * INTO g FROM credit_grant WHERE shop_id = p_shop AND id = p_grant AND customer_id = p_customer;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'grant % is not of account % in shop %', p_grant, p_customer, p_shop USING ERRCODE = 'foreign_key_violation';
  END IF;
  change := p_units - g.promised;
  IF change = 0 THEN RETURN 0; END IF;
  the_key := p_grant || ':' || (g.revision + 1);
  IF change > 0 THEN
    now_units := change - least(change, g.revoke_due);
    UPDATE credit_grant SET promised = p_units, revision = revision + 1, revoke_due = revoke_due - least(change, g.revoke_due)
    WHERE shop_id = p_shop AND id = p_grant;
    IF now_units > 0 THEN
      PERFORM ledger_move(p_shop, p_customer, p_grant, 'restore', now_units, 0, 0, 0, 0, 0,
        'entitle', the_key, p_cause_kind, p_cause_id, p_actor, NULL, p_at);
    END IF;
    IF g.overdraft > 0 THEN
      PERFORM cover_overdraft(p_shop, p_customer, p_grant, p_cause_kind, p_cause_id, p_at);
    END IF;
    IF g.cleared > 0 THEN
      PERFORM return_settlements(p_shop, p_customer, p_grant, p_cause_kind, p_cause_id, p_at);
    END IF;
  ELSE
    now_units := least(g.entitled, CASE WHEN g.held = 0 THEN -change
      ELSE least(-change, greatest(g.entitled - g.consumed - g.held - g.expired + g.overdraft, 0)) END);
    UPDATE credit_grant SET promised = p_units, revision = revision + 1, revoke_due = revoke_due + (-change - now_units)
    WHERE shop_id = p_shop AND id = p_grant;
    IF now_units > 0 THEN
      PERFORM ledger_move(p_shop, p_customer, p_grant, 'revoke', -now_units, 0, 0, 0, 0, 0,
        'entitle', the_key, p_cause_kind, p_cause_id, p_actor, NULL, p_at);
    END IF;
  END IF;
  INSERT INTO grant_payment (shop_id, grant_id, total, tax, currency, units, promised, at)
  SELECT p_shop, p_grant, total, tax, currency, units, p_units, p_at FROM last_payment(p_shop, p_grant);
  RETURN change;
END $$;

-- What is there already. Of each grant that somebody paid for, under the one that lives on after merges: the payment as it was at
-- the purchase, with what its entries promised in turn.
WITH RECURSIVE moved AS (
  SELECT shop_id, id, moved_to AS heir FROM credit_grant WHERE moved_to IS NOT NULL
  UNION ALL
  SELECT m.shop_id, m.id, g.moved_to FROM moved m JOIN credit_grant g ON g.shop_id = m.shop_id AND g.id = m.heir WHERE g.moved_to IS NOT NULL
), part AS (
  SELECT shop_id, id, max(heir) AS heir FROM moved GROUP BY shop_id, id
), entry AS (
  SELECT e.shop_id, coalesce(p.heir, e.grant_id) AS grant_id, e.id, e.at, e.entitled
  FROM ledger_entry e LEFT JOIN part p ON p.shop_id = e.shop_id AND p.id = e.grant_id
  WHERE e.kind IN ('grant', 'restore', 'revoke')
), told AS (
  SELECT *, sum(entitled) OVER turn AS promised, first_value(entitled) OVER turn AS first
  FROM entry WINDOW turn AS (PARTITION BY shop_id, grant_id ORDER BY id)
)
INSERT INTO grant_payment (shop_id, grant_id, total, tax, currency, units, promised, at)
SELECT g.shop_id, g.id, g.paid_total, coalesce(g.paid_tax, 0), coalesce(g.currency, ''),
  greatest(t.first, g.units_each, 1), greatest(t.promised, 0), t.at
FROM told t JOIN credit_grant g ON g.shop_id = t.shop_id AND g.id = t.grant_id
WHERE g.paid_total IS NOT NULL ORDER BY t.id;

-- A refund that found nothing to revoke, because corrections had taken it, left no entry.
INSERT INTO grant_payment (shop_id, grant_id, total, tax, currency, units, promised, at)
SELECT p.shop_id, p.grant_id, p.total, p.tax, p.currency, p.units, g.promised, greatest(p.at, coalesce((
    SELECT max(e.at) FROM ledger_entry e WHERE e.shop_id = g.shop_id AND e.customer_id = g.customer_id AND e.grant_id = g.id
      AND e.kind IN ('revoke', 'adjust')), p.at))
FROM credit_grant g CROSS JOIN LATERAL last_payment(g.shop_id, g.id) p
WHERE g.paid_total IS NOT NULL AND p.promised <> g.promised ORDER BY p.id;

-- What an edit of the order made of the payment. When that was nobody wrote down; the order's last change is the best that is known.
INSERT INTO grant_payment (shop_id, grant_id, total, tax, currency, units, promised, at)
SELECT p.shop_id, p.grant_id, n.total, n.tax, o.currency, n.units, p.promised, greatest(o.updated_at, p.at)
FROM order_line l
JOIN credit_grant g ON g.shop_id = l.shop_id AND g.id = l.grant_id AND g.paid_total IS NOT NULL
JOIN shop_order o ON o.shop_id = l.shop_id AND o.id = l.order_id
CROSS JOIN LATERAL last_payment(g.shop_id, g.id) p
CROSS JOIN LATERAL (
  SELECT (line ->> 'total')::numeric AS total, (line ->> 'tax')::numeric AS tax,
    greatest(floor(g.units_each * (line ->> 'quantity')::numeric + 0.000001)::bigint, 1) AS units
  FROM jsonb_array_elements(o.snapshot #> '{order,lines}') line
  WHERE line ->> 'lineId' = l.line_id AND (line ->> 'quantity')::numeric > 0
) n
WHERE (n.total, n.tax, o.currency, n.units) IS DISTINCT FROM (p.total, p.tax, p.currency, p.units)
ORDER BY p.id;

-- A grant that its line follows no more: the payment went over to the one that was made for another customer.
INSERT INTO grant_payment (shop_id, grant_id, total, tax, currency, units, promised, at)
SELECT p.shop_id, p.grant_id, 0, 0, p.currency, 0, p.promised, p.at
FROM credit_grant g CROSS JOIN LATERAL last_payment(g.shop_id, g.id) p
WHERE g.paid_total IS NOT NULL AND g.source = 'order_line' AND g.order_id IS NOT NULL AND NOT EXISTS (
  SELECT FROM order_line l WHERE l.shop_id = g.shop_id AND l.order_id = g.order_id AND l.grant_id = g.id)
ORDER BY p.id;
