/** One row: the totals of the period beside one line of the page; the line is null when the page is empty. */
export interface StatementRow {
  opening: bigint
  granted: bigint
  restored: bigint
  reversed: bigint
  adjusted: bigint
  moved: bigint
  spent: bigint
  posted: bigint
  revoked: bigint
  expired: bigint
  settled: bigint
  closing: bigint
  held_opening: bigint
  held_closing: bigint
  deficit_opening: bigint
  deficit_closing: bigint
  overdraft_opening: bigint
  overdraft_closing: bigint
  id: bigint | null
  at: Date
  kind: string
  units: bigint
  owed: bigint
  balance: bigint
  grant_id: bigint
  package_name: string
  source: string
  order_id: string | null
  order_number: string | null
  cause_kind: string
  cause_id: string
  actor: string
  reason: string | null
  agent_name: string | null
  ticket_id: bigint | null
  ticket_number: number | null
  subject: string | null
  message_id: bigint | null
  channel: string | null
  author: string | null
  session_id: bigint | null
  session_agent: string | null
  actual_seconds: number | null
  billed_seconds: number | null
}

/**
 * The whole statement in one statement, so in one snapshot (README, "Statement"). $1 shop, $2 customer, $3 start, $4 end,
 * $5 and $6 time and id of the last line before the page, $7 lines on it (null: all).
 *
 * What stood at the start is what stands now less the entries since then: the figures of the grants are sums already, so only
 * entries from the start on are read, by the index on (shop_id, customer_id, at, id).
 */
export const statementQuery = `
with span as materialized (
  select id, grant_id, kind, cause_kind, cause_id, actor, reason, at,
    entitled - consumed - expired + overdraft as net, consumed - overdraft - entitled - cleared as owed, held, overdraft
  from ledger_entry where shop_id = $1 and customer_id = $2 and at >= $3
), since as (
  select grant_id, sum(net) as net, sum(owed) as owed, sum(held) as held, sum(overdraft) as overdraft,
    coalesce(sum(net) filter (where at < $4), 0) as net_in, coalesce(sum(owed) filter (where at < $4), 0) as owed_in,
    coalesce(sum(held) filter (where at < $4), 0) as held_in, coalesce(sum(overdraft) filter (where at < $4), 0) as overdraft_in
  from span group by grant_id
), now_is as (
  select id as grant_id, entitled - consumed - expired + overdraft as net, consumed - overdraft - entitled - cleared as owed, held, overdraft
  from credit_grant where shop_id = $1 and customer_id = $2
), stood as (
  select grant_id, coalesce(n.net, 0) - coalesce(s.net, 0) as net, coalesce(n.owed, 0) - coalesce(s.owed, 0) as owed,
    coalesce(n.held, 0) - coalesce(s.held, 0) as held, coalesce(n.overdraft, 0) - coalesce(s.overdraft, 0) as overdraft,
    coalesce(s.net_in, 0) as net_in, coalesce(s.owed_in, 0) as owed_in, coalesce(s.held_in, 0) as held_in,
    coalesce(s.overdraft_in, 0) as overdraft_in
  from now_is n full join since s using (grant_id)
), bounds as (
  select coalesce(sum(greatest(net, 0)), 0)::bigint as opening,
    coalesce(sum(greatest(net + net_in, 0)), 0)::bigint as closing,
    coalesce(sum(held), 0)::bigint as held_opening, coalesce(sum(held + held_in), 0)::bigint as held_closing,
    coalesce(sum(greatest(owed, 0)), 0)::bigint as deficit_opening,
    coalesce(sum(greatest(owed + owed_in, 0)), 0)::bigint as deficit_closing,
    coalesce(sum(overdraft), 0)::bigint as overdraft_opening, coalesce(sum(overdraft + overdraft_in), 0)::bigint as overdraft_closing
  from stood
), walked as (
  select e.*, b.net + sum(e.net) over line as net_after, b.owed + sum(e.owed) over line as owed_after
  from span e join stood b using (grant_id)
  where e.at < $4 and e.kind not in ('hold', 'release')
  window line as (partition by e.grant_id order by e.at, e.id rows unbounded preceding)
), moved as materialized (
  select *, (greatest(net_after, 0) - greatest(net_after - net, 0))::bigint as units,
    (greatest(owed_after, 0) - greatest(owed_after - owed, 0))::bigint as owed_units
  from walked
), totals as (
  select coalesce(sum(units) filter (where kind = 'grant'), 0)::bigint as granted,
    coalesce(sum(units) filter (where kind = 'restore'), 0)::bigint as restored,
    coalesce(sum(units) filter (where kind = 'reverse'), 0)::bigint as reversed,
    coalesce(sum(units) filter (where kind in ('adjust', 'forgive')), 0)::bigint as adjusted,
    coalesce(sum(units) filter (where kind in ('move_in', 'move_out')), 0)::bigint as moved,
    coalesce(-sum(units) filter (where kind = 'spend'), 0)::bigint as spent,
    coalesce(-sum(units) filter (where kind = 'post'), 0)::bigint as posted,
    coalesce(-sum(units) filter (where kind = 'revoke'), 0)::bigint as revoked,
    coalesce(-sum(units) filter (where kind = 'expire'), 0)::bigint as expired,
    coalesce(-sum(units) filter (where kind = 'settle'), 0)::bigint as settled
  from moved
), page as (
  select * from (
    select m.*, ((select opening from bounds) + sum(units) over (order by at, id rows unbounded preceding))::bigint as balance
    from moved m) numbered
  where $5::timestamptz is null or (at, id) > ($5, $6::bigint)
  order by at, id limit $7
)
select bounds.*, totals.*, p.id, p.at, p.kind, p.units, p.owed_units as owed, p.balance, p.grant_id, g.name as package_name, g.source,
  o.external_id as order_id, o.number as order_number, p.cause_kind, p.cause_id, p.actor, p.reason, a.name as agent_name,
  t.id as ticket_id, t.number as ticket_number, t.subject, m.id as message_id, m.channel, m.author_name as author,
  s.id as session_id, s.agent_name as session_agent, s.actual_seconds, s.billed_seconds
from bounds cross join totals
left join page p on true
left join credit_grant g on g.shop_id = $1 and g.id = p.grant_id
left join shop_order o on o.shop_id = g.shop_id and o.id = g.order_id
left join message m on m.shop_id = $1
  and m.ticket_id = case p.cause_kind when 'message' then split_part(p.cause_id, ':', 1)::bigint end
  and m.id = case p.cause_kind when 'message' then split_part(p.cause_id, ':', 2)::bigint end
left join session s on s.shop_id = $1 and s.id = case p.cause_kind when 'session' then p.cause_id::bigint end
left join ticket t on t.shop_id = $1 and t.id = coalesce(m.ticket_id, s.ticket_id)
left join agent a on a.shop_id = $1 and a.id = case when p.actor ~ '^agent:[0-9]{1,18}$' then substr(p.actor, 7)::bigint end
order by p.at, p.id`
