import type { Deps } from '../deps.ts'
import { convergeOrder } from './converge-order.ts'

const batchSize = 200

/**
 * Works out again the orders that have lines without credits: because a package was added, or the shop told of a product what it
 * did not before; then only those with that product. May be stopped and started again at any point.
 */
export async function rematchOrders(
  deps: Pick<Deps, 'db' | 'clock' | 'keyring' | 'shops' | 'log' | 'wakeWorkers'>,
  input: { shopId: bigint; productId?: string },
): Promise<void> {
  let after = 0n
  for (;;) {
    const orders = await deps.db.query<{ id: bigint; externalId: string }>(
      'orders-to-rematch',
      `select o.id, o.external_id as "externalId" from shop_order o
       where o.shop_id = $1 and o.id > $2 and o.id in (
         select u.order_id from unmatched_line u where u.shop_id = $1 and ($4::text is null or u.product_id = $4))
       order by o.id limit $3`,
      [input.shopId, after, batchSize, input.productId ?? null],
    )
    for (const { externalId } of orders) {
      await convergeOrder(deps, { shopId: input.shopId, externalId, sighting: { kind: 'memory' } })
    }
    const last = orders.at(-1)
    if (!last || orders.length < batchSize) return
    after = last.id
  }
}
