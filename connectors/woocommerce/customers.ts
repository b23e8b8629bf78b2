import { z } from 'zod'
import type { ShopCustomerFacts } from '../../src/ports/shop.ts'
import type { Params, ShopCall } from './client.ts'
import { addDecimals, type Decimal, decimalOf, writeDecimal } from './decimal.ts'
import { fullPage, hasMore, readRows } from './paging.ts'
import { parse, pathId, unlessRefused } from './parse.ts'
import { orderContract, text } from './wire.ts'

const customerGone =
  /^(wc_user_invalid_id|woocommerce_rest_(customer_)?invalid_id|woocommerce_rest_cannot_view)$/

/** The newest orders that are read; a reseller may have thousands. */
const mostOrders = 300

const notBought = new Set(['pending', 'failed', 'cancelled', 'trash', 'checkout-draft', 'auto-draft'])

const boughtContract = orderContract.pick({
  id: true,
  number: true,
  status: true,
  currency: true,
  total: true,
  billing: true,
  date_created_gmt: true,
  date_paid_gmt: true,
  refunds: true,
})
type Bought = z.infer<typeof boughtContract>

const accountContract = z.object({
  email: text,
  billing: z.object({ email: text, country: text }).partial().catch({}),
})
type Account = z.infer<typeof accountContract>

/**
 * What the shop's orders tell of a buyer who may have several accounts and e-mails. Carts that were never finished and orders in
 * the trash are no orders.
 */
export async function readCustomer(
  call: ShopCall,
  customer: { shopCustomerIds?: readonly string[]; emails?: readonly string[] },
): Promise<ShopCustomerFacts> {
  const ids = (customer.shopCustomerIds ?? []).map((id) => pathId(id, 'customer'))
  const emails = (customer.emails ?? []).map(normalEmail).filter((email) => email !== '')
  if (ids.length + emails.length === 0) throw new RangeError('a customer is asked for by id or by e-mail')
  const accounts: Account[] = []
  const found: Found[] = []
  for (const id of ids) {
    const account = await readAccount(call, id)
    if (account) accounts.push(account)
    found.push(await readOrders(call, { customer: id }, () => true))
  }
  for (const email of emails) {
    // The shop's search also finds the address within others, and in notes and names.
    found.push(await readOrders(call, { search: email }, (order) => emailOf(order) === email))
  }
  const orders = newestFirst(found.flatMap((one) => one.orders))
  const dates = orders.flatMap(({ date_created_gmt }) => date_created_gmt ?? [])
  return {
    orders: orders.length,
    complete: found.every((one) => one.complete),
    spent: sumSpent(orders),
    firstOrderAt: dates.at(-1),
    lastOrderAt: dates[0],
    country: countryOf(orders, accounts),
    emails: emailsOf(orders, accounts, emails),
    latest: orders.slice(0, 10).flatMap((order) => toLatest(order) ?? []),
  }
}

/** Each once: an account's order is found by its e-mail too. */
function newestFirst(orders: Bought[]): Bought[] {
  const timeOf = (order: Bought) => order.date_created_gmt?.getTime() ?? 0
  return [...new Map(orders.map((order) => [order.id, order])).values()].sort(
    (a, b) => timeOf(b) - timeOf(a) || Number(b.id) - Number(a.id),
  )
}

interface Found {
  orders: Bought[]
  complete: boolean
}

/** Newest first. */
async function readOrders(call: ShopCall, who: Params, isTheirs: (order: Bought) => boolean): Promise<Found> {
  const orders = new Map<string, Bought>()
  for (let page = 1; page <= mostOrders / fullPage; page += 1) {
    const answer = await call.get('orders', {
      ...who,
      orderby: 'date',
      order: 'desc',
      _fields: Object.keys(boughtContract.shape).join(','),
      per_page: String(fullPage),
      page: String(page),
    })
    const rows = readRows(answer)
    for (const order of rows.flatMap((row) => boughtContract.safeParse(row).data ?? [])) {
      if (isTheirs(order) && !/^(checkout-draft|auto-draft|trash)$/.test(order.status)) {
        orders.set(order.id, order)
      }
    }
    if (!hasMore(answer, rows.length, page, fullPage)) return { orders: [...orders.values()], complete: true }
  }
  return { orders: [...orders.values()], complete: false }
}

/** Undefined when the shop has no such account any more, or the key's user may not see accounts. */
async function readAccount(call: ShopCall, id: string): Promise<Account | undefined> {
  return await unlessRefused(customerGone, async () =>
    parse(accountContract, (await call.get(`customers/${id}`)).body, 'a customer'),
  )
}

function sumSpent(orders: Bought[]): ShopCustomerFacts['spent'] {
  const sums = new Map<string, Decimal>()
  for (const order of orders.filter(isPaid)) {
    const parts = [order.total, ...order.refunds.map(({ total }) => total)].map(decimalOf)
    sums.set(order.currency, addDecimals([sums.get(order.currency) ?? { units: 0n, scale: 0 }, ...parts]))
  }
  return [...sums].map(([currency, amount]) => ({ currency, amount: writeDecimal(amount) }))
}

/** A refunded order counts with its refunds, so it adds nothing unless less was paid back than paid. */
function isPaid(order: Bought): boolean {
  return !notBought.has(order.status) && (order.date_paid_gmt !== undefined || order.status === 'completed')
}

function emailOf(order: Bought): string {
  return normalEmail(order.billing.email)
}

function normalEmail(email: string | undefined): string {
  return (email ?? '').trim().toLowerCase()
}

function emailsOf(orders: Bought[], accounts: Account[], asked: string[]): string[] {
  const named = accounts.flatMap((account) => [account.email, account.billing.email])
  const all = [...asked, ...named.map(normalEmail), ...orders.map(emailOf)]
  return [...new Set(all)].filter((email) => email !== '')
}

function countryOf(orders: Bought[], accounts: Account[]): string {
  const told = [...orders, ...accounts].map(({ billing }) => billing.country)
  return (told.find((country) => country && /^[a-z]{2}$/i.test(country.trim())) ?? '').trim().toUpperCase()
}

function toLatest(order: Bought): ShopCustomerFacts['latest'][number] | undefined {
  const { id, number, status, total, currency, date_created_gmt: at } = order
  return at && { orderId: id, number: number || id, status, total, currency, at }
}
