import type { ReadDelivery } from '../../src/ports/shop.ts'
import { toShopOrder } from './order.ts'
import {
  deletedContract,
  describeIssues,
  orderContract,
  productHintContract,
  restErrorContract,
} from './wire.ts'

type Reader = (value: unknown) => ReadDelivery

const readers: Record<string, { what: 'order' | 'product'; read: Reader }> = {
  'order.created': { what: 'order', read: readOrder },
  'order.updated': { what: 'order', read: readOrder },
  'order.restored': { what: 'order', read: readOrder },
  'order.deleted': { what: 'order', read: readDeletedOrder },
  'product.created': { what: 'product', read: readProduct },
  'product.updated': { what: 'product', read: readProduct },
  'product.restored': { what: 'product', read: readProduct },
  'product.deleted': { what: 'product', read: readDeletedProduct },
}

/** Reads one delivery's raw body. Pure; every bad input becomes `unreadable` or `unsupported` with its reason. */
export function readDelivery(topic: string, body: Buffer): ReadDelivery {
  const reader = Object.hasOwn(readers, topic) ? readers[topic] : undefined
  if (!reader) {
    return { kind: 'unsupported', reason: `The topic "${topic.slice(0, 100)}" changes no credits.` }
  }
  const parsed = parseJson(body)
  if (!parsed) return { kind: 'unreadable', reason: 'The body is not JSON.' }
  const refusal = restErrorContract.safeParse(parsed.value)
  if (refusal.success) return { kind: 'unreadable', reason: explainRefusal(refusal.data, reader.what) }
  return reader.read(parsed.value)
}

function parseJson(body: Buffer): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(body.toString('utf8')) }
  } catch {
    return undefined
  }
}

function readDeletedOrder(value: unknown): ReadDelivery {
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

function readDeletedProduct(value: unknown): ReadDelivery {
  const deleted = deletedContract.safeParse(value)
  if (!deleted.success)
    return { kind: 'unreadable', reason: `No product id: ${describeIssues(deleted.error)}.` }
  return { kind: 'productDeleted', id: deleted.data.id }
}

/** News of a variation is news of its product: the two are asked for together. */
function readProduct(value: unknown): ReadDelivery {
  const hint = productHintContract.safeParse(value)
  if (!hint.success) return { kind: 'unreadable', reason: `Not a product: ${describeIssues(hint.error)}.` }
  const { id, type, parent_id } = hint.data
  return { kind: 'product', productId: type === 'variation' && parent_id !== '0' ? parent_id : id }
}

function explainRefusal(refusal: { code: string; message: string }, what: 'order' | 'product'): string {
  const said = `${refusal.code.slice(0, 100)}: ${refusal.message.slice(0, 200)}`
  if (refusal.code.includes('cannot_view')) {
    return `The shop sent an error instead of the ${what} (${said}). The webhook's user may not read ${what}s: save the webhook again as an administrator.`
  }
  return `The shop sent an error instead of the ${what} (${said}). The ${what} was gone when the webhook ran.`
}
