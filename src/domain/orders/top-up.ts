import type { Sql } from '../../db/database.ts'
import type { ShopOrder } from '../../ports/shop.ts'
import { addCustomerNote, queueOrderMail } from './open-ticket.ts'

export interface TopUp {
  shopId: bigint
  orderId: bigint
  customerId: bigint
  /** Where the customer is written to when the ticket itself has no address. */
  email: string | undefined
  phone: string | undefined
  order: ShopOrder
  /** `open`: one that is not closed, and it is open then. `newest`: a closed one too, and it stays as it is. */
  which: 'open' | 'newest'
  at: Date
}

export interface ToppedUpTicket {
  ticketId: bigint
  number: number
  replyEmail: string | null
}

/**
 * Brings an order to a ticket of its customer: of those that are not closed the one on which something happened last; undefined
 * when there is none. A ticket that is topped up by a purchase is open then, as if the customer had written: somebody may wait
 * for the credits with an answer. A renewal says nothing of the kind. The caller holds the customer's account, so that two
 * orders at once do not both find none.
 */
export async function takeTopUp(sql: Sql, input: TopUp): Promise<ToppedUpTicket | undefined> {
  const { shopId, customerId, which } = input
  const [found] = await sql.query<{ id: bigint }>(
    'find-ticket-to-top-up',
    `select id from ticket where shop_id = $1 and customer_id = $2
       and status = any (case $3 when 'open' then '{open,waiting,snoozed}' else '{open,waiting,snoozed,closed}' end::text[])
     order by status = 'closed', activity_at desc, id desc limit 1 for update`,
    [shopId, customerId, which],
  )
  if (!found) return undefined
  const [ticket] = await sql.query<ToppedUpTicket>(
    'take-top-up',
    `with linked as (insert into top_up (shop_id, order_id, ticket_id, at) values ($1, $3, $2, $6))
     update ticket set status = case $7 when 'open' then 'open' else status end, reply_email = coalesce(reply_email, $4), reply_phone = coalesce(reply_phone, $5)
     where shop_id = $1 and id = $2 returning id as "ticketId", number, reply_email as "replyEmail"`,
    [shopId, found.id, input.orderId, input.email ?? null, input.phone ?? null, input.at, which],
  )
  if (!ticket) throw new Error('a locked ticket is not there')
  await addCustomerNote(sql, input, ticket.ticketId)
  return ticket
}

/** What the mail says was bought; it is kept with the message, because the order may change before the mail goes out. */
export interface BoughtGrant {
  name: string
  /** Units; a number, because it is kept as JSON. */
  units: number
  /** ISO 8601; null never ends. */
  expiresAt: string | null
}

/** Queues the automatic mail that tells a customer what an order added, with the balance and the private link. */
export async function queueTopUp(
  sql: Sql,
  mail: { shopId: bigint; ticketId: bigint; orderId: bigint; order: ShopOrder; address: string; at: Date },
): Promise<void> {
  const grants = await sql.query<{ name: string; units: bigint; expiresAt: Date | null }>(
    'bought-grants',
    `select name, promised as units, expires_at as "expiresAt" from credit_grant
     where shop_id = $1 and order_id = $2 and source = 'order_line' and promised > 0 order by id`,
    [mail.shopId, mail.orderId],
  )
  const bought: BoughtGrant[] = grants.map(({ name, units, expiresAt }) => ({
    name,
    units: Number(units),
    expiresAt: expiresAt?.toISOString() ?? null,
  }))
  await queueOrderMail(sql, {
    shopId: mail.shopId,
    ticketId: mail.ticketId,
    address: mail.address,
    template: 'top-up',
    data: { orderNumber: mail.order.number, bought },
    at: mail.at,
  })
}
