import { createHash } from 'node:crypto'
import type { Deps } from '../deps.ts'
import type { TicketView } from './get-ticket.ts'
import { searchCondition } from './search-condition.ts'

export interface TicketListRow {
  id: bigint
  number: number
  subject: string
  status: TicketView['status']
  customerId: bigint
  customerName: string
  /** Beginning of the last message. */
  preview: string
  lastIsOurs: boolean
  lastChannel: string
  activityAt: Date
  createdAt: Date
  availableUnits: bigint
  orderExternalId?: string
}

/** Position of a row in the list; the next page begins after it. */
export interface TicketCursor {
  activityAt: Date
  id: bigint
}

export interface TicketFilter {
  shopId: bigint
  status?: TicketView['status']
  customerId?: bigint
  /** The shop's own order id; also of an order that topped the ticket up. */
  order?: string
  /** Ticket number, the shop's order number, or part of subject, name, e-mail or phone. */
  q?: string
  after?: TicketCursor
  limit: number
}

interface ListRow {
  id: bigint
  number: number
  subject: string
  status: TicketView['status']
  customer_id: bigint
  customer_name: string
  preview: string
  last_is_ours: boolean
  last_channel: string
  activity_at: Date
  created_at: Date
  available: bigint
  external_id: string | null
}

/** Tickets by last activity, newest first, by key: the hundredth page costs as much as the first. One round trip. */
export async function listTickets(
  deps: Pick<Deps, 'db' | 'clock'>,
  filter: TicketFilter,
): Promise<{ rows: TicketListRow[]; next?: TicketCursor }> {
  const conditions = ['t.shop_id = $1']
  const values: unknown[] = [
    filter.shopId,
    deps.clock.now(),
    filter.after?.activityAt ?? 'infinity',
    filter.after?.id ?? '9223372036854775807',
    filter.limit + 1,
  ]
  const and = (condition: (place: string) => string, value: unknown) => {
    values.push(value)
    conditions.push(condition(`$${values.length}`))
  }
  if (filter.status) and((p) => `t.status = ${p}`, filter.status)
  if (filter.customerId !== undefined) and((p) => `t.customer_id = ${p}`, filter.customerId)
  if (filter.order) {
    and(
      (p) =>
        `t.id = (select ticket_of_order($1, s.id) from shop_order s where s.shop_id = $1 and s.external_id = ${p}::text)`,
      filter.order,
    )
  }
  if (filter.q) {
    conditions.push(
      searchCondition(filter.q, (value) => {
        values.push(value)
        return `$${values.length}`
      }),
    )
  }
  // A prepared statement's name must always stand for one text, so it spells out the conditions.
  const name = `list-tickets-${createHash('sha1').update(conditions.join()).digest('hex')}`
  const rows = await deps.db.query<ListRow>(
    name,
    `select t.id, t.number, t.subject, t.status, t.customer_id, c.name as customer_name, t.preview, t.last_channel,
       t.status in ('waiting', 'closed') as last_is_ours, t.activity_at, t.created_at, o.external_id,
       (account_balance(t.shop_id, t.customer_id, $2) ->> 'available')::bigint as available
     from ticket t
     join customer c on c.shop_id = t.shop_id and c.id = t.customer_id
     left join shop_order o on o.shop_id = t.shop_id and o.id = t.order_id
     where ${conditions.join(' and ')} and (t.activity_at, t.id) < ($3::timestamptz, $4::bigint)
     order by t.activity_at desc, t.id desc limit $5`,
    values,
  )
  const shown = rows.slice(0, filter.limit)
  const last = shown.at(-1)
  return {
    rows: shown.map(toRow),
    ...(rows.length > filter.limit && last ? { next: { activityAt: last.activity_at, id: last.id } } : {}),
  }
}

function toRow(row: ListRow): TicketListRow {
  return {
    id: row.id,
    number: row.number,
    subject: row.subject,
    status: row.status,
    customerId: row.customer_id,
    customerName: row.customer_name,
    preview: row.preview,
    lastIsOurs: row.last_is_ours,
    lastChannel: row.last_channel,
    activityAt: row.activity_at,
    createdAt: row.created_at,
    availableUnits: row.available,
    ...(row.external_id === null ? {} : { orderExternalId: row.external_id }),
  }
}

/** How many tickets each status has, for the rail. Bounded: counts stop at 1,000, so that history costs nothing. */
export async function countTickets(
  deps: Pick<Deps, 'db'>,
  shopId: bigint,
): Promise<Partial<Record<TicketView['status'], number>>> {
  const rows = await deps.db.query<{ status: TicketView['status']; n: number }>(
    'count-tickets',
    `select s.status, (select count(*) from (
       select from ticket where shop_id = $1 and status = s.status limit 1000) x)::int as n
     from unnest(array['open', 'waiting']) as s(status)`,
    [shopId],
  )
  return Object.fromEntries(rows.map((row) => [row.status, row.n]))
}
