import {
  absolute,
  addDecimals,
  type Decimal,
  decimalOf,
  isGreater,
  subtractDecimal,
  writeDecimal,
} from './decimal.ts'
import type { WireOrder, WireRefund } from './wire.ts'

export interface RefundSummary {
  /** Units taken back, by the order's line id. */
  quantityByLine: Map<string, number>
  total: string
  withoutLines: string | undefined
}

/** The sum that the order itself tells; which lines were taken back is not in it. */
export function summarizeOrderRefunds(order: WireOrder): RefundSummary {
  const amounts = order.refunds.map((refund) => absolute(decimalOf(refund.total)))
  return {
    quantityByLine: new Map(),
    total: writeDecimal(addDecimals(amounts, scaleOf(order))),
    withoutLines: order.refunds.length === 0 ? writeDecimal(addDecimals([], scaleOf(order))) : undefined,
  }
}

/**
 * The refunds with their lines. A refund that the order names but the list does not hold (it was made or deleted
 * between the two requests) counts as an amount without lines, so that a person looks at it instead of nobody.
 */
export function summarizeRefunds(order: WireOrder, refunds: WireRefund[]): RefundSummary {
  const listed = new Set(refunds.map((refund) => refund.id))
  const unlisted = order.refunds
    .filter((refund) => !listed.has(refund.id))
    .map((refund) => absolute(decimalOf(refund.total)))
  const amounts = refunds.map((refund) => absolute(decimalOf(refund.amount)))
  return {
    quantityByLine: sumQuantities(refunds),
    total: writeDecimal(addDecimals([...amounts, ...unlisted], scaleOf(order))),
    withoutLines: writeDecimal(
      addDecimals([...refunds.map(amountWithoutLines), ...unlisted], scaleOf(order)),
    ),
  }
}

function scaleOf(order: WireOrder): number {
  return decimalOf(order.total).scale
}

function sumQuantities(refunds: WireRefund[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const line of refunds.flatMap((refund) => refund.line_items)) {
    const entry = line.meta_data.find((meta) => meta.key === '_refunded_item_id')
    if (!entry) continue
    const lineId = String(entry.value)
    sums.set(lineId, (sums.get(lineId) ?? 0) + Math.abs(line.quantity))
  }
  return sums
}

/**
 * What one refund paid back beyond lines with a quantity, shipping and fees. A line that was refunded by amount only
 * (quantity 0) counts here: it takes no units back, so a person has to decide.
 */
function amountWithoutLines(refund: WireRefund): Decimal {
  const named = [
    ...refund.line_items.filter((line) => line.quantity !== 0),
    ...refund.shipping_lines,
    ...refund.fee_lines,
  ]
  const parts = named.flatMap((line) => [
    absolute(decimalOf(line.total)),
    absolute(decimalOf(line.total_tax)),
  ])
  const rest = subtractDecimal(absolute(decimalOf(refund.amount)), addDecimals(parts))
  // The shop rounds each part by itself; a cent for each of them is rounding and nobody's refund.
  const rounding = { units: BigInt(parts.length), scale: 2 }
  return isGreater(rest, rounding) ? rest : { units: 0n, scale: 0 }
}
