import { z } from 'zod'
import { ShopApiError, type ShopOrder } from '../../src/ports/shop.ts'
import type { ShopCall } from './client.ts'
import { toShopOrder } from './order.ts'
import { getAll } from './paging.ts'
import { parse, pathId, unlessRefused } from './parse.ts'
import { summarizeRefunds } from './refunds.ts'
import { orderContract, refundsContract, text, type WireOrder } from './wire.ts'

/** The codes by which WooCommerce says that it has no such order. Any other 404 is a wrong address, not a lost order. */
export const orderGone =
  /^woocommerce_rest_(shop_order_invalid_id|order_invalid_id|invalid_order_id|shop_order_invalid_post_id)$/

/** The order with its refunds' lines; undefined when the shop has it no more. */
export async function fetchOrder(call: ShopCall, orderId: string): Promise<ShopOrder | undefined> {
  return await unlessRefused(orderGone, async () => {
    const { body } = await call.get(`orders/${pathId(orderId, 'order')}`)
    return await withRefunds(call, parse(orderContract, body, 'an order'))
  })
}

/** Asks for the refunds when the order has any: which lines they take back stands nowhere else. */
export async function withRefunds(call: ShopCall, order: WireOrder): Promise<ShopOrder> {
  const rows = order.refunds.length > 0 ? await getAll(call, `orders/${order.id}/refunds`) : []
  const read = toShopOrder(order, summarizeRefunds(order, parse(refundsContract, rows, 'a list of refunds')))
  if (read) return read
  throw new ShopApiError('The shop sent an order without date_modified_gmt.', { retriable: false })
}

/** The shop gives all notes at once; it knows no pages of them. */
export async function listOrderNotes(call: ShopCall, orderId: string): Promise<string[]> {
  const found = await unlessRefused(orderGone, async () => {
    const { body } = await call.get(`orders/${pathId(orderId, 'order')}/notes`)
    return parse(z.array(z.object({ note: text })), body, 'a list of notes').map(({ note }) => note)
  })
  return found ?? []
}

export async function addOrderNote(call: ShopCall, orderId: string, note: string): Promise<void> {
  await call.post(`orders/${pathId(orderId, 'order')}/notes`, { note })
}

export async function writeOrderMeta(
  call: ShopCall,
  orderId: string,
  meta: Record<string, string | null>,
): Promise<void> {
  const meta_data = Object.entries(meta).map(([key, value]) => ({ key, value }))
  await unlessRefused(orderGone, () => call.put(`orders/${pathId(orderId, 'order')}`, { meta_data }))
}
