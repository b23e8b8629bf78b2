import { ShopApiError } from '../../ports/shop.ts'
import type { Deps } from '../deps.ts'
import { convergeOrder } from '../orders/converge-order.ts'
import { numberLook, sightingOfLook } from '../orders/look.ts'
import { withRest } from '../shops/rest-shop.ts'
import { isSuspicious, mostGone } from './gone-guard.ts'
import { beginLook, endLook, type LookState, type MissingOrder, saveLook } from './look-state.ts'
import { type DueOrder, ordersToLookAt, unreadableToLookAt } from './orders-to-look-at.ts'
import { findSyncedShop, type SyncedShop } from './shop-of-sync.ts'
import { clearProblems, problemOf, recordProblem } from './shop-problems.ts'
import { lookThrough, takeInPage } from './take-in-page.ts'
import { clearUnreadable } from './unreadable-orders.ts'

type LookDeps = Pick<Deps, 'db' | 'clock' | 'keyring' | 'shops' | 'log' | 'wakeWorkers'>

export interface LookResult {
  /** Orders with credits that were looked at. */
  seen: number
  gone: number
  /** suspicious: too many are gone, so nothing was taken and the owners are asked. */
  outcome: 'finished' | 'suspicious' | 'stopped' | 'failed' | 'not_possible'
  problem?: string
}

/** Shops answer for so many orders at a time. */
const batch = 100

/**
 * Looks at every order that a deletion would take credits from, because a shop says nothing of one that it deletes for good.
 * What a list does not bring is asked for by itself before it counts as gone, and nothing is taken before all were looked at:
 * too many that are gone say something of the shop (gone-guard.ts). May be stopped anywhere and goes on there.
 */
export async function lookAtOrders(
  deps: LookDeps,
  input: { shopId: bigint; isOver?: () => boolean },
): Promise<LookResult> {
  const { shopId } = input
  const shop = await findSyncedShop(deps, shopId)
  if (!shop) return { seen: 0, gone: 0, outcome: 'not_possible' }
  const state = await beginLook(deps.db, shopId, deps.clock.now())
  const met = () => ({ seen: state.seen, gone: state.missing.length })
  try {
    const isThrough = await lookAtAll(deps, shop, state, input.isOver ?? (() => false))
    if (!isThrough) return { ...met(), outcome: 'stopped' }
    const outcome = await conclude(deps, shopId, state)
    return { ...met(), outcome }
  } catch (error) {
    if (!(error instanceof ShopApiError)) throw error
    await recordTrouble(deps, shopId, error)
    return { ...met(), outcome: 'failed', problem: error.message }
  }
}

async function lookAtAll(
  deps: LookDeps,
  shop: SyncedShop,
  state: LookState,
  isOver: () => boolean,
): Promise<boolean> {
  for (;;) {
    const due = await ordersToLookAt(deps.db, {
      shopId: shop.id,
      after: state.after,
      limit: batch,
      at: deps.clock.now(),
    })
    const last = due.at(-1)
    if (!last) break
    const missing = await lookAtBatch(deps, shop, due, state.acceptsGone)
    state.missing.push(...missing)
    state.seen += due.filter(({ holdsCredits }) => holdsCredits).length
    state.after = last.id
    await saveLook(deps.db, shop.id, state)
    // So many settle it: the rest would be asked for in vain.
    if (state.missing.length > mostGone && !state.acceptsGone) return true
    if (isOver()) return false
  }
  return await lookAtUnreadable(deps, shop, state, isOver)
}

/** Takes in what the shop still has, and returns what it has no more. */
async function lookAtBatch(
  deps: LookDeps,
  shop: SyncedShop,
  due: readonly DueOrder[],
  acceptsGone: boolean,
): Promise<MissingOrder[]> {
  const here = await lookAtIds(
    deps,
    shop,
    due.map(({ externalId }) => externalId),
  )
  const missing: MissingOrder[] = []
  for (const { externalId, holdsCredits } of due) {
    if (!holdsCredits || here.has(externalId)) continue
    const ordinal = await numberLook(deps.db)
    const at = deps.clock.now()
    const found = await withRest(deps, shop.id, () => shop.api.fetchOrder(shop.keys, externalId))
    if (found) {
      const sighting = sightingOfLook({ ordinal, at }, found)
      await convergeOrder(deps, { shopId: shop.id, externalId, sighting, foundBy: 'look' })
    } else {
      missing.push({ externalId, ordinal: String(ordinal), askedAt: at.toISOString() })
    }
    if (missing.length > mostGone && !acceptsGone) break
  }
  return missing
}

/** Returns the ids that the shop has. */
async function lookAtIds(deps: LookDeps, shop: SyncedShop, orderIds: string[]): Promise<Set<string>> {
  const looked = await lookThrough(deps, shop)({ orderIds, page: 1, pageSize: batch })
  await takeInPage(deps, looked, { shopId: shop.id, foundBy: 'look' })
  return new Set([...looked.page.orders, ...looked.page.unreadable].map(({ orderId }) => orderId))
}

/** Orders that could not be understood may have been mended, by the merchant or by us. */
async function lookAtUnreadable(
  deps: LookDeps,
  shop: SyncedShop,
  state: LookState,
  isOver: () => boolean,
): Promise<boolean> {
  for (;;) {
    const ids = await unreadableToLookAt(deps.db, { shopId: shop.id, before: state.startedAt, limit: batch })
    if (ids.length === 0) return true
    const here = await lookAtIds(deps, shop, ids)
    await clearUnreadable(
      deps.db,
      shop.id,
      ids.filter((id) => !here.has(id)),
    )
    if (isOver()) return false
  }
}

async function conclude(
  deps: LookDeps,
  shopId: bigint,
  state: LookState,
): Promise<'finished' | 'suspicious'> {
  const met = { seen: state.seen, gone: state.missing.length }
  const isAlarm = !state.acceptsGone && isSuspicious(met)
  if (!isAlarm) {
    for (const { externalId, ordinal, askedAt } of state.missing) {
      const sighting = sightingOfLook({ ordinal: BigInt(ordinal), at: new Date(askedAt) }, undefined)
      await convergeOrder(deps, { shopId, externalId, sighting, foundBy: 'look' })
    }
  }
  const at = deps.clock.now()
  await deps.db.transaction(async (sql) => {
    await endLook(sql, shopId, { gone: met.gone, at })
    if (isAlarm) await recordProblem(sql, { shopId, kind: 'orders_gone', message: explainGone(met), at })
    else await clearProblems(sql, { shopId, kinds: ['orders_gone'], at })
  })
  return isAlarm ? 'suspicious' : 'finished'
}

function explainGone({ seen, gone }: { seen: number; gone: number }): string {
  return (
    `The shop has ${gone} of the ${seen} orders with credits that were looked at no more. That is too many for housekeeping, so ` +
    'no credits were taken. If the shop was restored from a backup, or another one answers at its address, mend that. ' +
    'If the orders were deleted on purpose, say so: shop:look --accept-gone, or POST sync/looks with acceptGone.'
  )
}

async function recordTrouble(deps: LookDeps, shopId: bigint, error: ShopApiError): Promise<void> {
  deps.log.warn(
    { shopId: String(shopId), reason: error.message },
    'the orders of a shop could not be looked at',
  )
  await deps.db.transaction((sql) =>
    recordProblem(sql, { shopId, ...problemOf(error), at: deps.clock.now() }),
  )
}
