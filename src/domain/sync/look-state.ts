import type { Sql } from '../../db/database.ts'

/** An order that a look did not find, kept until all were looked at. Bigints are written as text, times as ISO 8601. */
export interface MissingOrder {
  externalId: string
  ordinal: string
  askedAt: string
}

/** Where a daily look is. */
export interface LookState {
  startedAt: Date
  /** Our id of the last order that was looked at. */
  after: bigint
  seen: number
  missing: MissingOrder[]
  acceptsGone: boolean
}

/** A look that did not come to its end within a day is begun anew: what it missed may have come back. */
const goesOnFor = 86_400_000

/** Begins a look, or goes on with one that was stopped. */
export async function beginLook(sql: Sql, shopId: bigint, at: Date): Promise<LookState> {
  const [known] = await sql.query<LookState & { isUnfinished: boolean }>(
    'find-look',
    `select look_started_at as "startedAt", look_after as after, look_seen as seen, look_missing as missing,
       accepts_gone as "acceptsGone",
       look_started_at is not null and coalesce(look_finished_at < look_started_at, true) as "isUnfinished"
     from shop_sync where shop_id = $1`,
    [shopId],
  )
  if (known?.isUnfinished && at.getTime() - known.startedAt.getTime() < goesOnFor) return known
  await sql.query(
    'begin-look',
    `insert into shop_sync (shop_id, look_started_at) values ($1, $2)
     on conflict (shop_id) do update set look_started_at = $2, look_after = 0, look_seen = 0, look_missing = '[]'`,
    [shopId, at],
  )
  return { startedAt: at, after: 0n, seen: 0, missing: [], acceptsGone: known?.acceptsGone ?? false }
}

export async function saveLook(sql: Sql, shopId: bigint, state: LookState): Promise<void> {
  await sql.query(
    'save-look',
    'update shop_sync set look_after = $2, look_seen = $3, look_missing = $4 where shop_id = $1',
    [shopId, state.after, state.seen, JSON.stringify(state.missing)],
  )
}

export async function endLook(sql: Sql, shopId: bigint, end: { gone: number; at: Date }): Promise<void> {
  await sql.query(
    'end-look',
    `update shop_sync set look_finished_at = $2, look_gone = $3, look_missing = '[]', accepts_gone = false where shop_id = $1`,
    [shopId, end.at, end.gone],
  )
}
