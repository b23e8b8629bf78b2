import type { ReadDelivery } from '../../src/ports/shop.ts'
import { toShopOrder } from './order.ts'
import { deletedContract, describeIssues, orderContract, restErrorContract } from './wire.ts'

const orderTopics = new Set(['order.created', 'order.updated', 'order.restored'])

/** Reads one delivery's raw body. Pure; every bad input becomes `unreadable` or `unsupported` with its reason. */
export function readDelivery(topic: string, body: Buffer): ReadDelivery {
  if (topic !== 'order.deleted' && !orderTopics.has(topic)) {
    return { kind: 'unsupported', reason: `The topic "${topic.slice(0, 100)}" changes no credits.` }
  }
  const parsed = parseJson(body)
  if (!parsed) return { kind: 'unreadable', reason: 'The body is not JSON.' }
  const refusal = restErrorContract.safeParse(parsed.value)
  if (refusal.success) return { kind: 'unreadable', reason: explainRefusal(refusal.data) }
  return topic === 'order.deleted' ? readDeleted(parsed.value) : readOrder(parsed.value)
}

function parseJson(body: Buffer): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(body.toString('utf8')) }
  } catch {
    return undefined
  }
}

function readDeleted(value: unknown): ReadDelivery {
  const deleted = deletedContract.safeParse(value)
  if (!deleted.success)
    return { kind: 'unreadable', reason: `No order id: ${describeIssues(deleted.error)}.` }
  return { kind: 'orderDeleted', orderId: deleted.data.id }
}

function readOrder(value: unknown): ReadDelivery {
  const wire = orderContract.safeParse(value)
  if (!wire.success) return { kind: 'unreadable', reason: `Not an order: ${describeIssues(wire.error)}.` }
  const order = toShopOrder(wire.data)
  if (!order) return { kind: 'unreadable', reason: 'The order has no date_modified_gmt.' }
  return { kind: 'order', order }
}

function explainRefusal(refusal: { code: string; message: string }): string {
  const said = `${refusal.code.slice(0, 100)}: ${refusal.message.slice(0, 200)}`
  if (refusal.code.includes('cannot_view')) {
    return `The shop sent an error instead of the order (${said}). The webhook's user may not read orders: save the webhook again as an administrator.`
  }
  return `The shop sent an error instead of the order (${said}). The order was gone when the webhook ran.`
}
