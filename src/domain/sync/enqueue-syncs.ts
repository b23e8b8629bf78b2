import type { Deps } from '../deps.ts'
import { enqueueJob } from '../enqueue.ts'
import { forgetFindings, settleFindings } from './findings.ts'
import { syncJob } from './sync-jobs.ts'

type Parts = Pick<Deps, 'db' | 'clock' | 'shops' | 'wakeWorkers'>

/**
 * Enqueues a reconcile of every shop that can be asked and is not left alone for a while, and decides on the findings whose grace
 * is over. A back-fill that lost its job gets it again.
 */
export async function enqueueReconciles(deps: Parts): Promise<void> {
  const at = deps.clock.now()
  await settleFindings(deps.db, at)
  const shops = await deps.db.query<{ id: bigint }>(
    'shops-to-reconcile',
    `select s.id from shop s left join shop_sync y on y.shop_id = s.id
     where s.consumer_key is not null and s.kind = any ($1) and (y.not_before is null or y.not_before <= $2) order by s.id`,
    [askableKinds(deps), at],
  )
  for (const { id } of shops) {
    await enqueueJob(deps.db, 'reconcile_shop', { shopId: String(id) }, syncJob('reconcile', id))
  }
  const backfills = await deps.db.query<{ shopId: bigint; id: bigint }>(
    'running-backfills',
    `select shop_id as "shopId", id from backfill where state = 'running'`,
    [],
  )
  for (const { shopId, id } of backfills) {
    const payload = { shopId: String(shopId), backfillId: String(id) }
    await enqueueJob(deps.db, 'backfill_orders', payload, { ...syncJob('backfill', shopId), keepsTime: true })
  }
  deps.wakeWorkers()
}

/** A look that ended so long ago is due again; asked each hour, so a shop that was away is looked at when it is back. */
const lookEveryMs = 23 * 3_600_000

/** Enqueues the daily look of every shop whose last one is a day ago. */
export async function enqueueLooks(deps: Parts): Promise<void> {
  const at = deps.clock.now()
  await forgetFindings(deps.db, at)
  const shops = await deps.db.query<{ id: bigint }>(
    'shops-to-look-at',
    `select s.id from shop s left join shop_sync y on y.shop_id = s.id
     where s.consumer_key is not null and s.kind = any ($1) and (y.not_before is null or y.not_before <= $2)
       and (y.look_finished_at is null or y.look_finished_at <= $3 or y.look_finished_at < y.look_started_at) order by s.id`,
    [askableKinds(deps), at, new Date(at.getTime() - lookEveryMs)],
  )
  for (const { id } of shops) {
    await enqueueJob(deps.db, 'look_at_orders', { shopId: String(id) }, syncJob('look', id))
  }
  deps.wakeWorkers()
}

function askableKinds({ shops }: Pick<Deps, 'shops'>): string[] {
  return Object.entries(shops).flatMap(([kind, port]) => (port.api ? [kind] : []))
}
