import { z } from 'zod'
import type { OrderPage, OrderQuery } from '../../src/ports/shop.ts'
import type { Params, ShopCall } from './client.ts'
import { readRow } from './order-row.ts'
import { fullPage } from './paging.ts'
import { parse, pathId } from './parse.ts'
import { getRows } from './rows.ts'
import { orderContract } from './wire.ts'

/**
 * One page of orders in all statuses and in the trash, oldest change first. An order that breaks the contract, or whose
 * refunds do, is told in `unreadable`; a shop that does not answer fails the whole page, because the same question can
 * be asked again.
 */
export async function listOrders(call: ShopCall, query: OrderQuery): Promise<OrderPage> {
  // WooCommerce takes an empty list for none, and would answer with all orders.
  if (query.orderIds?.length === 0) return { orders: [], unreadable: [], more: false, total: 0 }
  const params = { ...paramsOf(query), status: await allStatuses(call) }
  const found = await getRows(call, 'orders', params, query)
  const page: OrderPage = { orders: [], unreadable: found.unreadable, more: found.more, total: found.total }
  // The gate of the client bounds how many of these ask the shop at a time.
  for (const read of await Promise.all(found.rows.map((row) => readRow(call, row)))) {
    if ('reason' in read) page.unreadable.push(read)
    else page.orders.push(read)
  }
  return page
}

function paramsOf(query: OrderQuery): Params {
  if (query.pageSize > fullPage || (query.orderIds?.length ?? 0) > fullPage) {
    throw new RangeError(`WooCommerce lists at most ${fullPage} orders at a time`)
  }
  return {
    orderby: 'modified',
    order: 'asc',
    // The rest, such as what plugins add, is most of the bytes and of the shop's work.
    _fields: Object.keys(orderContract.shape).join(','),
    // A list with commas, not an array: over http the vendor's client sorts ten and more elements otherwise than the
    // shop does when it checks the signature.
    ...(query.orderIds && { include: query.orderIds.map((id) => pathId(id, 'order')).join(',') }),
    ...(query.changedSince && sinceMoment(query.changedSince)),
  }
}

/**
 * The shop leaves out what changed at this very second, and keeps whole seconds. It reads a time with milliseconds as its
 * own local time, so they must not be written. Moments before 1970 are none to PHP, so "since ever" asks for all.
 */
function sinceMoment(moment: Date): Params {
  const second = Math.floor(moment.getTime() / 1000) - 1
  return second > 0 ? { modified_after: new Date(second * 1000).toISOString().replace('.000Z', 'Z') } : {}
}

const statusTotals = z.array(z.object({ slug: z.string().regex(/^[\w-]+$/) })).min(1)

/**
 * The names of all statuses, those of plugins too, and the trash. "any" cannot stand beside "trash": WooCommerce then
 * takes "any" alone, which leaves the trash out. And the shop refuses a status that it does not know, so it is asked.
 */
async function allStatuses(call: ShopCall): Promise<string> {
  const { body } = await call.get('reports/orders/totals')
  const slugs = parse(statusTotals, body, 'its order statuses').map(({ slug }) => slug)
  return [...new Set([...slugs, 'trash'])].join(',')
}
