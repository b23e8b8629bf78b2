import type { Sql } from '../../db/database.ts'
import { enqueueJob } from '../enqueue.ts'

/**
 * All that touches a shop's webhooks runs in one queue, one job after another: two at once would each find a webhook missing and
 * make it.
 */
const queueOf = (shopId: bigint) => `webhooks:${shopId}`

export async function enqueueConnect(sql: Sql, shopId: bigint): Promise<void> {
  await enqueueJob(
    sql,
    'connect_shop',
    { shopId: String(shopId) },
    { key: `connect:${shopId}`, queue: queueOf(shopId) },
  )
}

/** `resume`: webhooks that somebody paused are switched on too. */
export async function enqueueCheck(sql: Sql, shopId: bigint, resume = false): Promise<void> {
  await enqueueJob(
    sql,
    'check_shop',
    { shopId: String(shopId), ...(resume && { resume }) },
    // One that was asked for by a person is not replaced by the clock's.
    { key: `check:${shopId}${resume ? ':resume' : ''}`, queue: queueOf(shopId) },
  )
}
