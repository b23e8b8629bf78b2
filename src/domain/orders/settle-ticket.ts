import type { Sql } from '../../db/database.ts'
import type { ShopOrder } from '../../ports/shop.ts'
import { ticketOpenedNote } from '../../words/notes.ts'
import { wordsFor } from '../../words/words.ts'
import { addContacts, bestEmail } from '../customers/contacts.ts'
import { normalPhone } from '../customers/normal-phone.ts'
import { enqueueJob } from '../enqueue.ts'
import type { ShopSettings } from '../shops/find-shop.ts'
import type { LineChange } from './apply-lines.ts'
import { addTicketEvents, openTicket, queueWelcome, type TicketEvent } from './open-ticket.ts'

export interface TicketNews {
  shop: ShopSettings
  orderId: bigint
  customerId: bigint
  /** The newest state that is known, also of an order that is gone. */
  order: ShopOrder
  /** The state before, when there was one. */
  before: ShopOrder | undefined
  entitledUnits: bigint
  changes: readonly LineChange[]
  /** Set when the order as a whole went or came back. */
  turn: 'order_cancelled' | 'order_trashed' | 'order_restored' | undefined
  newEmail: string | undefined
  at: Date
}

/**
 * Brings the order's ticket up to date, and opens it when the order entitles to credits for the first time: once for each
 * order, with a welcome and a note on the shop's order. Undefined while there is none.
 */
export async function settleTicket(sql: Sql, news: TicketNews): Promise<bigint | undefined> {
  const [ticket] = await sql.query<{ id: bigint }>(
    'find-order-ticket',
    'select id from ticket where shop_id = $1 and order_id = $2',
    [news.shop.id, news.orderId],
  )
  if (ticket) {
    await updateTicket(sql, news, ticket.id)
    return ticket.id
  }
  return news.entitledUnits > 0n ? await openForOrder(sql, news) : undefined
}

async function openForOrder(sql: Sql, news: TicketNews): Promise<bigint> {
  const { shop, order, customerId, orderId, at } = news
  const replyEmail = order.customer.email ?? (await bestEmail(sql, shop.id, customerId))
  const replyPhone = normalPhone(order.customer.phone, order.customer.country)
  const { ticketId, number } = await openTicket(sql, {
    shopId: shop.id,
    orderId,
    customerId,
    subject: [...new Set(news.changes.map((change) => change.name))].join(', '),
    ...(replyEmail !== undefined && { replyEmail }),
    ...(replyPhone !== undefined && { replyPhone }),
    order,
    at,
  })
  await addTicketEvents(sql, { shopId: shop.id, ticketId, at }, [
    { kind: 'ticket_opened', data: { orderNumber: order.number } },
    ...news.changes.map((change) => eventOf(change, order.number)),
    ...(replyEmail === undefined ? [needsContact(order)] : []),
  ])
  if (replyEmail !== undefined) {
    await queueWelcome(sql, { shopId: shop.id, ticketId, address: replyEmail, at })
  }
  if (shop.hasKeys) {
    const note = ticketOpenedNote(wordsFor(shop.locale), { number, grantedUnits: news.entitledUnits })
    await enqueueJob(sql, 'add_order_note', { shopId: String(shop.id), orderId: String(orderId), note })
  }
  return ticketId
}

async function updateTicket(sql: Sql, news: TicketNews, ticketId: bigint): Promise<void> {
  const { shop, order, customerId, at } = news
  await followPhone(sql, news, ticketId)
  if (news.newEmail !== undefined) {
    // The link in the mail that went to the old address must not open the ticket any more.
    await sql.query(
      'readdress-ticket',
      `update ticket set customer_id = $3, reply_email = $4, requester_id = null, link_version = link_version + 1
       where shop_id = $1 and id = $2`,
      [shop.id, ticketId, customerId, news.newEmail],
    )
  }
  const events: TicketEvent[] = news.changes.map((change) => eventOf(change, order.number))
  if (news.turn) events.unshift({ kind: news.turn, data: { orderNumber: order.number } })
  if (news.newEmail !== undefined) events.push({ kind: 'contact_changed', data: { to: news.newEmail } })
  await addTicketEvents(sql, { shopId: shop.id, ticketId, at }, events)
  if (news.newEmail !== undefined) {
    await queueWelcome(sql, { shopId: shop.id, ticketId, address: news.newEmail, at })
  }
}

/** A corrected phone takes the place of the order's former one, but not of a number that the customer wrote from. */
async function followPhone(sql: Sql, news: TicketNews, ticketId: bigint): Promise<void> {
  const { shop, order, before, customerId, at } = news
  if (order.customer.phone === before?.customer.phone) return
  const phone = normalPhone(order.customer.phone, order.customer.country)
  if (phone === undefined) return
  const former = before && normalPhone(before.customer.phone, before.customer.country)
  await addContacts(sql, { shopId: shop.id, customerId, at }, [{ kind: 'phone', value: phone }])
  await sql.query(
    'follow-phone',
    `update ticket set reply_phone = $3 where shop_id = $1 and id = $2 and (reply_phone is null or reply_phone = $4)`,
    [shop.id, ticketId, phone, former ?? null],
  )
}

function eventOf(change: LineChange, orderNumber: string): TicketEvent {
  const { kind, ...data } = change
  return { kind, data: { ...data, orderNumber } }
}

function needsContact(order: ShopOrder): TicketEvent {
  return { kind: 'needs_contact', data: { orderNumber: order.number } }
}
