import type { ShopOrder } from '../../ports/shop.ts'
import { amountRefundOf, type Entitlement } from './entitlement.ts'
import type { FollowedEmail } from './follow-email.ts'
import type { WantedReview } from './reviews.ts'

export interface ReviewedState {
  orderId: bigint
  order: ShopOrder
  entitlement: Entitlement
  entitledUnits: bigint
  heldBack: FollowedEmail['heldBack']
  lostProduct: boolean
  /** The shop answered that it has the order no more. */
  vanished: boolean
  conflict: boolean
  /** Credits of a changed subscription that wait for a person. */
  change: WantedReview | undefined
}

/** The questions that an order's state puts to a supervisor. */
export function reviewsOf(state: ReviewedState): WantedReview[] {
  const { orderId, order, entitlement } = state
  const named = { orderNumber: order.number }
  const wanted: WantedReview[] = []
  const amount = entitlement.paid ? amountRefundOf(order, state.entitledUnits) : undefined
  if (amount) {
    wanted.push({
      kind: 'amount_refund',
      subjectKey: `${orderId}:${amount.refunded}`,
      data: { ...named, ...amount, total: order.total, currency: order.currency },
    })
  }
  if (entitlement.unusualStatus && state.entitledUnits > 0n) {
    wanted.push({
      kind: 'custom_status',
      subjectKey: `${orderId}:${order.status}`,
      data: { ...named, status: order.status },
    })
  }
  if (state.heldBack) {
    wanted.push({
      kind: 'email_changed',
      subjectKey: `${orderId}:${state.heldBack.to}`,
      data: { ...named, ...state.heldBack },
    })
  }
  if (state.lostProduct) {
    wanted.push({ kind: 'deleted_product', subjectKey: `${orderId}`, data: named })
  }
  if (state.vanished) {
    wanted.push({ kind: 'order_vanished', subjectKey: `${orderId}`, data: named })
  }
  if (state.conflict) {
    wanted.push({ kind: 'conflicting_bodies', subjectKey: conflictKey(orderId, order), data: named })
  }
  if (state.change) wanted.push(state.change)
  return wanted
}

export function conflictKey(orderId: bigint, order: ShopOrder): string {
  return `${orderId}:${order.modifiedAt.toISOString()}`
}
