import type { Deps } from '../deps.ts'
import { enqueueJob } from '../enqueue.ts'
import { requireShop } from '../shops/require-shop.ts'
import { syncJob } from './sync-jobs.ts'

/**
 * Lets a shop be reconciled now, also one that is left alone for a while: after its keys were changed, or when somebody wants to
 * know. Refuses: not_found (shop).
 */
export async function requestReconcile(
  deps: Pick<Deps, 'db' | 'wakeWorkers'>,
  input: { shopId: bigint },
): Promise<void> {
  const { shopId } = input
  await deps.db.transaction(async (sql) => {
    await requireShop(sql, shopId)
    await sql.query(
      'wake-shop',
      'update shop_sync set not_before = null, resting_until = null where shop_id = $1',
      [shopId],
    )
    await enqueueJob(sql, 'reconcile_shop', { shopId: String(shopId) }, syncJob('reconcile', shopId))
  })
  deps.wakeWorkers()
}
