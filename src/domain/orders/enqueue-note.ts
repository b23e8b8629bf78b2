import type { Sql } from '../../db/database.ts'
import { enqueueJob } from '../enqueue.ts'

/** Has a note put on the shop's order, `orderId` being ours. */
export async function enqueueNote(
  sql: Sql,
  input: { shopId: bigint; orderId: bigint; note: string },
): Promise<void> {
  const shopId = String(input.shopId)
  await enqueueJob(
    sql,
    'add_order_note',
    { shopId, orderId: String(input.orderId), note: input.note },
    // One after another, so that a shop that hangs keeps one worker waiting and not all of them.
    { queue: `notes:${shopId}` },
  )
}
