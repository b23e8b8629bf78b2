import { z } from 'zod'
import { type OrderPage, type OrderQuery, ShopApiError, type ShopOrder } from '../../src/ports/shop.ts'
import { type Params, type ShopCall, ShopRefused } from './client.ts'
import { withRefunds } from './orders.ts'
import { fullPage, hasMore, readRows } from './paging.ts'
import { parse } from './parse.ts'
import { describeIssues, id, orderContract, utcTime } from './wire.ts'

/**
 * One page of orders in all statuses and in the trash, oldest change first. An order that breaks the contract, or whose
 * refunds do, is told in `unreadable`; a shop that does not answer fails the whole page, because the same question can
 * be asked again.
 */
export async function listOrders(call: ShopCall, query: OrderQuery): Promise<OrderPage> {
  const answer = await call.get('orders', { ...paramsOf(query), status: await allStatuses(call) })
  const rows = readRows(answer)
  const page: OrderPage = {
    orders: [],
    unreadable: [],
    more: hasMore(answer, rows.length, query.page, query.pageSize),
    total: answer.total,
  }
  // The gate of the client bounds how many of these ask the shop at a time.
  for (const read of await Promise.all(rows.map((row) => readRow(call, row)))) {
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
    per_page: String(query.pageSize),
    page: String(query.page),
    // A list with commas, not an array: over http the vendor's client sorts ten and more elements otherwise than the
    // shop does when it checks the signature.
    ...(query.orderIds && { include: query.orderIds.join(',') }),
    ...(query.changedSince && { modified_after: justBefore(query.changedSince) }),
  }
}

/**
 * The shop leaves out what changed at this very second, and keeps whole seconds. It reads a time with milliseconds as its
 * own local time, so they must not be written.
 */
function justBefore(moment: Date): string {
  const second = Math.floor(moment.getTime() / 1000)
  return new Date((second - 1) * 1000).toISOString().replace('.000Z', 'Z')
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

/** What is needed to tell which order it was, when the rest cannot be read. */
const orderMark = z.object({
  id: id.catch(''),
  date_modified_gmt: utcTime.catch(undefined),
})

async function readRow(
  call: ShopCall,
  row: unknown,
): Promise<ShopOrder | { orderId: string; modifiedAt: Date | undefined; reason: string }> {
  const mark = orderMark.safeParse(row).data
  const unreadable = (reason: string) => ({
    orderId: mark?.id ?? '',
    modifiedAt: mark?.date_modified_gmt,
    reason,
  })
  const order = orderContract.safeParse(row)
  if (!order.success) return unreadable(`Not an order: ${describeIssues(order.error)}.`)
  try {
    return await withRefunds(call, order.data)
  } catch (thrown) {
    const error = thrown instanceof ShopRefused ? thrown.refusal.error : thrown
    if (!(error instanceof ShopApiError) || !isOfThisOrder(error)) throw thrown
    return unreadable(error.message)
  }
}

/** A shop that fails with 500 on one order's refunds while it lists orders has a broken refund, and will fail again. */
function isOfThisOrder(error: ShopApiError): boolean {
  return error.status === 500 || (!error.retriable && error.status !== 401)
}
