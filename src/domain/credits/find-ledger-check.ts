import type { Sql } from '../../db/database.ts'
import type { LedgerProblem } from './verify-ledger.ts'

/** What a nightly check of one shop's ledger found. */
export interface LedgerCheck {
  checkedAt: Date
  accounts: number
  entries: number
  problemCount: number
  /** At most the first hundred. */
  problems: LedgerProblem[]
}

const columns = `checked_at as "checkedAt", accounts, entries, problem_count as "problemCount", problems`

/** The check of the shop's ledger that was made at this moment; undefined when there is none. */
export async function findLedgerCheck(
  sql: Sql,
  { shopId, checkedAt }: { shopId: bigint; checkedAt: Date },
): Promise<LedgerCheck | undefined> {
  const [check] = await sql.query<LedgerCheck>(
    'find-ledger-check',
    `select ${columns} from ledger_check where shop_id = $1 and checked_at = $2`,
    [shopId, checkedAt],
  )
  return check
}

/** The checks of one shop, the last one first; `next` is the moment to go on before when there may be more. One statement. */
export async function listLedgerChecks(
  sql: Sql,
  input: { shopId: bigint; before?: Date; limit: number },
): Promise<{ checks: LedgerCheck[]; next?: Date }> {
  const rows = await sql.query<LedgerCheck>(
    'list-ledger-checks',
    `select ${columns} from ledger_check where shop_id = $1 and ($2::timestamptz is null or checked_at < $2)
     order by checked_at desc limit $3`,
    [input.shopId, input.before ?? null, input.limit + 1],
  )
  const checks = rows.slice(0, input.limit)
  const last = checks.at(-1)
  return rows.length > input.limit && last ? { checks, next: last.checkedAt } : { checks }
}

/** The last check of every shop that had one, for the metrics of any process. */
export async function readLastChecks(
  sql: Sql,
): Promise<{ shopId: bigint; checkedAt: Date; problemCount: number }[]> {
  return sql.query(
    'last-ledger-checks',
    `select s.id as "shopId", c.checked_at as "checkedAt", c.problem_count as "problemCount" from shop s
     cross join lateral (
       select checked_at, problem_count from ledger_check where shop_id = s.id order by checked_at desc limit 1) c
     order by s.id`,
    [],
  )
}
