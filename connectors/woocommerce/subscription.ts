import { z } from 'zod'
import type { ShopOrderSubscription } from '../../src/ports/shop.ts'
import type { WireOrder } from './wire.ts'

// How WooCommerce Subscriptions (read at 9.0.0) marks its orders in their meta data. The order that a subscription began
// with is not marked, and neither is the new subscription on an order that begins one anew.

/** One row for each subscription. A renewal may also carry what its subscription was made by, so it is looked for first. */
const relations = [
  ['renewal', '_subscription_renewal'],
  ['switch', '_subscription_switch'],
  ['resubscribe', '_subscription_resubscribe'],
] as const

const subscriptionId = z.union([
  z.number().int().positive().transform(String),
  z.string().regex(/^[1-9]\d{0,19}$/),
])

/** By subscription, then by the order's line: what of the subscription goes and what comes. */
const switchData = z.record(
  z.string(),
  z
    .object({
      switches: z.record(z.string(), z.object({ remove_line_item: z.unknown().optional() }).loose()),
    })
    .loose(),
)

/** Put on each line that changes a subscription, also by adding to it. */
const changedLineKey = '_switched_subscription_price_prorated'

/** What the order has to do with a subscription; undefined for an ordinary order. */
export function subscriptionOf(order: WireOrder): ShopOrderSubscription | undefined {
  for (const [kind, key] of relations) {
    const subscriptionIds = valuesOf(order, key).flatMap((value) => {
      const read = subscriptionId.safeParse(value)
      return read.success ? [read.data] : []
    })
    if (subscriptionIds.length > 0) return { kind, subscriptionIds: [...new Set(subscriptionIds)].sort() }
  }
  return isRenewalByShop(order) ? { kind: 'renewal', subscriptionIds: [] } : undefined
}

/** The plugin makes orders by itself for renewals alone. */
export function isRenewalByShop(order: WireOrder): boolean {
  return order.created_via === 'subscription'
}

/**
 * The ids of the lines of a switch that take the place of something. Older versions say less: then each line that changes the
 * subscription, and when none is marked, all of them.
 */
export function replacingLines(
  order: WireOrder,
  subscription: ShopOrderSubscription | undefined,
): ReadonlySet<string> {
  if (subscription?.kind !== 'switch') return new Set()
  const named = valuesOf(order, '_subscription_switch_data').flatMap((value) => {
    const read = switchData.safeParse(value)
    return read.success ? Object.values(read.data).map((one) => one.switches) : []
  })
  if (named.length > 0) {
    const replacing = named.flatMap((switches) =>
      Object.entries(switches).flatMap(([lineId, change]) => (change.remove_line_item ? [lineId] : [])),
    )
    return new Set(replacing)
  }
  const changed = order.line_items.filter((line) => line.meta_data.some(({ key }) => key === changedLineKey))
  return new Set((changed.length > 0 ? changed : order.line_items).map((line) => line.id))
}

function valuesOf(order: WireOrder, key: string): unknown[] {
  return order.meta_data.filter((row) => row.key === key).map((row) => row.value)
}
