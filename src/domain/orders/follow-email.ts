import type { Sql } from '../../db/database.ts'
import type { ShopOrder } from '../../ports/shop.ts'
import { addContacts } from '../customers/contacts.ts'
import { resolveCustomer } from '../customers/resolve-customer.ts'
import { lockAccounts } from './lock-accounts.ts'

export interface ServedOrder {
  shopId: bigint
  orderId: bigint
  customerId: bigint
  /** The order's e-mail under which the customer is served so far. */
  servedEmail?: string
  order: ShopOrder
  locale: string
  at: Date
}

export interface FollowedEmail {
  /** Another one when the order went over to another customer; its grants and ticket have to follow. */
  customerId: bigint
  servedEmail?: string
  /** To be welcomed. */
  newEmail?: string
  /** The change waits for a supervisor: credits were spent under the old address, or the ticket serves another order too. */
  heldBack?: { from: string; to: string }
}

/**
 * Follows a change of the order's e-mail: while nothing is spent, the contact is replaced, or the order goes to the customer
 * who has that address; after that nothing moves by itself, since one of the two people would lose or gain by it. Nor does an
 * order go to somebody else whose ticket serves another order too, because the conversation is about both.
 */
export async function followEmail(sql: Sql, served: ServedOrder): Promise<FollowedEmail> {
  const { shopId, customerId, servedEmail } = served
  const unchanged = { customerId, ...(servedEmail !== undefined && { servedEmail }) }
  const email = served.order.customer.email
  if (email === undefined || email === servedEmail) return unchanged
  const guest = await findGuest(sql, shopId, email)
  await lockAccounts(sql, shopId, guest === undefined ? [customerId] : [customerId, guest], served.at)
  const staysCustomer = guest === customerId || (await isRegistered(sql, served))
  const bound = !(await isUntouched(sql, served)) || (!staysCustomer && (await sharesTicket(sql, served)))
  if (bound && servedEmail !== undefined) {
    return { ...unchanged, heldBack: { from: servedEmail, to: email } }
  }
  const followed = { servedEmail: email, newEmail: email }
  if (staysCustomer || bound) {
    await replaceEmail(sql, served, email)
    return { ...followed, customerId }
  }
  if (guest === undefined && !served.order.customer.shopCustomerId && (await isOnlyOrder(sql, served))) {
    await sql.query('rename-guest', 'update customer set guest_email = $3 where shop_id = $1 and id = $2', [
      shopId,
      customerId,
      email,
    ])
    await replaceEmail(sql, served, email)
    return { ...followed, customerId }
  }
  const person = served.order.customer
  const target = await resolveCustomer(sql, { shopId, person, locale: served.locale, at: served.at })
  return { ...followed, customerId: target }
}

async function findGuest(sql: Sql, shopId: bigint, email: string): Promise<bigint | undefined> {
  const [row] = await sql.query<{ id: bigint }>(
    'find-guest',
    'select coalesce(merged_into, id) as id from customer where shop_id = $1 and guest_email = $2',
    [shopId, email],
  )
  return row?.id
}

/** True while nobody has used, holds, froze or adjusted any of the order's credits, and nothing else came of them. */
async function isUntouched(sql: Sql, served: ServedOrder): Promise<boolean> {
  const [row] = await sql.query<{ touched: boolean }>(
    'is-order-touched',
    `select coalesce(bool_or(consumed > 0 or held > 0 or frozen or entitled <> promised or source <> 'order_line'), false) as touched
     from credit_grant where shop_id = $1 and order_id = $2`,
    [served.shopId, served.orderId],
  )
  return row?.touched === false
}

async function sharesTicket(sql: Sql, served: ServedOrder): Promise<boolean> {
  const [row] = await sql.query<{ shares: boolean }>(
    'shares-ticket',
    `select exists (select from top_up where shop_id = $1 and ticket_id = ticket_of_order($1, $2)) as shares`,
    [served.shopId, served.orderId],
  )
  return row?.shares === true
}

async function isRegistered(sql: Sql, served: ServedOrder): Promise<boolean> {
  const [row] = await sql.query<{ registered: boolean }>(
    'is-registered',
    'select shop_customer_id is not null as registered from customer where shop_id = $1 and id = $2',
    [served.shopId, served.customerId],
  )
  return row?.registered === true
}

async function isOnlyOrder(sql: Sql, served: ServedOrder): Promise<boolean> {
  const [row] = await sql.query<{ more: boolean }>(
    'has-more-than-order',
    `select exists (select from shop_order where shop_id = $1 and customer_id = $2 and id <> $3)
       or exists (select from ticket where shop_id = $1 and customer_id = $2 and order_id is distinct from $3)
       or exists (select from credit_grant where shop_id = $1 and customer_id = $2 and order_id is distinct from $3) as more`,
    [served.shopId, served.customerId, served.orderId],
  )
  return row?.more === false
}

/** The old address goes, unless it was verified or another order of the customer is served under it. */
async function replaceEmail(sql: Sql, served: ServedOrder, email: string): Promise<void> {
  const { shopId, customerId, at } = served
  await addContacts(sql, { shopId, customerId, at }, [{ kind: 'email', value: email }])
  await sql.query(
    'drop-old-email',
    `delete from contact where shop_id = $1 and customer_id = $2 and kind = 'email' and value = $3 and verified_at is null
       and not exists (select from shop_order where shop_id = $1 and customer_id = $2 and id <> $4
         and snapshot ->> 'servedEmail' = $3)`,
    [shopId, customerId, served.servedEmail ?? null, served.orderId],
  )
}
