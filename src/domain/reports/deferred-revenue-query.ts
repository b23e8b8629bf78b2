import { payments } from './payments.ts'

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
 * A grant's state at a moment (own, amount refunds, expired) and its payment, as it was told last until then, give the money by
 * one formula (README, "Deferred revenue"). A state in the past is the present one less the entries since, so only entries from
 * the period's start on are read. What a month did is the state after it less the state before it; so months add up whatever
 * the rounding.
 */
export const deferredRevenueQuery = `${payments}
, paid_grant as (
  select g.id, g.created_at, g.expires_at, g.frozen, g.live, g.entitled - g.consumed - g.expired + g.overdraft as own, g.held, g.expired
  from credit_grant g where g.shop_id = $1 and g.id in (select grant_id from payment)
), version as materialized (
  -- Of several in one month the last one counts at its end; a month that has none goes on with the one before.
  select grant_id, currency, digits, paid, greatest(bought, 1) as bought, promised, bucket as since,
    lead(bucket, 1, 2147483647) over (partition by grant_id order by bucket) as until
  from (select distinct on (grant_id, bucket) *
    from (select *, width_bucket(at, $4::timestamptz[]) as bucket from payment) p order by grant_id, bucket, nth desc) p
), amount_refund as (
  select coalesce(p.heir, e.grant_id) as grant_id, -sum(e.entitled)::bigint as units
  from ledger_entry e left join part p on p.id = e.grant_id
  where e.shop_id = $1 and e.kind = 'adjust' and e.reason = 'amount_refund'
  group by 1
), due as (
  select id as grant_id, own - held as units from paid_grant where live and expires_at <= $3
), stands as (
  select g.id as grant_id, g.own - coalesce(d.units, 0) as own, coalesce(a.units, 0) as refund,
    g.expired + coalesce(d.units, 0) as expired, width_bucket(g.created_at, $4::timestamptz[]) as born
  from paid_grant g left join due d on d.grant_id = g.id left join amount_refund a on a.grant_id = g.id
), span as (
  select coalesce(heir, grant_id) as grant_id, at, entitled - consumed - expired + overdraft as own,
    case when kind = 'adjust' and reason = 'amount_refund' then -entitled else 0 end as refund, expired
  from ledger_entry e left join part p on p.id = e.grant_id
  where shop_id = $1 and at >= ($4::timestamptz[])[1] and kind not in ('hold', 'release')
  union all
  select grant_id, $3, -units, 0, units from due where $3 >= ($4::timestamptz[])[1]
  union all
  select grant_id, at, 0, 0, 0 from payment where at >= ($4::timestamptz[])[1]
), step as (
  select grant_id, width_bucket(at, $4::timestamptz[]) as bucket, sum(own)::bigint as own, sum(refund)::bigint as refund,
    sum(expired)::bigint as expired
  from span group by 1, 2
), since as materialized (
  select grant_id, bucket, own as own_in, refund as refund_in, expired as expired_in, (sum(own) over later)::bigint as own,
    (sum(refund) over later)::bigint as refund, (sum(expired) over later)::bigint as expired,
    row_number() over (partition by grant_id order by bucket) as nth
  from step window later as (partition by grant_id order by bucket desc rows unbounded preceding)
), state as (
  select grant_id, null::int as bucket, 1 as sign, own, refund, expired from stands
  union all
  select n.grant_id, 0, 1, n.own - coalesce(s.own, 0), n.refund - coalesce(s.refund, 0), n.expired - coalesce(s.expired, 0)
  from stands n left join since s on s.grant_id = n.grant_id and s.nth = 1
  where n.born = 0
  union all
  select grant_id, s.bucket, 1, n.own - s.own + own_in, n.refund - s.refund + refund_in, n.expired - s.expired + expired_in
  from since s join stands n using (grant_id)
  where s.bucket >= n.born
  union all
  select grant_id, s.bucket, -1, n.own - s.own, n.refund - s.refund, n.expired - s.expired
  from since s join stands n using (grant_id)
  where s.bucket > n.born
), counted as (
  select s.bucket, s.sign, v.currency, v.digits, g.frozen, v.paid, v.bought, s.expired,
    least(greatest(s.own, 0), greatest(v.promised - s.refund, 0), v.bought) as outstanding,
    least(greatest(v.promised - s.refund, 0), v.bought) as kept
  from (select *, coalesce(case sign when 1 then bucket else bucket - 1 end, 2147483646) as at_end_of from state) s
  join paid_grant g on g.id = s.grant_id
  join version v on v.grant_id = s.grant_id and s.at_end_of >= v.since and s.at_end_of < v.until
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
