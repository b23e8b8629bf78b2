import type { Sql } from '../../db/database.ts'
import type { ShopOrder } from '../../ports/shop.ts'
import { ticketOpenedNote, ticketToppedUpNote } from '../../words/notes.ts'
import { wordsFor } from '../../words/words.ts'
import { queueAgentNews } from '../agent-mail/notify-agents.ts'
import { addContacts, bestEmail } from '../customers/contacts.ts'
import { normalPhone } from '../customers/normal-phone.ts'
import { enqueueQuietly } from '../enqueue.ts'
import type { ShopSettings } from '../shops/find-shop.ts'
import type { LineChange } from './apply-lines.ts'
import { enqueueNote } from './enqueue-note.ts'
import {
  addCustomerNote,
  addTicketEvents,
  openTicket,
  queueWelcome,
  shelveTicket,
  type TicketEvent,
} from './open-ticket.ts'
import { queueTopUp, takeTopUp } from './top-up.ts'

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
  /** Whether the credits go to the customer's open ticket when there is one. */
  topsUp: boolean
  /** Set when the order as a whole went or came back. */
  turn: 'order_cancelled' | 'order_trashed' | 'order_restored' | undefined
  newEmail: string | undefined
  /** The order's e-mail under which the customer was served until this news. */
  servedEmail: string | undefined
  /** The order is history: nobody is written to because of it. */
  quiet: boolean
  at: Date
}

interface TicketOfOrder {
  id: bigint
  /** Another order, or the customer's question, opened it. */
  toppedUp: boolean
}

/**
 * Brings the order's ticket up to date. When the order entitles to credits for the first time it gets one: one that the customer
 * has, where its terms say so or it is of a running subscription, else a new one; once for each order, with a mail and a note on
 * the shop's order. One that is history comes without either, and its own ticket is closed. Undefined while there is none.
 */
export async function settleTicket(sql: Sql, news: TicketNews): Promise<bigint | undefined> {
  const [ticket] = await sql.query<TicketOfOrder>(
    'find-order-ticket',
    `select id, order_id is distinct from $2 as "toppedUp" from ticket
     where shop_id = $1 and id = ticket_of_order($1, $2)`,
    [news.shop.id, news.orderId],
  )
  if (ticket) {
    await updateTicket(sql, news, ticket)
    return ticket.id
  }
  if (news.entitledUnits === 0n) return undefined
  return (await joinTicket(sql, news)) ?? (await openForOrder(sql, news))
}

/** The ticket that the customer has, for an order that needs none of its own. */
async function joinTicket(sql: Sql, news: TicketNews): Promise<bigint | undefined> {
  const rule = news.order.subscription ? news.shop.renewalTicket : 'as_package'
  if (rule === 'none') return await topUpTicket(sql, news, 'newest')
  // What was paid long ago must not open a ticket that somebody closed, or rise above what waits.
  if (news.quiet) return undefined
  return rule === 'as_package' && news.topsUp ? await topUpTicket(sql, news, 'open') : undefined
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
    at,
  })
  const ticket = { shopId: shop.id, ticketId, at }
  const events: TicketEvent[] = [
    { kind: 'ticket_opened', data: { orderNumber: order.number } },
    ...news.changes.map((change) => eventOf(change, order.number)),
    ...(replyEmail === undefined ? [needsContact(order)] : []),
  ]
  await Promise.all([
    addCustomerNote(sql, { shopId: shop.id, order, at }, ticketId),
    addTicketEvents(sql, ticket, events),
    ...(news.quiet
      ? [shelveTicket(sql, { ...ticket, activityAt: order.paidAt ?? order.modifiedAt })]
      : [
          queueAgentNews(sql, { ...ticket, messageId: 0n }, enqueueQuietly),
          replyEmail === undefined ? undefined : queueWelcome(sql, { ...ticket, address: replyEmail }),
          noteOnOrder(sql, news, ticketOpenedNote(wordsFor(shop.locale), noteFacts(news, number))),
        ]),
  ])
  return ticketId
}

/** Undefined when the customer has no ticket that could take the credits. */
async function topUpTicket(
  sql: Sql,
  news: TicketNews,
  which: 'open' | 'newest',
): Promise<bigint | undefined> {
  const { shop, order, customerId, orderId, at } = news
  const phone = normalPhone(order.customer.phone, order.customer.country)
  const ticket = await takeTopUp(sql, {
    shopId: shop.id,
    orderId,
    customerId,
    email: order.customer.email ?? (await bestEmail(sql, shop.id, customerId)),
    phone,
    order,
    which,
    at,
  })
  if (!ticket) return undefined
  const { ticketId, number, replyEmail } = ticket
  await addTicketEvents(sql, { shopId: shop.id, ticketId, at }, [
    { kind: 'order_added', data: { orderNumber: order.number } },
    ...news.changes.map((change) => eventOf(change, order.number)),
    ...(replyEmail === null ? [needsContact(order)] : []),
  ])
  if (news.quiet) return ticketId
  if (replyEmail !== null) {
    await queueTopUp(sql, { shopId: shop.id, ticketId, orderId, order, address: replyEmail, at })
  }
  await noteOnOrder(sql, news, ticketToppedUpNote(wordsFor(shop.locale), noteFacts(news, number)))
  return ticketId
}

function noteFacts(news: TicketNews, number: number): { number: number; grantedUnits: bigint } {
  return { number, grantedUnits: news.entitledUnits }
}

async function noteOnOrder(sql: Sql, { shop, orderId }: TicketNews, note: string): Promise<void> {
  if (!shop.hasKeys || !shop.orderNotes) return
  await enqueueNote(sql, { shopId: shop.id, orderId, note })
}

async function updateTicket(sql: Sql, news: TicketNews, ticket: TicketOfOrder): Promise<void> {
  const { shop, order, newEmail, at } = news
  const ticketId = ticket.id
  await followPhone(sql, news, ticketId)
  if (newEmail !== undefined) await readdress(sql, news, ticket, newEmail)
  const events: TicketEvent[] = news.changes.map((change) => eventOf(change, order.number))
  if (news.turn) events.unshift({ kind: news.turn, data: { orderNumber: order.number } })
  if (newEmail !== undefined) events.push({ kind: 'contact_changed', data: { to: newEmail } })
  await addTicketEvents(sql, { shopId: shop.id, ticketId, at }, events)
  if (newEmail === undefined) return
  const mail = { shopId: shop.id, ticketId, address: newEmail, at }
  if (ticket.toppedUp) await queueTopUp(sql, { ...mail, orderId: news.orderId, order })
  else await queueWelcome(sql, mail)
}

/** The link in the mail that went to the old address must not open the ticket any more. */
async function readdress(sql: Sql, news: TicketNews, ticket: TicketOfOrder, email: string): Promise<void> {
  const place = [news.shop.id, ticket.id, email]
  if (ticket.toppedUp) {
    // It may be answered at an address of another order, which is as good as it was.
    await sql.query(
      'readdress-topped-up',
      `update ticket set reply_email = $3, requester_id = null, link_version = link_version + 1
       where shop_id = $1 and id = $2 and (reply_email is null or reply_email = $4)`,
      [...place, news.servedEmail ?? null],
    )
    return
  }
  await sql.query(
    'readdress-ticket',
    `update ticket set reply_email = $3, customer_id = $4, requester_id = null, link_version = link_version + 1
     where shop_id = $1 and id = $2`,
    [...place, news.customerId],
  )
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
