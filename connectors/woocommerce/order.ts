import type { ShopOrder } from '../../src/ports/shop.ts'
import { type RefundSummary, summarizeOrderRefunds } from './refunds.ts'
import { isRenewalByShop, replacingLines, subscriptionOf } from './subscription.ts'
import type { WireOrder } from './wire.ts'

/**
 * Puts a shop's order into our words. Undefined when the order has neither a time of change nor one of creation:
 * without it a late body could overwrite a newer one.
 */
export function toShopOrder(
  order: WireOrder,
  refunds: RefundSummary = summarizeOrderRefunds(order),
): ShopOrder | undefined {
  const modifiedAt = order.date_modified_gmt ?? order.date_created_gmt
  if (!modifiedAt) return undefined
  const subscription = subscriptionOf(order)
  const replacing = replacingLines(order, subscription)
  return {
    orderId: order.id,
    number: order.number || order.id,
    status: order.status,
    currency: order.currency,
    total: order.total,
    ...(order.date_paid_gmt && { paidAt: order.date_paid_gmt }),
    modifiedAt,
    createdVia: order.created_via,
    // What was typed at the checkout of a subscription is copied to each of its renewals; it was said once.
    customerNote: isRenewalByShop(order) ? '' : order.customer_note,
    customer: customerOf(order),
    lines: order.line_items.map((line) => ({
      lineId: line.id,
      productId: line.product_id,
      ...(line.variation_id !== '0' && { variationId: line.variation_id }),
      sku: line.sku,
      name: line.name,
      quantity: line.quantity,
      refundedQuantity: refunds.quantityByLine.get(line.id) ?? 0,
      total: line.total,
      tax: line.total_tax,
      ...(replacing.has(line.id) && { replaces: true }),
    })),
    ...(subscription && { subscription }),
    refundedTotal: refunds.total,
    ...(refunds.withoutLines !== undefined && { refundedWithoutLines: refunds.withoutLines }),
  }
}

function customerOf(order: WireOrder): ShopOrder['customer'] {
  const {
    first_name = '',
    last_name = '',
    company = '',
    country = '',
    email = '',
    phone = '',
  } = order.billing
  const address = email.trim().toLowerCase()
  return {
    ...(order.customer_id !== '0' && { shopCustomerId: order.customer_id }),
    ...(address !== '' && { email: address }),
    name: `${first_name.trim()} ${last_name.trim()}`.trim(),
    company: company.trim(),
    phone: phone.trim(),
    country: country.trim().toUpperCase(),
  }
}
