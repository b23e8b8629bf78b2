import type { Deps } from '../deps.ts'
import { convergeOrder } from './converge-order.ts'

const batchSize = 200

/**
 * Works through the paid orders that have lines without credits, because a package was added that may match them. May be
 * stopped and started again at any point.
 */
export async function rematchOrders(
  deps: Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>,
  input: { shopId: bigint },
): Promise<void> {
  let after = 0n
  for (;;) {
    const orders = await deps.db.query<{ id: bigint; externalId: string }>(
      'orders-to-rematch',
      `select o.id, o.external_id as "externalId" from shop_order o
       where o.shop_id = $1 and o.id > $2 and o.paid and exists (
         select from jsonb_array_elements(o.snapshot -> 'order' -> 'lines') l
         where not exists (select from order_line k
           where k.shop_id = o.shop_id and k.order_id = o.id and k.line_id = l ->> 'lineId'))
       order by o.id limit $3`,
      [input.shopId, after, batchSize],
    )
    for (const { externalId } of orders) {
      await convergeOrder(deps, { shopId: input.shopId, externalId, sighting: { kind: 'memory' } })
    }
    const last = orders.at(-1)
    if (!last || orders.length < batchSize) return
    after = last.id
  }
}
