import { writeAudit } from '../audit/write-audit.ts'
import { enqueueCheck } from '../connect/connect-jobs.ts'
import type { Deps } from '../deps.ts'
import { requireShop } from '../shops/require-shop.ts'

/** Has a shop's webhooks looked at now, and those switched on that somebody paused. Refuses: not_found (shop). */
export async function requestCheck(
  deps: Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>,
  input: { shopId: bigint; actor: string },
): Promise<void> {
  const { shopId, actor } = input
  await deps.db.transaction(async (sql) => {
    await requireShop(sql, shopId)
    await writeAudit(sql, { shopId, actor, action: 'webhooks_repair', data: {}, at: deps.clock.now() })
    await enqueueCheck(sql, shopId, true)
  })
  deps.wakeWorkers()
}
