import type { ShopOrder, ShopOrderLine } from '../../ports/shop.ts'

/** In these nobody has paid, or the money went back; no shop may count them as paid. */
export const unpaidStatuses = [
  'pending',
  'failed',
  'cancelled',
  'refunded',
  'trash',
  'checkout-draft',
  'auto-draft',
]
const plainStatuses = [...unpaidStatuses, 'processing', 'completed']

/** What a shop says of its statuses beyond the rule that holds for all shops. */
export interface PaidRule {
  /** Paid also without a date of payment, and nothing to ask a person about. */
  paidStatuses: readonly string[]
  /** Unpaid also with a date of payment. */
  unpaidStatuses: readonly string[]
}

const ruleForAll: PaidRule = { paidStatuses: [], unpaidStatuses: [] }

/** Why an order or a line entitles to less than before; the desk and the statement name it. */
export type RevokeReason = 'refund' | 'cancelled' | 'trashed' | 'line'

export interface EntitledLine {
  line: ShopOrderLine
  /** Pieces less those refunded; never below 0. */
  quantity: number
  /** Of these pieces' units, what is not granted because the period that they are for was granted before. */
  withheldUnits?: bigint
}

export interface Entitlement {
  paid: boolean
  /** Empty when the order is not paid. */
  lines: EntitledLine[]
  /** The reason when it is not paid. */
  reason: RevokeReason
  /** Paid, but in a status that a person should look at: on hold, or one of the shop's own. */
  unusualStatus: boolean
}

/** What an order entitles to in this state, whatever led to it (rule 14). Undefined: the shop has it no more. */
export function entitlementOf(order: ShopOrder | undefined, rule: PaidRule = ruleForAll): Entitlement {
  if (!order || !isPaid(order, rule)) {
    return { paid: false, lines: [], reason: reasonOf(order?.status), unusualStatus: false }
  }
  return {
    paid: true,
    lines: order.lines.map((line) => ({
      line,
      quantity: Math.max(0, line.quantity - line.refundedQuantity),
    })),
    reason: 'line',
    unusualStatus: !plainStatuses.includes(order.status) && !rule.paidStatuses.includes(order.status),
  }
}

/** "processing" alone does not mean paid: cash on delivery is in it without a date of payment. */
function isPaid(order: ShopOrder, rule: PaidRule): boolean {
  if (unpaidStatuses.includes(order.status) || rule.unpaidStatuses.includes(order.status)) return false
  if (rule.paidStatuses.includes(order.status)) return true
  return order.paidAt !== undefined || order.status === 'completed' || Number(order.total) === 0
}

function reasonOf(status: string | undefined): RevokeReason {
  if (status === undefined || status === 'trash') return 'trashed'
  return status === 'refunded' ? 'refund' : 'cancelled'
}

const mostUnits = 10 ** 12

/**
 * Units of so many pieces. Some shops sell by weight, so a quantity may be a fraction; part of a unit is not given.
 * Throws RangeError beyond ten thousand million credits, which no shop has sold.
 */
export function unitsFor(unitsEach: bigint, quantity: number): bigint {
  const units = Math.floor(Number(unitsEach) * quantity + 1e-6)
  if (!(units <= mostUnits)) throw new RangeError(`A line of ${quantity} pieces is beyond what can be right.`)
  return BigInt(Math.max(0, units))
}

/**
 * What was refunded without naming pieces, and how many of the order's units that would be by its share of the total.
 * Undefined when there is nothing for a person to decide. Without the refunds' lines the whole amount counts.
 */
export function amountRefundOf(
  order: ShopOrder,
  entitledUnits: bigint,
): { refunded: string; proposedUnits: number } | undefined {
  const refunded = order.refundedWithoutLines ?? order.refundedTotal
  const amount = Number(refunded)
  const total = Number(order.total)
  if (!(amount > 0) || entitledUnits === 0n) return undefined
  const share = total > 0 ? Math.min(1, amount / total) : 1
  return { refunded, proposedUnits: Math.round(Number(entitledUnits) * share) }
}
