import type { Sql } from '../../db/database.ts'

export interface Backfill {
  id: bigint
  /** Orders that changed in so many days before it was started. */
  days: number
  since: Date
  /** Whether orders that were paid long ago are welcomed too. */
  welcome: boolean
  state: 'running' | 'done' | 'stopped'
  /** The shop's time of change up to which all is read; undefined before the first page. */
  reached: Date | undefined
  /** Orders read so far. */
  done: number
  /** How many there are, as far as the shop says; grows when orders change meanwhile. */
  total: number | undefined
  /** Of those read, the ones that were news. */
  taken: number
  /** Tries in a row that the shop's API stopped. */
  failures: number
  startedBy: string
  startedAt: Date
  finishedAt: Date | undefined
}

interface BackfillRow extends Omit<Backfill, 'reached' | 'total' | 'finishedAt'> {
  reached: Date | null
  total: number | null
  finishedAt: Date | null
}

export const backfillColumns = `id, days, since, welcome, state, reached, done, total, taken, failures, started_by as "startedBy",
  started_at as "startedAt", finished_at as "finishedAt"`

export function toBackfill(row: BackfillRow): Backfill {
  return {
    ...row,
    reached: row.reached ?? undefined,
    total: row.total ?? undefined,
    finishedAt: row.finishedAt ?? undefined,
  }
}

/** One back-fill, or the shop's last one. */
export async function findBackfill(
  sql: Sql,
  which: { shopId: bigint; backfillId?: bigint },
): Promise<Backfill | undefined> {
  const [row] = await sql.query<BackfillRow & { [column: string]: unknown }>(
    'find-backfill',
    `select ${backfillColumns} from backfill where shop_id = $1 and ($2::bigint is null or id = $2) order by id desc limit 1`,
    [which.shopId, which.backfillId ?? null],
  )
  return row && toBackfill(row)
}
