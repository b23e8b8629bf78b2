import type { Sql } from '../../db/database.ts'
import { enqueueJob } from '../enqueue.ts'

/**
 * A renewal that came late may answer what was asked about a change of its subscription, so the customer's changes that wait
 * are worked through again after it.
 */
export async function recheckChanges(
  sql: Sql,
  customer: { shopId: bigint; customerId: bigint },
): Promise<void> {
  const waiting = await sql.query<{ id: bigint }>(
    'waiting-changes',
    `select o.id from review r join shop_order o on o.shop_id = r.shop_id and o.id = r.order_id
     where r.shop_id = $1 and r.resolved_at is null and r.kind = 'subscription_change' and o.customer_id = $2`,
    [customer.shopId, customer.customerId],
  )
  if (waiting.length === 0) return
  await enqueueJob(sql, 'recheck_orders', {
    shopId: String(customer.shopId),
    orderIds: waiting.map(({ id }) => String(id)),
  })
}
