import type { Search } from './read-search.ts'

/** So many of the newest tickets are looked at one by one, before the index is asked for the rest. */
const nearTickets = 1000
/** Of a word that so many of them have, the rest is found among as many more as it takes; the index would give too many. */
const oftenHits = 10

/** What a search asks besides words, as SQL conditions on `t`. $1 is the shop. `spamToo`: spam is not left out by itself. */
export function searchConditions(
  search: Search,
  agent: string,
  place: (value: unknown) => string,
  spamToo = false,
): string[] {
  const conditions = ['t.merged_into is null']
  if (search.status) conditions.push(`t.status = ${place(search.status)}`)
  else if (!spamToo) conditions.push("t.status <> 'spam'")
  if (search.mine) conditions.push(`t.assignee_id = ${agent}`)
  if (search.assignee === null) conditions.push('t.assignee_id is null')
  else if (search.assignee !== undefined) {
    const named = place(search.assignee)
    conditions.push(`t.assignee_id in (select a.id from agent a where a.shop_id = $1
      and (a.email = ${named}::text or lower(a.name) = ${named} or lower(split_part(a.name, ' ', 1)) = ${named}))`)
  }
  if (search.balance) {
    conditions.push(`exists (select from account b where b.shop_id = $1 and b.customer_id = t.customer_id
      and b.available ${search.balance.than} ${place(search.balance.units)})`)
  }
  for (const side of ['before', 'after'] as const) {
    const date = search[side]
    if (date === undefined) continue
    const at = `(${place(date)}::date)::timestamp at time zone (select s.timezone from shop s where s.id = $1)`
    conditions.push(side === 'before' ? `t.activity_at < ${at}` : `t.activity_at >= ${at}`)
  }
  return conditions
}

/**
 * The tickets in which all words stand, the newest by number first, as a query of (id, number). Words that are in many tickets are
 * found among the newest, those of middling ones among some more; only when too few are there is the index asked, which then has few
 * to give. So none costs more as the history grows. `before`: placeholder of the number behind which the page begins; `limit` of how many are wanted.
 */
export function searchQuery(
  search: Search & { query: string },
  conditions: string[],
  { before, limit, place }: { before: string; limit: string; place: (value: unknown) => string },
): string {
  const query = `${place(search.query)}::tsquery`
  const all = conditions.join(' and ')
  const direct = search.number === undefined ? '' : directQuery(search.number, all, before, place)
  const newest = (below: string, count: string) => `select s.ticket_id, s.number, s.words @@ ${query} as fits
      from ticket_search s where s.shop_id = $1 and s.number < ${below} order by s.number desc limit ${count}`
  // Each by its key: a join could be planned as a look at all tickets.
  const hits = (of: string) => `select h.id, f.number from ${of} f
      cross join lateral (select t.id from ticket t where t.shop_id = $1 and t.id = f.ticket_id and ${all} offset 0) h
      where f.fits order by f.number desc limit ${limit}`
  return `with near as materialized (${newest(before, String(nearTickets))}
    ), near_hits as materialized (${hits('near')}
    ), more as materialized (${newest('(select min(number) from near)', moreTickets(limit))}
    ), more_hits as materialized (${hits('more')}
    ), far as materialized (
      select s.ticket_id, s.number, true as fits from ticket_search s
      where s.shop_id = $1 and s.words @@ ${query}
        and s.number < coalesce((select min(number) from more), (select min(number) from near), 0)
        and (select count(*) from near_hits) + (select count(*) from more_hits) < ${limit}
    ), far_hits as (${hits('far')}
    )
    select * from near_hits union select * from more_hits union select * from far_hits${direct}`
}

/** Half as many again as should be enough, because a word does not stand evenly. */
function moreTickets(limit: string): string {
  return `(select case when count(*) between ${oftenHits} and ${limit} - 1
      then ${nearTickets * 1.5} * ${limit} / count(*) else 0 end from near_hits)`
}

/** By the number of the ticket or of the shop's order, which need no index of words. */
function directQuery(
  number: string,
  conditions: string,
  before: string,
  place: (value: unknown) => string,
): string {
  const typed = place(number)
  const isNumber = /^\d{1,9}$/.test(number)
  return ` union select t.id, t.number from ticket t where t.shop_id = $1 and t.number < ${before} and ${conditions}
    and (t.id = any (array(select ticket_of_order($1, o.id) from shop_order o where o.shop_id = $1 and o.number = ${typed}::text))
      ${isNumber ? `or t.number = ${typed}::text::int` : ''})`
}
