import type { Deps } from '../deps.ts'
import { convergeOrder } from './converge-order.ts'

const batchSize = 200

/**
 * Works orders through again with what is known of them: those named, and all in these statuses. May be stopped and started
 * again at any point.
 */
export async function recheckOrders(
  deps: Pick<Deps, 'db' | 'clock' | 'keyring' | 'shops' | 'log' | 'wakeWorkers'>,
  input: { shopId: bigint; orderIds: readonly bigint[]; statuses: readonly string[] },
): Promise<void> {
  let after = 0n
  for (;;) {
    const orders = await deps.db.query<{ id: bigint; externalId: string }>(
      'orders-to-recheck',
      `select id, external_id as "externalId" from shop_order
       where shop_id = $1 and id > $2 and (id = any($3::bigint[]) or status = any($4::text[])) order by id limit $5`,
      [input.shopId, after, input.orderIds, input.statuses, batchSize],
    )
    for (const { externalId } of orders) {
      await convergeOrder(deps, { shopId: input.shopId, externalId, sighting: { kind: 'memory' } })
    }
    const last = orders.at(-1)
    if (!last || orders.length < batchSize) return
    after = last.id
  }
}
