/**
 * The grants that somebody paid for, with what was paid and what it bought (README, "Payments"): the head of a statement.
 * $1 shop, $2 digits of currencies (currency-digits.ts).
 *
 * An order's present state says what its line costs, because the shop may have edited it; a line that is gone counts with what
 * was paid at purchase. A grant that its line follows no more was granted anew elsewhere, with the same payment.
 */
export const paidGrants = `
with paid_grant as (
  select g.id, g.customer_id, g.order_id, g.package_id, g.name, g.source, coalesce(g.currency, '') as currency, g.created_at,
    g.expires_at, g.frozen, g.live, g.promised, g.revoke_due, g.entitled - g.consumed - g.expired + g.overdraft as own, g.held,
    g.expired, coalesce(($2::jsonb ->> g.currency)::int, 2) as digits,
    coalesce((sold.line ->> 'total')::numeric, g.paid_total) as exact_paid,
    coalesce((sold.line ->> 'tax')::numeric, g.paid_tax, 0) as exact_tax,
    greatest(g.promised, floor(g.units_each * coalesce((sold.line ->> 'quantity')::numeric, 1) + 0.000001)::bigint, 1) as bought
  from credit_grant g
  left join order_line l on l.shop_id = g.shop_id and l.order_id = g.order_id and l.grant_id = g.id
  left join shop_order o on o.shop_id = l.shop_id and o.id = l.order_id
  left join lateral (
    select line from jsonb_array_elements(o.snapshot #> '{order,lines}') line
    where line ->> 'lineId' = l.line_id and (line ->> 'quantity')::numeric > 0
  ) sold on true
  where g.shop_id = $1 and g.paid_total is not null and (g.source <> 'order_line' or g.order_id is null or l.grant_id is not null)
), payment as materialized (
  select *, round(exact_paid, digits) as paid, round(exact_tax, digits) as tax from paid_grant
)`
