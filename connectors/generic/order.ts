import type { ShopOrder } from '../../src/ports/shop.ts'
import type { statuses, WireOrder } from './contract.ts'

/** Our words for a status are WooCommerce's; in `completed` nobody has to look at the order. */
const statusOf: Record<(typeof statuses)[number], string> = {
  paid: 'completed',
  unpaid: 'pending',
  cancelled: 'cancelled',
  refunded: 'refunded',
  failed: 'failed',
}

export function toShopOrder(order: WireOrder): ShopOrder {
  const { customer } = order
  return {
    orderId: order.id,
    number: order.number ?? order.id,
    status: statusOf[order.status],
    currency: order.currency.toUpperCase(),
    total: order.total,
    ...(order.paidAt && { paidAt: order.paidAt }),
    modifiedAt: order.modifiedAt,
    createdVia: 'generic',
    customerNote: order.note,
    customer: {
      ...(customer.id !== undefined && { shopCustomerId: customer.id }),
      ...(customer.email !== undefined && { email: customer.email.toLowerCase() }),
      name: customer.name,
      company: customer.company,
      phone: customer.phone,
      country: customer.country?.toUpperCase() ?? '',
      ...(customer.locale !== undefined && { locale: customer.locale }),
    },
    lines: order.lines.map((line) => ({
      lineId: lineIdOf(line),
      productId: line.productId ?? '',
      ...(line.variationId !== undefined && { variationId: line.variationId }),
      sku: line.sku,
      name: line.name,
      quantity: line.quantity,
      refundedQuantity: line.refundedQuantity,
      total: line.total,
      tax: line.tax,
    })),
    refundedTotal: order.refundedTotal,
    refundedWithoutLines: refundedWithoutLines(order),
  }
}

/**
 * With what is sold in it: many senders number their lines, and an edited order then has something else under the same number.
 * That is another line, whose credits do not follow from those of the one before.
 */
function lineIdOf({ id, productId, variationId, sku }: WireOrder['lines'][number]): string {
  const product = [productId, variationId].filter((one) => one !== undefined)
  return [id, ...(product.length > 0 ? product : [sku.toUpperCase()])].join(':')
}

/**
 * What was paid back beyond the pieces that were taken back, each at its share of its line. A difference of a cent for each such
 * line is rounding and nobody's refund. Whole minor units, so that no sum is off by a float.
 */
function refundedWithoutLines(order: WireOrder): string {
  const scale = Math.max(...[order.total, order.refundedTotal].map(digitsOf))
  const minor = (amount: string) => Math.round(Number(amount) * 10 ** scale)
  const returned = order.lines.filter((line) => line.refundedQuantity > 0)
  const forPieces = returned.reduce(
    (sum, { total, tax, quantity, refundedQuantity }) =>
      sum + Math.round(((minor(total) + minor(tax)) * refundedQuantity) / quantity),
    0,
  )
  const rest = minor(order.refundedTotal) - forPieces
  return rest > returned.length ? (rest / 10 ** scale).toFixed(scale) : (0).toFixed(scale)
}

function digitsOf(amount: string): number {
  return amount.split('.')[1]?.length ?? 0
}
