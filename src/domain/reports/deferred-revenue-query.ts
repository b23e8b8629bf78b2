import { paidGrants } from './paid-grants.ts'

/**
 * Money as decimal text. `bucket` null: everything until now; 0: everything until the period began; from 1: its months, with
 * `deferred` as it stood at their end.
 */
export interface DeferredRow {
  currency: string
  bucket: number | null
  paid: string
  refunded: string
  earned: string
  breakage: string
  deferred: string
  frozen: string
}

/**
 * $1 shop, $2 digits of currencies, $3 now, $4 where each month begins and where the period ends.
 *
 * A grant's state at a moment (own, entitlement, amount refunds, expired) gives the money by one formula (README, "Deferred
 * revenue"). A state in the past is the present one less the entries since, so only entries from the period's start on are
 * read. What a month did is the state after it less the state before it; so months add up whatever the rounding.
 */
export const deferredRevenueQuery = `${paidGrants}
, part as (
  -- What a grant was before its customer was merged into another: twins come later than what they stand for.
  with recursive moved as (
    select id, customer_id, moved_to as heir from credit_grant where shop_id = $1 and moved_to is not null
    union all
    select m.id, m.customer_id, g.moved_to from moved m join credit_grant g on g.shop_id = $1 and g.id = m.heir
    where g.moved_to is not null
  )
  select id, customer_id, max(heir) as heir from moved group by id, customer_id
), amount_refund as (
  select a.heir as grant_id, -sum(e.entitled)::bigint as units
  from review r
  join payment g on g.order_id = r.order_id
  join (select id, customer_id, id as heir from payment union all select id, customer_id, heir from part) a on a.heir = g.id
  join ledger_entry e on e.shop_id = $1 and e.customer_id = a.customer_id and e.grant_id = a.id
    and e.kind = 'adjust' and e.reason = 'amount_refund'
  where r.shop_id = $1 and r.kind = 'amount_refund' and r.decision = 'accept'
  group by a.heir
), due as (
  select id as grant_id, own - held as units from payment where live and expires_at <= $3
), stands as (
  select g.id as grant_id, g.own - coalesce(d.units, 0) as own,
    g.promised + g.revoke_due as entitlement, coalesce(a.units, 0) as refund, g.expired + coalesce(d.units, 0) as expired,
    g.revoke_due as waiting, width_bucket(g.created_at, $4::timestamptz[]) as born
  from payment g left join due d on d.grant_id = g.id left join amount_refund a on a.grant_id = g.id
), span as (
  select coalesce(heir, grant_id) as grant_id, kind, at, entitled - consumed - expired + overdraft as own,
    case when kind in ('grant', 'restore', 'revoke') then entitled else 0 end as entitlement,
    case when kind = 'adjust' and reason = 'amount_refund' then -entitled else 0 end as refund, expired
  from ledger_entry e left join part p on p.id = e.grant_id
  where shop_id = $1 and at >= ($4::timestamptz[])[1] and kind not in ('hold', 'release')
  union all
  select grant_id, 'expire', $3, -units, 0, 0, units from due where $3 >= ($4::timestamptz[])[1]
), step as (
  select grant_id, width_bucket(at, $4::timestamptz[]) as bucket, sum(own)::bigint as own,
    sum(entitlement)::bigint as entitlement, sum(refund)::bigint as refund, sum(expired)::bigint as expired, bool_or(kind in ('revoke', 'adjust')) as may_wait
  from span group by 1, 2
), since as materialized (
  select grant_id, bucket, own as own_in, entitlement as entitlement_in, refund as refund_in, expired as expired_in,
    (sum(own) over later)::bigint as own, (sum(entitlement) over later)::bigint as entitlement,
    (sum(refund) over later)::bigint as refund, (sum(expired) over later)::bigint as expired,
    max(bucket) filter (where may_wait) over (partition by grant_id) as waits_since,
    row_number() over (partition by grant_id order by bucket) as nth
  from step window later as (partition by grant_id order by bucket desc rows unbounded preceding)
), state as (
  select grant_id, null::int as bucket, 1 as sign, own, entitlement - waiting as entitlement, refund, expired from stands
  union all
  select n.grant_id, 0, 1, n.own - coalesce(s.own, 0),
    n.entitlement - coalesce(s.entitlement, 0) - case when s.waits_since is null then n.waiting else 0 end,
    n.refund - coalesce(s.refund, 0), n.expired - coalesce(s.expired, 0)
  from stands n left join since s on s.grant_id = n.grant_id and s.nth = 1
  where n.born = 0
  union all
  select grant_id, s.bucket, 1, n.own - s.own + own_in,
    n.entitlement - s.entitlement + entitlement_in - case when s.bucket >= coalesce(waits_since, 0) then waiting else 0 end,
    n.refund - s.refund + refund_in, n.expired - s.expired + expired_in
  from since s join stands n using (grant_id)
  where s.bucket >= n.born
  union all
  select grant_id, s.bucket, -1, n.own - s.own,
    n.entitlement - s.entitlement - case when s.bucket > coalesce(waits_since, 0) then waiting else 0 end,
    n.refund - s.refund, n.expired - s.expired
  from since s join stands n using (grant_id)
  where s.bucket > n.born
), counted as (
  select s.bucket, s.sign, g.currency, g.digits, g.frozen, g.paid, g.bought, s.expired,
    least(greatest(s.own, 0), greatest(s.entitlement - s.refund, 0), g.bought) as outstanding,
    least(greatest(s.entitlement - s.refund, 0), g.bought) as kept
  from state s join payment g on g.id = s.grant_id
), money as materialized (
  select bucket, sign, currency, digits, frozen, paid, round(paid * kept / bought, digits) as kept,
    round(paid * outstanding / bought, digits) as deferred, round(paid * least(expired, kept - outstanding) / bought, digits) as lapsed
  from counted
), total as (
  select currency, digits, bucket, sum(sign * paid) as paid, sum(sign * (paid - kept)) as refunded,
    sum(sign * (kept - deferred)) as earned, sum(sign * least(lapsed, kept - deferred)) as breakage,
    sum(sign * deferred) as deferred, sum(sign * deferred) filter (where frozen) as frozen
  from money group by 1, 2, 3
), grid as (
  select currency, digits, bucket from (select distinct currency, digits from total) c
  cross join (select null::int as bucket union all select generate_series(0, cardinality($4::timestamptz[]) - 1)) b
)
select g.currency, g.bucket, round(coalesce(t.paid, 0), g.digits) as paid, round(coalesce(t.refunded, 0), g.digits) as refunded,
  round(coalesce(t.earned, 0), g.digits) as earned, round(coalesce(t.breakage, 0), g.digits) as breakage,
  round(sum(coalesce(t.deferred, 0)) over (partition by g.currency, g.bucket is null order by g.bucket), g.digits) as deferred,
  round(coalesce(t.frozen, 0), g.digits) as frozen
from grid g left join total t on t.currency = g.currency and t.bucket is not distinct from g.bucket
order by g.currency, g.bucket`
