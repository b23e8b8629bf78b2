import { draftIsSentSql } from '../drafts/sent-draft.ts'
import type { TicketView } from './get-ticket.ts'

/** A ticket as a row of a list. */
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
  tags: string[]
  assignee?: { id: bigint; name: string }
  snoozedUntil?: Date
  /** Since when the customer waits; absent while nobody does. */
  waitingSince?: Date
  /** By when the first answer was promised; absent when nothing was, or it was given. */
  dueAt?: Date
  mergedInto?: bigint
  /** Whoever looks began an answer there and did not send it. */
  hasDraft: boolean
}

export interface ListRow {
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
  tags: string[]
  assignee_id: bigint | null
  assignee_name: string | null
  snoozed_until: Date | null
  waiting_since: Date | null
  due_at: Date | null
  merged_into: bigint | null
  has_draft: boolean
}

// Whether the newest words are ours, of those that were merged into it too. Of what waits for the customer the status tells it without a look.
const lastIsOurs = `case when t.status = 'waiting' then true when t.preview = '' then false else (
    select coalesce(max(last.id) filter (where last.direction = 'outbound') = max(last.id), false)
    from (select t.id union all select s.id from ticket s where s.shop_id = t.shop_id and s.merged_into = t.id) part,
      lateral (
        select m.id, m.direction from message m
        where m.shop_id = t.shop_id and m.ticket_id = part.id and m.direction <> 'note' and m.template is null and m.undone_at is null
        order by m.id desc limit 1) last) end`

/** Columns of a row; $1 is the shop, $2 the time. Beside `rowTables`. */
export const rowColumns = `t.id, t.number, t.subject, t.status, t.customer_id, c.name as customer_name, t.preview, t.last_channel,
  ${lastIsOurs} as last_is_ours, t.activity_at, t.created_at, o.external_id, t.tags, t.assignee_id,
  b.name as assignee_name, t.snoozed_until, t.waiting_since, case when t.first_response_at is null then t.due_at end as due_at,
  t.merged_into, f.available`

/** Whether this agent's answer waits on ticket t; nobody else is told of it. `agent`: an id as SQL, '' for nobody. */
export function draftColumn(agent: string): string {
  if (agent === '') return 'false as has_draft'
  return `exists (select from draft d where d.shop_id = t.shop_id and d.ticket_id = t.id and d.agent_id = ${agent}
    and not (${draftIsSentSql})) as has_draft`
}

export const rowTables = `ticket t
  join customer c on c.shop_id = t.shop_id and c.id = t.customer_id
  left join shop_order o on o.shop_id = t.shop_id and o.id = t.order_id
  left join agent b on b.shop_id = t.shop_id and b.id = t.assignee_id
  left join lateral account_figures(t.shop_id, t.customer_id, $2) f on true`

export function toRow(row: ListRow): TicketListRow {
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
    hasDraft: row.has_draft,
    tags: row.tags,
    ...(row.external_id !== null && { orderExternalId: row.external_id }),
    ...(row.assignee_id !== null && { assignee: { id: row.assignee_id, name: row.assignee_name ?? '' } }),
    ...(row.snoozed_until !== null && { snoozedUntil: row.snoozed_until }),
    ...(row.waiting_since !== null && { waitingSince: row.waiting_since }),
    ...(row.due_at !== null && { dueAt: row.due_at }),
    ...(row.merged_into !== null && { mergedInto: row.merged_into }),
  }
}
