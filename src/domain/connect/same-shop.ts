import type { Deps } from '../deps.ts'
import type { ConnectableShop } from './connection.ts'

const asked = 5

interface KnownOrder {
  externalId: string
  number: string
  paidAt: Date | null
}

/**
 * Whether the shop at another address is the one whose orders we know: two shops use the same numbers, and the orders of the one
 * would be taken for those of the other, credits and all. True when we know no order yet, or it has one of the newest as we know it.
 */
export async function isSameShop(
  deps: Pick<Deps, 'db'>,
  shop: ConnectableShop,
  keys: { url: string; consumerKey: string; consumerSecret: string },
): Promise<boolean> {
  const known = await deps.db.query<KnownOrder & { [column: string]: unknown }>(
    'newest-known-orders',
    `select external_id as "externalId", number, paid_at as "paidAt" from shop_order
     where shop_id = $1 and snapshot is not null and tombstone_at is null order by id desc limit $2`,
    [shop.id, asked],
  )
  if (known.length === 0) return true
  const orderIds = known.map(({ externalId }) => externalId)
  const { orders } = await shop.api.listOrders(keys, { orderIds, page: 1, pageSize: asked })
  return orders.some((order) => {
    const one = known.find(({ externalId }) => externalId === order.orderId)
    return one?.number === order.number && one.paidAt?.getTime() === order.paidAt?.getTime()
  })
}
