import type { Sql } from '../../db/database.ts'
import type { Deps } from '../deps.ts'
import { enqueueJob } from '../enqueue.ts'
import { type LedgerReport, verifyLedger } from './verify-ledger.ts'

type Parts = Pick<Deps, 'db' | 'clock' | 'log'>

/** Problems beyond these are counted and not kept: `cli verify` shows them all. */
const keptProblems = 100
const keptDays = 90

/**
 * The nightly check (rule 2): recomputes the ledger of each shop and keeps what it found, where metrics, desk and API read it.
 * Problems are logged as errors, and the shop's owners are told by mail, once a day (UTC) while they last. Any number of
 * workers may do this at once. A shop whose check fails is logged and does not keep the others; throws when any failed, so
 * that the queue tries again. Returns how many shops have problems.
 */
export async function checkLedgers(deps: Parts): Promise<number> {
  const shops = await deps.db.query<{ id: bigint }>('shops-to-check', 'select id from shop order by id', [])
  let bad = 0
  let failure: unknown
  for (const { id: shopId } of shops) {
    try {
      const report = await verifyLedger(deps.db, shopId)
      const at = deps.clock.now()
      if (report.problems.length > 0) {
        bad += 1
        deps.log.error(
          { shopId: String(shopId), problems: report.problems.length, first: report.problems[0] },
          'the ledger disagrees with its entries',
        )
      }
      await deps.db.transaction((sql) => recordCheck(sql, { shopId, report, at }))
    } catch (error) {
      failure = error
      deps.log.error({ err: error, shopId: String(shopId) }, 'ledger not checked')
    }
  }
  if (failure !== undefined) throw failure
  return bad
}

async function recordCheck(
  sql: Sql,
  { shopId, report, at }: { shopId: bigint; report: LedgerReport; at: Date },
): Promise<void> {
  // Two checks of one shop take turns here, or both would find that the owners have not been told.
  await sql.query('lock-shop-check', 'select from shop where id = $1 for no key update', [shopId])
  const dayBegan = new Date(Math.floor(at.getTime() / 86_400_000) * 86_400_000)
  const [before] = await sql.query<{ told: boolean }>(
    'told-today',
    `select exists (select from ledger_check where shop_id = $1 and checked_at >= $2 and problem_count > 0) as told`,
    [shopId, dayBegan],
  )
  const [written] = await sql.query(
    'record-check',
    `insert into ledger_check (shop_id, checked_at, accounts, entries, problem_count, problems)
     values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning shop_id`,
    [
      shopId,
      at,
      report.accounts,
      report.entries,
      report.problems.length,
      JSON.stringify(report.problems.slice(0, keptProblems)),
    ],
  )
  await sql.query('forget-checks', 'delete from ledger_check where shop_id = $1 and checked_at < $2', [
    shopId,
    new Date(at.getTime() - keptDays * 86_400_000),
  ])
  if (written && report.problems.length > 0 && !before?.told) await tellOwners(sql, shopId, at)
}

async function tellOwners(sql: Sql, shopId: bigint, at: Date): Promise<void> {
  const owners = await sql.query<{ id: bigint }>(
    'owners',
    `select id from agent where shop_id = $1 and role = 'owner' and deactivated_at is null order by id`,
    [shopId],
  )
  for (const owner of owners) {
    await enqueueJob(sql, 'send_notice', {
      shopId: String(shopId),
      agentId: String(owner.id),
      template: 'ledger-alarm',
      data: { checkedAt: at.toISOString() },
    })
  }
}
