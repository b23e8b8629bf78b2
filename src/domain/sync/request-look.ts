import { writeAudit } from '../audit/write-audit.ts'
import type { Deps } from '../deps.ts'
import { enqueueJob } from '../enqueue.ts'
import { requireShop } from '../shops/require-shop.ts'
import { syncJob } from './sync-jobs.ts'

/**
 * Lets the daily look be made now. `acceptGone`: an owner says that missing orders were deleted on purpose, so that this one look
 * takes their credits however many they are. Refuses: not_found (shop).
 */
export async function requestLook(
  deps: Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>,
  input: { shopId: bigint; acceptGone: boolean; actor: string },
): Promise<void> {
  await deps.db.transaction(async (sql) => {
    await requireShop(sql, input.shopId)
    await sql.query(
      'request-look',
      `insert into shop_sync (shop_id, accepts_gone) values ($1, $2)
       on conflict (shop_id) do update set accepts_gone = $2`,
      [input.shopId, input.acceptGone],
    )
    if (input.acceptGone) {
      const { shopId, actor } = input
      await writeAudit(sql, { shopId, actor, action: 'accept_gone', data: {}, at: deps.clock.now() })
    }
    await enqueueJob(sql, 'look_at_orders', { shopId: String(input.shopId) }, syncJob('look', input.shopId))
  })
  deps.wakeWorkers()
}
