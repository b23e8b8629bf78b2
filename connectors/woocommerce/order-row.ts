import { z } from 'zod'
import { type OrderPage, ShopApiError, type ShopOrder } from '../../src/ports/shop.ts'
import { type ShopCall, ShopRefused } from './client.ts'
import { orderGone, withRefunds } from './orders.ts'
import { unlessRefused } from './parse.ts'
import { describeIssues, id, orderContract, utcTime } from './wire.ts'

export type UnreadableOrder = OrderPage['unreadable'][number]

/** What is needed to tell which order it was, when the rest cannot be read. */
const orderMark = z.object({ id: id.catch(''), date_modified_gmt: utcTime.catch(undefined) })

/** One order of a list with its refunds, or why it cannot be read. Throws when the shop itself is in trouble. */
export async function readRow(call: ShopCall, row: unknown): Promise<ShopOrder | UnreadableOrder> {
  const order = orderContract.safeParse(row)
  if (!order.success) return unreadable(row, `Not an order: ${describeIssues(order.error)}.`)
  try {
    const read = await unlessRefused(orderGone, () => withRefunds(call, order.data))
    return read ?? unreadable(row, 'The shop deleted it while it was being listed.')
  } catch (thrown) {
    const error = thrown instanceof ShopRefused ? thrown.refusal.error : thrown
    if (!(error instanceof ShopApiError) || !isOfThisOrder(error)) throw thrown
    return unreadable(row, error.message)
  }
}

export function unreadable(row: unknown, reason: string): UnreadableOrder {
  const mark = orderMark.safeParse(row).data
  return { orderId: mark?.id ?? '', modifiedAt: mark?.date_modified_gmt, reason }
}

/** A shop that fails with 500 on one order's refunds while it lists orders has a broken refund, and will fail again. */
function isOfThisOrder(error: ShopApiError): boolean {
  return error.status === 500 || (!error.retriable && error.status !== 401)
}
