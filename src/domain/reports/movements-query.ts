/** One group of grants in one month of the period; `bucket` null when nothing moved in the whole period. */
export interface MovementsRow {
  sold: boolean
  /** Of the group, when the period begins. */
  opening: bigint
  bucket: number | null
  granted: bigint
  restored: bigint
  reversed: bigint
  adjusted: bigint
  moved: bigint
  spent: bigint
  revoked: bigint
  expired: bigint
  settled: bigint
  forgiven: bigint
}

/**
 * The statement of the whole shop by month, in one snapshot (README, "Movements"). $1 shop, $2 where each month begins and
 * where the period ends, $3 now.
 *
 * As in a customer's statement, an entry counts by what it changed of max(own, 0) of its grant, and what stood at the start is
 * what stands now less the entries since. What is over but has no `expire` entry yet is taken as one of this moment, as a
 * statement would write it.
 */
export const movementsQuery = `
with recursive paid as (
  -- A merge moves what was paid to the twin; what the grant moved before it stays sold.
  select grant_id as id from grant_payment where shop_id = $1
  union
  select g.moved_to from paid p join credit_grant g on g.shop_id = $1 and g.id = p.id where g.moved_to is not null
), grants as (
  select id, source = 'order_line' or id in (select id from paid) as sold,
    entitled - consumed - expired + overdraft as own,
    case when live and expires_at <= $3 then entitled - consumed - held - expired + overdraft else 0 end as due
  from credit_grant where shop_id = $1
), span as materialized (
  select id, grant_id, kind, at, entitled - consumed - expired + overdraft as net,
    case kind when 'forgive' then cleared else 0 end as forgiven
  from ledger_entry where shop_id = $1 and at >= ($2::timestamptz[])[1] and kind not in ('hold', 'release')
  union all
  select null, id, 'expire', $3, -due, 0 from grants where due > 0 and $3 >= ($2::timestamptz[])[1]
), since as (
  select grant_id, sum(net) as net from span group by grant_id
), stood as (
  select g.id as grant_id, g.sold, g.own - g.due - coalesce(s.net, 0) as net
  from grants g left join since s on s.grant_id = g.id
), openings as (
  select sold, sum(greatest(net, 0))::bigint as opening from stood group by sold
), walked as (
  select e.kind, e.at, e.net, e.forgiven, b.sold, b.net + sum(e.net) over line as after
  from span e join stood b using (grant_id)
  where e.at < ($2::timestamptz[])[cardinality($2::timestamptz[])]
  window line as (partition by e.grant_id order by e.at, e.id rows unbounded preceding)
), moved as (
  select sold, kind, width_bucket(at, $2::timestamptz[]) as bucket, forgiven,
    greatest(after, 0) - greatest(after - net, 0) as units
  from walked
), sums as (
  select sold, bucket,
    coalesce(sum(units) filter (where kind = 'grant'), 0)::bigint as granted,
    coalesce(sum(units) filter (where kind = 'restore'), 0)::bigint as restored,
    coalesce(sum(units) filter (where kind = 'reverse'), 0)::bigint as reversed,
    coalesce(sum(units) filter (where kind in ('adjust', 'forgive')), 0)::bigint as adjusted,
    coalesce(sum(units) filter (where kind in ('move_in', 'move_out')), 0)::bigint as moved,
    coalesce(-sum(units) filter (where kind in ('spend', 'post')), 0)::bigint as spent,
    coalesce(-sum(units) filter (where kind = 'revoke'), 0)::bigint as revoked,
    coalesce(-sum(units) filter (where kind = 'expire'), 0)::bigint as expired,
    coalesce(-sum(units) filter (where kind = 'settle'), 0)::bigint as settled,
    sum(forgiven)::bigint as forgiven
  from moved group by sold, bucket
)
select o.sold, o.opening, s.bucket, s.granted, s.restored, s.reversed, s.adjusted, s.moved, s.spent, s.revoked, s.expired,
  s.settled, s.forgiven
from openings o left join sums s using (sold)
order by s.bucket`
