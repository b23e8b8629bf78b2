import type { Sql } from '../../db/database.ts'
import { jobs, priorityOf } from '../../jobs/catalog.ts'
import type { ShopOrder } from '../../ports/shop.ts'

export interface TicketToOpen {
  shopId: bigint
  orderId: bigint
  customerId: bigint
  subject: string
  replyEmail?: string
  replyPhone?: string
  at: Date
}

export interface OpenedTicket {
  ticketId: bigint
  number: number
}

/** Opens the ticket of an order. From its number on, all other orders of the shop wait for the commit: what can be done before it is. */
export async function openTicket(sql: Sql, input: TicketToOpen): Promise<OpenedTicket> {
  const [ticket] = await sql.query<OpenedTicket>(
    'open-order-ticket',
    `insert into ticket (shop_id, number, customer_id, order_id, subject, reply_email, reply_phone, activity_at, created_at)
     values ($1, next_ticket_number($1), $2, $3, $4, $5, $6, $7, $7) returning id as "ticketId", number`,
    [
      input.shopId,
      input.customerId,
      input.orderId,
      input.subject.slice(0, 200),
      input.replyEmail ?? null,
      input.replyPhone ?? null,
      input.at,
    ],
  )
  if (!ticket) throw new Error('opening a ticket returned nothing')
  return ticket
}

/**
 * Closes the ticket of an order that is history, and lists it by when the order was paid: a thousand of them at once must not
 * bury what waits for an answer. It opens as any closed ticket does, when somebody writes.
 */
export async function shelveTicket(
  sql: Sql,
  ticket: { shopId: bigint; ticketId: bigint; activityAt: Date },
): Promise<void> {
  await sql.query(
    'shelve-ticket',
    `update ticket set status = 'closed', activity_at = $3 where shop_id = $1 and id = $2`,
    [ticket.shopId, ticket.ticketId, ticket.activityAt],
  )
}

/** Puts the note that the customer left at the checkout into a conversation; an empty one is none. */
export async function addCustomerNote(
  sql: Sql,
  input: { shopId: bigint; order: ShopOrder; at: Date },
  ticketId: bigint,
): Promise<void> {
  const note = input.order.customerNote.trim()
  if (note === '') return
  await sql.query(
    'add-customer-note',
    `with written as (
       insert into message (shop_id, ticket_id, direction, channel, author_kind, author_name, contact_id, body, state, created_at)
       select t.shop_id, t.id, 'inbound', 'portal', 'customer', $3, b.id, $4, 'received', $5
       from ticket t join authorised_contact b on b.shop_id = t.shop_id and b.customer_id = t.customer_id and b.buyer
       where t.shop_id = $1 and t.id = $2 returning id
     ) update ticket set last_message_id = written.id, last_channel = 'portal', preview = left($4, 140)
     from written where ticket.shop_id = $1 and ticket.id = $2`,
    [input.shopId, ticketId, input.order.customer.name, note, input.at],
  )
}

/** Queues the automatic mail that greets a customer with the balance and the private link; its job renders it. */
export async function queueWelcome(sql: Sql, welcome: Omit<OrderMail, 'template' | 'data'>): Promise<void> {
  await queueOrderMail(sql, { ...welcome, template: 'welcome', data: {} })
}

interface OrderMail {
  shopId: bigint
  ticketId: bigint
  address: string
  template: 'welcome' | 'top-up'
  /** What the template cannot look up later. */
  data: object
  at: Date
}

/** Message and send job in one statement. The caller wakes the workers after its commit. */
export async function queueOrderMail(sql: Sql, mail: OrderMail): Promise<void> {
  const { maxAttempts } = jobs.send_message
  await sql.query(
    'queue-order-mail',
    `with mail as (
       insert into message (shop_id, ticket_id, direction, channel, author_kind, author_name, body, template, data, address, state, created_at)
       values ($1, $2, 'outbound', 'email', 'system', '', '', $3, $4, $5, 'queued', $6) returning id
     ) select enqueue_job('send_message', json_build_object('shopId', $1::bigint::text, 'ticketId', $2::bigint::text, 'messageId', id::text), $7, $8)
     from mail`,
    [
      mail.shopId,
      mail.ticketId,
      mail.template,
      JSON.stringify(mail.data),
      mail.address,
      mail.at,
      maxAttempts,
      priorityOf(jobs.send_message),
    ],
  )
}

/** Quiet lines of the conversation. */
export async function addTicketEvents(
  sql: Sql,
  ticket: { shopId: bigint; ticketId: bigint; at: Date },
  events: readonly TicketEvent[],
): Promise<void> {
  if (events.length === 0) return
  await sql.query(
    'add-ticket-events',
    `with written as (
       insert into ticket_event (shop_id, ticket_id, kind, data, at)
       select $1, $2, e ->> 'kind', e -> 'data', $4 from jsonb_array_elements($3) with ordinality as t (e, n) order by n
     ) update ticket set activity_at = greatest(activity_at, $4) where shop_id = $1 and id = $2`,
    [
      ticket.shopId,
      ticket.ticketId,
      JSON.stringify(events, (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)),
      ticket.at,
    ],
  )
}

export interface TicketEvent {
  kind:
    | 'ticket_opened'
    | 'order_added'
    | 'grant'
    | 'restore'
    | 'revoke'
    | 'order_cancelled'
    | 'order_trashed'
    | 'order_restored'
    | 'needs_contact'
    | 'contact_changed'
    | 'amount_refund_flagged'
    | 'mail_held'
    | 'mail_bounced'
    | 'mail_delayed'
    | 'auto_reply'
  data: Record<string, unknown>
}
