import { ShopApiError } from '../../ports/shop.ts'
import type { Deps } from '../deps.ts'
import { readChanges } from './read-changes.ts'
import { findSyncedShop, type SyncedShop } from './shop-of-sync.ts'
import { clearProblems, problemOf, recordProblem } from './shop-problems.ts'
import { beginReconcile, endReconcile, failReconcile, moveWatermark, type SyncState } from './sync-state.ts'
import { historyBefore, pageSizeAfter, pauseAfter, readFrom, watermarkAt } from './sync-times.ts'
import { lookThrough, takeInPage } from './take-in-page.ts'

type ReconcileDeps = Pick<Deps, 'db' | 'clock' | 'keyring' | 'shops' | 'log' | 'wakeWorkers'>

export interface ReconcileResult {
  /** Orders that the shop listed. */
  seen: number
  /** Of those, the ones whose state was news. */
  taken: number
  outcome: 'finished' | 'stopped' | 'failed' | 'not_possible'
  /** What the shop's API said when it failed: what is wrong, and the mend. */
  problem?: string
}

/**
 * Takes in every order that the shop changed since the last time. The watermark moves on after each page, when all of it is
 * committed, so a run may be stopped anywhere and goes on there. `isOver` is asked after each page, so that a run has an end;
 * `deep` looks back for days. A shop that cannot be asked leaves the watermark, is noted as a problem and left alone for a
 * while; nothing is thrown for it.
 */
export async function reconcileShop(
  deps: ReconcileDeps,
  input: { shopId: bigint; deep?: boolean; isOver?: () => boolean },
): Promise<ReconcileResult> {
  const { shopId } = input
  const shop = await findSyncedShop(deps, shopId)
  if (!shop) return { seen: 0, taken: 0, outcome: 'not_possible' }
  const state = await beginReconcile(deps.db, shopId, deps.clock.now())
  const met = { seen: 0, taken: 0 }
  try {
    const outcome = await readAll(deps, shop, state, met, input)
    if (outcome === 'finished') await finish(deps, shopId, met)
    return { ...met, outcome }
  } catch (error) {
    if (!(error instanceof ShopApiError)) throw error
    await fail(deps, shopId, state, error)
    return { ...met, outcome: 'failed', problem: error.message }
  }
}

async function readAll(
  deps: ReconcileDeps,
  shop: SyncedShop,
  state: SyncState,
  met: { seen: number; taken: number },
  input: { deep?: boolean; isOver?: () => boolean },
): Promise<'finished' | 'stopped'> {
  const question = {
    since: readFrom({ ...state, shopAddedAt: shop.addedAt }, input.deep ?? false),
    pageSize: pageSizeAfter(state.failures),
  }
  // Before the first one came to its end no delivery was to be expected.
  const isFirst = state.finishedAt === null
  const taking = isFirst
    ? { shopId: shop.id, historyBefore: historyBefore(shop.addedAt) }
    : ({ shopId: shop.id, foundBy: 'reconcile' } as const)
  for await (const read of readChanges(lookThrough(deps, shop), question)) {
    const { seen, taken } = await takeInPage(deps, read, taking)
    met.seen += seen
    met.taken += taken
    if (read.reached) {
      const watermark = watermarkAt(read.reached, read.askedAt)
      await moveWatermark(deps.db, { shopId: shop.id, watermark, at: deps.clock.now() })
    }
    if (input.isOver?.()) return 'stopped'
  }
  return 'finished'
}

async function finish(
  deps: ReconcileDeps,
  shopId: bigint,
  met: { seen: number; taken: number },
): Promise<void> {
  const at = deps.clock.now()
  await deps.db.transaction(async (sql) => {
    await endReconcile(sql, { shopId, ...met, at })
    await clearProblems(sql, { shopId, kinds: ['keys', 'unreachable'], at })
  })
}

async function fail(
  deps: ReconcileDeps,
  shopId: bigint,
  state: SyncState,
  error: ShopApiError,
): Promise<void> {
  const at = deps.clock.now()
  const failures = state.failures + 1
  deps.log.warn({ shopId: String(shopId), reason: error.message }, 'a shop could not be reconciled')
  await deps.db.transaction(async (sql) => {
    await failReconcile(sql, { shopId, failures, notBefore: new Date(at.getTime() + pauseAfter(failures)) })
    await recordProblem(sql, { shopId, ...problemOf(error), at })
  })
}
