import type { Sql } from '../../db/database.ts'
import { writeAudit } from '../audit/write-audit.ts'
import type { Deps } from '../deps.ts'
import { enqueueJob } from '../enqueue.ts'
import { refuse, refuseField } from '../refusal.ts'
import { requireShop } from '../shops/require-shop.ts'
import { type Backfill, findBackfill } from './backfills.ts'
import { findSyncedShop } from './shop-of-sync.ts'
import { syncJob } from './sync-jobs.ts'

export interface BackfillInput {
  shopId: bigint
  /** 1 to 3650; 30 when left out. */
  days?: number
  /** Whether customers whose order was paid more than two days ago are welcomed by mail too; not when left out. */
  welcome?: boolean
  /** Who asked for it: "agent:1", "cli", "api:2". */
  actor: string
}

const defaultDays = 30
const mostDays = 3650
const day = 86_400_000

/**
 * Has the orders of the last days read, page by page, in the background. Customers get their credits; the tickets of orders that
 * were paid more than two days ago are closed at once, and nobody is written to because of them, unless `welcome`.
 * Refuses: not_found (shop), shop_not_askable, backfill_running, invalid (days).
 */
export async function startBackfill(
  deps: Pick<Deps, 'db' | 'clock' | 'keyring' | 'shops' | 'wakeWorkers'>,
  input: BackfillInput,
): Promise<Backfill> {
  const { shopId, days = defaultDays } = input
  if (!Number.isInteger(days) || days < 1 || days > mostDays) {
    refuseField('days', `give a whole number of days from 1 to ${mostDays}`)
  }
  await requireShop(deps.db, shopId)
  if (!(await findSyncedShop(deps, shopId))) refuse({ code: 'shop_not_askable' })
  const at = deps.clock.now()
  const welcome = input.welcome ?? false
  const backfillId = await deps.db.transaction((sql) =>
    insertBackfill(sql, { shopId, days, welcome, actor: input.actor, at }),
  )
  if (backfillId === undefined) return refuse({ code: 'backfill_running' })
  deps.wakeWorkers()
  return await getBackfill(deps, { shopId, backfillId })
}

/** Begins one in the caller's transaction, with its job; undefined while another runs. */
export async function insertBackfill(
  sql: Sql,
  begun: { shopId: bigint; days: number; welcome: boolean; actor: string; at: Date },
): Promise<bigint | undefined> {
  const { shopId, days, welcome, actor, at } = begun
  const [made] = await sql.query<{ id: bigint }>(
    'start-backfill',
    `insert into backfill (shop_id, days, since, welcome, started_by, started_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (shop_id) where state = 'running' do nothing returning id`,
    [shopId, days, new Date(at.getTime() - days * day), welcome, actor, at],
  )
  if (!made) return undefined
  const backfillId = String(made.id)
  await writeAudit(sql, { shopId, actor, action: 'backfill_start', data: { backfillId, days, welcome }, at })
  await enqueueJob(
    sql,
    'backfill_orders',
    { shopId: String(shopId), backfillId },
    syncJob('backfill', shopId),
  )
  return made.id
}

/** Refuses: not_found (backfill). */
export async function getBackfill(
  deps: Pick<Deps, 'db'>,
  input: { shopId: bigint; backfillId: bigint },
): Promise<Backfill> {
  return (await findBackfill(deps.db, input)) ?? refuse({ code: 'not_found', what: 'backfill' })
}

/** Ends a running back-fill; what it took in stays, and one that ended stays as it is. Refuses: not_found (backfill). */
export async function stopBackfill(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; backfillId: bigint; actor: string },
): Promise<Backfill> {
  const { shopId, backfillId, actor } = input
  const at = deps.clock.now()
  await deps.db.transaction(async (sql) => {
    const [stopped] = await sql.query<{ days: number; welcome: boolean }>(
      'stop-backfill',
      `update backfill set state = 'stopped', finished_at = $3 where shop_id = $1 and id = $2 and state = 'running'
       returning days, welcome`,
      [shopId, backfillId, at],
    )
    if (!stopped) return
    const data = { backfillId: String(backfillId), ...stopped }
    await writeAudit(sql, { shopId, actor, action: 'backfill_stop', data, at })
  })
  return await getBackfill(deps, input)
}
