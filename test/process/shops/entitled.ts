import type { OrderBody } from '../../support/fakes/shop/wire.ts'
import type { FakeShop } from '../../support/fakes/shop.ts'
import { consulting, credits } from './shops-desk.ts'

// Works out from the shop's own books what its customers are entitled to, with nothing of the code that is tested.

const neverPaid = ['pending', 'failed', 'cancelled', 'refunded', 'trash', 'checkout-draft', 'auto-draft']

interface RefundBody {
  line_items: { quantity: number; meta_data: { key: string; value: unknown }[] }[]
}

/** Credits of each order that entitles to any, by the shop's id. */
export function entitledByOrder({ state }: Pick<FakeShop, 'state'>): Map<string, number> {
  const entitled = new Map<string, number>()
  for (const [id, body] of Object.entries(state.orders)) {
    const count = entitledBy(body as OrderBody, (state.refunds[id] ?? []) as RefundBody[])
    if (count > 0) entitled.set(id, count)
  }
  return entitled
}

/** Whose account an order is on, as the shop sees it. */
export function buyerOf(order: OrderBody): string {
  return order.customer_id > 0
    ? `customer ${order.customer_id}`
    : `guest ${order.billing.email?.toLowerCase()}`
}

function entitledBy(order: OrderBody, refunds: RefundBody[]): number {
  const isPaid = order.date_paid_gmt !== null || order.status === 'completed' || Number(order.total) === 0
  if (neverPaid.includes(order.status) || !isPaid) return 0
  let sum = 0
  for (const line of order.line_items) {
    const each = line.product_id === consulting.productId ? consulting.credits : (credits[line.sku] ?? 0)
    sum += each * Math.max(0, line.quantity - takenBack(refunds, line.id))
  }
  return sum
}

function takenBack(refunds: RefundBody[], lineId: number): number {
  let pieces = 0
  for (const { line_items } of refunds) {
    for (const line of line_items) {
      const of = line.meta_data.find(({ key }) => key === '_refunded_item_id')?.value
      if (String(of) === String(lineId)) pieces -= line.quantity
    }
  }
  return pieces
}
