import type { Sql } from '../../db/database.ts'

/** How far a shop was read, as a run begins. */
export interface SyncState {
  /** By the shop's clock: all changes before it are taken in. */
  watermark: Date | null
  /** By our clock, as the others: when the watermark last moved on. */
  movedAt: Date | null
  /** When the last reconcile began; one that was stopped or killed is the same one until it comes to its end. */
  startedAt: Date | null
  finishedAt: Date | null
  failures: number
}

export function isUnfinished({
  startedAt,
  finishedAt,
}: Pick<SyncState, 'startedAt' | 'finishedAt'>): boolean {
  return startedAt !== null && (finishedAt === null || finishedAt < startedAt)
}

/** Notes that a reconcile begins, or goes on, and tells how it stood before. */
export async function beginReconcile(sql: Sql, shopId: bigint, at: Date): Promise<SyncState> {
  const [state] = await sql.query<SyncState>(
    'begin-reconcile',
    `with before as (select * from shop_sync where shop_id = $1), begun as (
       insert into shop_sync (shop_id, started_at) values ($1, $2)
       on conflict (shop_id) do update set started_at = excluded.started_at
       where shop_sync.started_at is null or shop_sync.finished_at >= shop_sync.started_at)
     select b.watermark, b.watermark_moved_at as "movedAt", b.started_at as "startedAt", b.finished_at as "finishedAt",
       coalesce(b.failures, 0) as failures
     from (values (1)) one left join before b on true`,
    [shopId, at],
  )
  if (!state) throw new Error('beginning a reconcile returned nothing')
  return state
}

/** All changes before this moment are taken in. Never goes back, so that two runs at once do no harm. */
export async function moveWatermark(
  sql: Sql,
  moved: { shopId: bigint; watermark: Date; at: Date },
): Promise<void> {
  await sql.query(
    'move-watermark',
    `update shop_sync set watermark = $2, watermark_moved_at = $3
     where shop_id = $1 and (watermark is null or watermark < $2)`,
    [moved.shopId, moved.watermark, moved.at],
  )
}

export async function endReconcile(
  sql: Sql,
  run: { shopId: bigint; seen: number; taken: number; at: Date },
): Promise<void> {
  await sql.query(
    'end-reconcile',
    `update shop_sync set finished_at = $2, seen = $3, taken = $4, failures = 0, not_before = null, resting_until = null
     where shop_id = $1`,
    [run.shopId, run.at, run.seen, run.taken],
  )
}

/** The shop's API stopped a run: the clock leaves the shop alone for a while, longer each time. */
export async function failReconcile(
  sql: Sql,
  failed: { shopId: bigint; failures: number; notBefore: Date },
): Promise<void> {
  await sql.query(
    'fail-reconcile',
    'update shop_sync set failures = $2, not_before = $3 where shop_id = $1',
    [failed.shopId, failed.failures, failed.notBefore],
  )
}
