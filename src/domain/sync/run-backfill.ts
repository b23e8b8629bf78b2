import { ShopApiError } from '../../ports/shop.ts'
import type { Deps } from '../deps.ts'
import { type Progress, progressAfter, progressAtFirst } from './backfill-progress.ts'
import { type Backfill, findBackfill } from './backfills.ts'
import { readAhead } from './read-ahead.ts'
import { readChanges } from './read-changes.ts'
import { findSyncedShop, type SyncedShop } from './shop-of-sync.ts'
import { problemOf, recordProblem } from './shop-problems.ts'
import { historyBefore, pageSizeAfter, pauseAfter } from './sync-times.ts'
import { lookThrough, takeInPage } from './take-in-page.ts'

type BackfillDeps = Pick<Deps, 'db' | 'clock' | 'keyring' | 'shops' | 'log' | 'wakeWorkers'>

export interface BackfillRun {
  /** ended: nothing is left to do. */
  outcome: 'ended' | 'goes_on'
  /** Of one that goes on: not before. */
  notBefore?: Date
}

/**
 * Reads a back-fill on from where it is: the next page is asked for while one is taken in, so two lie in memory at most. Where it
 * is and how far is written after each page, so it may be stopped anywhere. A shop that cannot be asked is noted as a problem.
 */
export async function runBackfill(
  deps: BackfillDeps,
  input: { shopId: bigint; backfillId: bigint; isOver?: () => boolean },
): Promise<BackfillRun> {
  const backfill = await findBackfill(deps.db, input)
  const shop = await findSyncedShop(deps, input.shopId)
  if (backfill?.state !== 'running' || !shop) return { outcome: 'ended' }
  try {
    return await readOn(deps, shop, backfill, input.isOver ?? (() => false))
  } catch (error) {
    if (!(error instanceof ShopApiError)) throw error
    return { outcome: 'goes_on', notBefore: await recordTrouble(deps, shop.id, backfill, error) }
  }
}

async function readOn(
  deps: BackfillDeps,
  shop: SyncedShop,
  backfill: Backfill,
  isOver: () => boolean,
): Promise<BackfillRun> {
  const question = { since: backfill.reached ?? backfill.since, pageSize: pageSizeAfter(backfill.failures) }
  const taking = backfill.welcome
    ? { shopId: shop.id }
    : { shopId: shop.id, historyBefore: historyBefore(backfill.startedAt) }
  let progress: Progress = backfill
  const save = () => saveProgress(deps, shop.id, backfill.id, progress)
  for await (const read of readAhead(readChanges(lookThrough(deps, shop), question))) {
    const counted = progressAtFirst(progress, read.page)
    if (counted) {
      progress = counted
      if (!(await save())) return { outcome: 'ended' }
    }
    const { taken } = await takeInPage(deps, read, taking)
    progress = progressAfter(progress, { page: read.page, reached: read.reached, taken })
    if (!(await save())) return { outcome: 'ended' }
    if (isOver()) return { outcome: 'goes_on' }
  }
  // Of a second with more orders than a page, the pages do not say how far they are; at the end all of them are through.
  await deps.db.query(
    'end-backfill',
    `update backfill set state = 'done', done = greatest(done, total), total = greatest(done, total), finished_at = $3
     where shop_id = $1 and id = $2 and state = 'running'`,
    [shop.id, backfill.id, deps.clock.now()],
  )
  return { outcome: 'ended' }
}

/** False when somebody stopped it. */
async function saveProgress(
  deps: BackfillDeps,
  shopId: bigint,
  id: bigint,
  { reached, done, total, taken }: Progress,
): Promise<boolean> {
  const [row] = await deps.db.query(
    'save-backfill',
    `update backfill set reached = $3, done = $4, total = $5, taken = $6, failures = 0
     where shop_id = $1 and id = $2 and state = 'running' returning id`,
    [shopId, id, reached ?? null, done, total ?? null, taken],
  )
  return row !== undefined
}

async function recordTrouble(
  deps: BackfillDeps,
  shopId: bigint,
  backfill: Backfill,
  error: ShopApiError,
): Promise<Date> {
  const at = deps.clock.now()
  deps.log.warn({ shopId: String(shopId), reason: error.message }, 'a back-fill could not go on')
  const failures = await deps.db.transaction(async (sql) => {
    await recordProblem(sql, { shopId, ...problemOf(error), at })
    const [row] = await sql.query<{ failures: number }>(
      'fail-backfill',
      'update backfill set failures = failures + 1 where shop_id = $1 and id = $2 returning failures',
      [shopId, backfill.id],
    )
    return row?.failures ?? 1
  })
  return new Date(at.getTime() + pauseAfter(failures))
}
