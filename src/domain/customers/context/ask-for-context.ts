import type { Sql } from '../../../db/database.ts'
import { enqueueJob } from '../../enqueue.ts'

/**
 * Has the shop asked about a customer, once however often it is called meanwhile. `runAt`: not before, so that several changes of
 * an order in a row are one question.
 */
export async function askForContext(
  sql: Sql,
  input: { shopId: bigint; customerId: bigint; runAt?: Date },
): Promise<void> {
  const [shopId, customerId] = [String(input.shopId), String(input.customerId)]
  await enqueueJob(
    sql,
    'refresh_customer',
    { shopId, customerId },
    {
      key: `customer:${shopId}:${customerId}`,
      queue: `customers:${shopId}`,
      keepsTime: true,
      ...(input.runAt && { runAt: input.runAt }),
    },
  )
}
