import { createHash } from 'node:crypto'
import type { Deps } from '../deps.ts'
import type { TicketView } from './get-ticket.ts'
import { searchCondition } from './search-condition.ts'
import { type ListRow, rowColumns, rowTables, type TicketListRow, toRow } from './ticket-row.ts'
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
  /** Ticket number, the shop's order number, or part of subject, name, e-mail or phone. */
  q?: string
  after?: TicketCursor
  limit: number
  /** Also how many tickets each view has, and what acts on tickets can choose from. */
  counts?: boolean
}

export interface TicketPage {
  rows: TicketListRow[]
  next?: TicketCursor
  /** Up to mostCounted each. */
  counts: Partial<Record<TicketViewName, number>>
  choices: ActChoices
}

/** Whom a ticket can be given to, and the tags in use, the last used first. */
export interface ActChoices {
  agents: { id: string; name: string }[]
  tags: string[]
}

/** Tickets in the order of their view, by key: the hundredth page costs as much as the first. One round trip. */
export async function listTickets(
  deps: Pick<Deps, 'db' | 'clock'>,
  filter: TicketFilter,
): Promise<TicketPage> {
  const { text, values } = listSql(filter, deps.clock.now())
  // A prepared statement's name must always stand for one text.
  const name = `list-tickets-${createHash('sha1').update(text).digest('hex')}`
  const found = await deps.db.query<
    Partial<ListRow> & { counts: TicketPage['counts'] | null; choices: ActChoices | null; place: Date | null }
  >(name, text, values)
  const rows = found.filter((row): row is ListRow & typeof row => row.id !== undefined && row.id !== null)
  const shown = rows.slice(0, filter.limit)
  const last = shown.at(-1)
  return {
    rows: shown.map(toRow),
    counts: found[0]?.counts ?? {},
    choices: found[0]?.choices ?? { agents: [], tags: [] },
    ...(rows.length > filter.limit && last?.place ? { next: { at: last.place, id: last.id } } : {}),
  }
}

function listSql(filter: TicketFilter, now: Date): { text: string; values: unknown[] } {
  const order = orderOf(filter.view)
  const values: unknown[] = [
    filter.shopId,
    now,
    filter.after?.at ?? (order.by === 'asc' ? '-infinity' : 'infinity'),
    filter.after?.id ?? (order.by === 'asc' ? '0' : '9223372036854775807'),
    filter.limit + 1,
  ]
  const place = (value: unknown) => {
    values.push(value)
    return `$${values.length}`
  }
  const agent = filter.counts || filter.view === 'mine' ? `${place(filter.agentId ?? 0n)}::bigint` : ''
  const conditions = ['t.shop_id = $1', ...conditionsOf(filter, agent, place)]
  const rows = `select ${rowColumns}, ${order.column} as place
    from ${rowTables}
    where ${conditions.join(' and ')} and (${order.column}, t.id) ${order.behind} ($3::timestamptz, $4::bigint)
    order by ${order.column} ${order.by}, t.id ${order.by} limit $5`
  if (!filter.counts) return { text: rows, values }
  // One row at least, so that an empty view has counts.
  const text = `select n.counts, n.choices, r.* from (select ${countsColumn(agent)} as counts, ${choicesColumn} as choices) n left join lateral (${rows}) r on true
    order by r.place ${order.by}, r.id ${order.by}`
  return { text, values }
}

function conditionsOf(filter: TicketFilter, agent: string, place: (value: unknown) => string): string[] {
  const conditions: string[] = []
  if (filter.view) conditions.push(viewRules[filter.view].where(agent))
  else if (!filter.status && filter.customerId === undefined && !filter.order) {
    conditions.push(viewRules.all.where(agent))
  }
  if (filter.status) conditions.push(`t.status = ${place(filter.status)}`)
  if (filter.customerId !== undefined) conditions.push(`t.customer_id = ${place(filter.customerId)}`)
  if (filter.order) {
    conditions.push(
      `t.id = (select ticket_of_order($1, s.id) from shop_order s where s.shop_id = $1 and s.external_id = ${place(filter.order)}::text)`,
    )
  }
  if (filter.q) conditions.push(searchCondition(filter.q, place))
  return conditions
}
