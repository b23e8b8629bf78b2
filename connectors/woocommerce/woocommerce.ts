import type { z } from 'zod'
import { ShopApiError, type ShopOrder, type ShopPort } from '../../src/ports/shop.ts'
import { createShopClient, type ShopCall, type ShopClientOptions, ShopRefused } from './client.ts'
import { readDelivery } from './delivery.ts'
import { toShopOrder } from './order.ts'
import { summarizeRefunds } from './refunds.ts'
import { describeIssues, orderContract, refundsContract, type WireOrder, type WireRefund } from './wire.ts'

/** WooCommerce caps a page at 100. */
const pageSize = 100

/** More refunds than this on one order is a loop in the shop's paging, not a customer. */
const maxPages = 20

/** The codes by which WooCommerce says that it has no such order. Any other 404 is a wrong address, not a lost order. */
const orderGone = /^woocommerce_rest_(shop_order_invalid_id|invalid_order_id|shop_order_invalid_post_id)$/

/**
 * A WooCommerce shop through the vendor's client. Over http it signs with OAuth 1, over https it sends Basic.
 * Every failure is a ShopApiError whose message says what to do and never holds a key.
 */
export function createWooCommerceShop(options: ShopClientOptions = {}): ShopPort {
  const callShop = createShopClient(options)

  return {
    readDelivery,

    async fetchOrder(keys, orderId) {
      return await withShopErrors(async () => {
        const call = callShop(keys)
        try {
          const order = await getOrder(call, orderId)
          return read(order, order.refunds.length > 0 ? await listRefunds(call, orderId) : [])
        } catch (error) {
          if (error instanceof ShopRefused && isGone(error)) return undefined
          throw error
        }
      })
    },

    async addOrderNote(keys, orderId, note) {
      await withShopErrors(() => callShop(keys).post(`orders/${pathId(orderId)}/notes`, { note }))
    },
  }
}

function read(order: WireOrder, refunds: WireRefund[]): ShopOrder {
  const read = toShopOrder(order, summarizeRefunds(order, refunds))
  if (read) return read
  throw new ShopApiError('The shop sent an order without date_modified_gmt.', { retriable: false })
}

async function getOrder(call: ShopCall, orderId: string): Promise<WireOrder> {
  return parse(orderContract, await call.get(`orders/${pathId(orderId)}`), 'an order')
}

/** All refunds, page by page. */
async function listRefunds(call: ShopCall, orderId: string): Promise<WireRefund[]> {
  const refunds: WireRefund[] = []
  for (let page = 1; page <= maxPages; page += 1) {
    const params = { per_page: String(pageSize), page: String(page) }
    const body = await call.get(`orders/${pathId(orderId)}/refunds`, params)
    const found = parse(refundsContract, body, 'a list of refunds')
    refunds.push(...found)
    if (found.length < pageSize) break
  }
  return refunds
}

function parse<T>(contract: z.ZodType<T>, body: unknown, what: string): T {
  const parsed = contract.safeParse(body)
  if (parsed.success) return parsed.data
  throw new ShopApiError(`The shop did not send ${what}: ${describeIssues(parsed.error)}.`, {
    retriable: false,
  })
}

function isGone(error: ShopRefused): boolean {
  return error.refusal.status === 404 && orderGone.test(error.refusal.code ?? '')
}

function pathId(orderId: string): string {
  if (/^\d{1,20}$/.test(orderId)) return orderId
  throw new ShopApiError('A WooCommerce order id is a whole number.', { retriable: false })
}

async function withShopErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof ShopRefused ? error.refusal.error : error
  }
}
