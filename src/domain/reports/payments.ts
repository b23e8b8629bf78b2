/**
 * What was paid, as it was told in turn (README, "Payments"): the head of a statement. $1 shop, $2 digits of currencies
 * (currency-digits.ts). `heir`: of each grant that was moved by a merge the one that lives on. `payment`: one row for each time
 * that a payment was told, under the grant that lives on, rounded; `nth` from 1 counts those of a grant.
 */
export const payments = `
with recursive moved as (
  select id, customer_id, moved_to as heir from credit_grant where shop_id = $1 and moved_to is not null
  union all
  select m.id, m.customer_id, g.moved_to from moved m join credit_grant g on g.shop_id = $1 and g.id = m.heir
  where g.moved_to is not null
), part as (
  -- Twins come later than what they stand for.
  select id, customer_id, max(heir) as heir from moved group by id, customer_id
), told as (
  select coalesce(h.heir, p.grant_id) as grant_id, p.id, p.at, p.currency, p.units, p.promised, p.total, p.tax,
    coalesce(($2::jsonb ->> p.currency)::int, 2) as digits
  from grant_payment p left join part h on h.id = p.grant_id where p.shop_id = $1
), payment as materialized (
  select grant_id, at, currency, digits, units as bought, promised, round(total, digits) as paid, round(tax, digits) as tax,
    row_number() over (partition by grant_id order by id) as nth
  from told
)`
