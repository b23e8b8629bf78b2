import { createHash } from 'node:crypto'
import type { Deps } from '../deps.ts'
import { refuseField } from '../refusal.ts'
import type { TicketView } from './get-ticket.ts'
import { indexTickets } from './search/index-tickets.ts'
import { readSearch, type Search, searchFilters, tagTerm } from './search/read-search.ts'
import { searchConditions, searchQuery } from './search/search-sql.ts'
import { draftColumn, type ListRow, rowColumns, rowTables, type TicketListRow, toRow } from './ticket-row.ts'
import { choicesColumn, countsColumn, orderOf, type TicketViewName, viewRules } from './views.ts'

/** Position of a row in the list; the next page begins behind it. `at`: what the list goes by. */
export interface TicketCursor {
  at: Date
  id: bigint
}

export interface TicketFilter {
  shopId: bigint
  /** Left out: all but spam and those that went into another, unless a status is asked for. */
  view?: TicketViewName
  /** Who looks; for the view of their own tickets. */
  agentId?: bigint
  status?: TicketView['status']
  customerId?: bigint
  /** The shop's own order id; also of an order that topped the ticket up. */
  order?: string
  /** One tag, as it is kept. */
  tag?: string
  /** Whose they are; null: nobody's. */
  assigneeId?: bigint | null
  /** Words and filters, as they are typed (search/README.md). */
  q?: string
  after?: TicketCursor
  limit: number
  /** Also how many tickets each view has, and what acts on tickets can choose from. */
  counts?: boolean
}

export interface TicketPage {
  rows: TicketListRow[]
  next?: TicketCursor
  /** Up to mostCounted each. `concern`: unanswered ones that concern who looks. */
  counts: Partial<Record<TicketViewName | 'concern', number>>
  choices: ActChoices
}

/** Whom a ticket can be given to, and the tags in use, the last used first. */
export interface ActChoices {
  agents: { id: string; name: string }[]
  tags: string[]
}

/**
 * Tickets in the order of their view, by key: the hundredth page costs as much as the first. A search by words gives the newest
 * tickets first, and so does a tag. One round trip, and for a search one before it, which brings in what was written just now.
 * Refuses: invalid (q).
 */
export async function listTickets(
  deps: Pick<Deps, 'db' | 'clock'>,
  filter: TicketFilter,
): Promise<TicketPage> {
  const search = searchOf(filter)
  if (search?.query !== undefined) await indexTickets(deps, { shopId: filter.shopId, limit: freshTickets })
  const { text, values } = listSql(filter, search, deps.clock.now())
  // A prepared statement's name must always stand for one text.
  const name = `list-tickets-${createHash('sha1').update(text).digest('hex')}`
  const found = await deps.db.query<FoundRow>(name, text, values)
  const rows = found.filter((row): row is ListRow & FoundRow => row.id !== undefined && row.id !== null)
  const shown = rows.slice(0, filter.limit)
  const last = shown.at(-1)
  return {
    rows: shown.map(toRow),
    counts: found[0]?.counts ?? {},
    choices: found[0]?.choices ?? { agents: [], tags: [] },
    ...(rows.length > filter.limit && last?.place ? { next: { at: last.place, id: last.id } } : {}),
  }
}

/** So many tickets are brought into the index before a search; the workers bring in the others. */
const freshTickets = 20

type FoundRow = Partial<ListRow> & {
  counts: TicketPage['counts'] | null
  choices: ActChoices | null
  place: Date | null
}

/** A tag is found by the index of words, which holds whole tags. */
function searchOf(filter: TicketFilter): Search | undefined {
  const search = filter.q === undefined ? undefined : understand(filter.q, filter)
  if (filter.tag === undefined) return search
  const query = tagTerm(filter.tag, filter.shopId)
  return { ...search, query: search?.query === undefined ? query : `${query} & ${search.query}` }
}

function understand(q: string, { shopId, agentId }: TicketFilter): Search {
  const reading = readSearch(q, shopId)
  if ('search' in reading && !(reading.search.mine && agentId === undefined)) return reading.search
  const wrong = 'wrong' in reading ? reading.wrong : 'is:mine'
  return refuseField(
    'q',
    `"${wrong.slice(0, 60)}" is no filter that we understand; write ${searchFilters.join(', ')}`,
  )
}

function listSql(
  filter: TicketFilter,
  search: Search | undefined,
  now: Date,
): { text: string; values: unknown[] } {
  const order = orderOf(filter.view)
  const values: unknown[] = [filter.shopId, now]
  const place = (value: unknown) => {
    values.push(value)
    return `$${values.length}`
  }
  // Of the desk's own pages as a figure: with a limit that it does not know PostgreSQL thinks a plan of its own for each page worth
  // its while, and plans longer than it reads. Callers who choose theirs share one text, so that they cannot fill the cache.
  const limit = filter.counts ? String(Math.trunc(filter.limit) + 1) : `${place(filter.limit + 1)}::int`
  const agent =
    filter.counts || filter.view === 'mine' || search?.mine ? `${place(filter.agentId ?? 0n)}::bigint` : ''
  const conditions = conditionsOf(filter, search, agent, place)
  const byWords = search?.query !== undefined
  let sort = `${order.column} ${order.by}, t.id ${order.by}`
  let outer = `r.place ${order.by}, r.id ${order.by}`
  if (search?.query !== undefined) {
    const before = filter.after
      ? `(select p.number from ticket p where p.shop_id = $1 and p.id = ${place(filter.after.id)}::bigint)`
      : '2147483647'
    const hits = searchQuery({ ...search, query: search.query }, conditions, { before, limit, place })
    conditions.splice(0, conditions.length, `t.id = any (array(select h.id from (${hits}) h))`)
    sort = 't.number desc'
    outer = 'r.number desc'
  } else if (filter.after) {
    conditions.push(
      `(${order.column}, t.id) ${order.behind} (${place(filter.after.at)}::timestamptz, ${place(filter.after.id)}::bigint)`,
    )
  }
  const rows = `select ${rowColumns}, ${draftColumn(agent)}, ${byWords ? 't.activity_at' : order.column} as place
    from ${rowTables}
    where t.shop_id = $1${conditions.map((condition) => ` and ${condition}`).join('')}
    order by ${sort} limit ${limit}`
  if (!filter.counts) return { text: rows, values }
  // One row at least, so that an empty view has counts.
  const text = `select n.counts, n.choices, r.* from (select ${countsColumn(agent)} as counts, ${choicesColumn} as choices) n
    left join lateral (${rows}) r on true order by ${outer}`
  return { text, values }
}

function conditionsOf(
  filter: TicketFilter,
  search: Search | undefined,
  agent: string,
  place: (value: unknown) => string,
): string[] {
  const conditions: string[] = []
  if (filter.view) conditions.push(viewRules[filter.view].where(agent))
  else if (!filter.status && !search && filter.customerId === undefined && !filter.order) {
    conditions.push(viewRules.all.where(agent))
  }
  if (filter.status) conditions.push(`t.status = ${place(filter.status)}`)
  if (filter.customerId !== undefined) conditions.push(`t.customer_id = ${place(filter.customerId)}`)
  if (filter.assigneeId === null) conditions.push('t.assignee_id is null')
  else if (filter.assigneeId !== undefined) conditions.push(`t.assignee_id = ${place(filter.assigneeId)}`)
  if (filter.order) {
    conditions.push(
      `t.id = (select ticket_of_order($1, s.id) from shop_order s where s.shop_id = $1 and s.external_id = ${place(filter.order)}::text)`,
    )
  }
  // The index of words folds case and accents; a tag is meant as it stands.
  if (filter.tag !== undefined) conditions.push(`${place(filter.tag)}::text = any (t.tags)`)
  if (search) {
    const asked = filter.status ? { ...search, status: search.status ?? filter.status } : search
    // A view says by itself whether spam is in it.
    conditions.push(...searchConditions(asked, agent, place, filter.view !== undefined))
  }
  return conditions
}
