import { setImmediate } from 'node:timers/promises'
import type { Sql } from '../../db/database.ts'
import { retryTransaction } from '../../db/retry-transaction.ts'
import { wordsFor } from '../../words/words.ts'
import { writeAudit } from '../audit/write-audit.ts'
import { createGrant } from '../credits/create-grant.ts'
import { currentRateCard } from '../credits/rate-card.ts'
import type { Supervisor } from '../credits/supervise.ts'
import { resolveCustomer } from '../customers/resolve-customer.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { readShop, type ShopSettings } from '../shops/find-shop.ts'
import { requireShop } from '../shops/require-shop.ts'
import { importOperation } from './imported.ts'
import { type KeyedRow, keyRows } from './key-rows.ts'
import { type ImportPlan, planImport } from './plan-import.ts'
import { type BalanceRow, readRow, type WrongRow } from './read-row.ts'
import { readTable, type Table } from './read-table.ts'
import { type ImportReport, mostErrors, type RowError } from './report.ts'

export interface ImportBalances {
  shopId: bigint
  /** The file; README.md of this folder says what may stand in it. */
  csv: string | Buffer
  /** Reports what would be done, and writes nothing. */
  dryRun: boolean
  /** An owner, or a program. */
  by: Supervisor
}

/**
 * After so many grants the ledger's functions are planned anew. The plans of a young database are those of empty tables,
 * and with them each grant costs more than the one before: 10,000 took 90 seconds instead of 3.
 */
const growthSteps = [50, 500, 5_000]

/** How many rows are checked before others who wait for this process get a turn. */
const rowsInOneGo = 500

/**
 * Brings in the credits that customers have in another system: one grant for each row, all of them or, when any row is
 * wrong, none, in one transaction. Each row is imported once, whatever comes back (rule 4).
 *
 * Refuses: invalid (csv too large), role_too_low, not_found (shop). What is wrong with rows stands in the report.
 */
export async function importBalances(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: ImportBalances,
): Promise<ImportReport & { importId?: bigint }> {
  const { shopId, by } = input
  if (by.role !== undefined && by.role !== 'owner') refuse({ code: 'role_too_low', role: 'owner' })
  await requireShop(deps.db, shopId)
  const shop = await readShop(deps.db, shopId)
  const table = await readTable(input.csv)
  const keyed = keyRows(await readRows(table, shop.timezone))
  const errors = [...table.errors, ...keyed.errors]
  const ask = {
    shopId,
    rows: keyed.rows,
    wrong: keyed.wrong,
    defaultLabel: wordsFor(shop.locale).t('import:label'),
    at: deps.clock.now(),
  }
  const report = (plan: ImportPlan) => reportOf(table, plan, [...errors, ...plan.errors])
  if (input.dryRun || errors.length > 0) return report(await planImport(deps.db, ask))
  return retryTransaction(deps.db, async (sql) => {
    // One import of a shop at a time, so that the second of two equal ones finds what the first has done.
    await sql.query('lock-import', `select pg_advisory_xact_lock(hashtextextended($1, 0))`, [
      `import:${shopId}`,
    ])
    const plan = await planImport(sql, ask)
    if (plan.errors.length > 0 || plan.fresh.length === 0) return report(plan)
    const { first, last } = await writeGrants(sql, shop, plan.fresh, { ...ask, actor: by.actor })
    const done = report(plan)
    const data = {
      rows: done.new,
      known: done.known,
      units: Number(done.units),
      customers: done.customers,
      firstGrantId: String(first),
      lastGrantId: String(last),
    }
    const audit = { shopId, actor: by.actor, action: 'import_balances', data, at: ask.at } as const
    return { ...done, importId: await writeAudit(sql, audit) }
  })
}

async function readRows(table: Table, timeZone: string): Promise<(BalanceRow | WrongRow)[]> {
  const context = { timeZone, hasReferences: table.columns.has('reference') }
  const rows: (BalanceRow | WrongRow)[] = []
  for (const [index, source] of table.rows.entries()) {
    if (index % rowsInOneGo === 0) await setImmediate()
    rows.push(readRow(source, context))
  }
  return rows
}

/** Customers first, and accounts in ascending order at the end: that is how long a reply to one of them may have to wait. */
async function writeGrants(
  sql: Sql,
  shop: ShopSettings,
  rows: readonly KeyedRow[],
  run: { defaultLabel: string; at: Date; actor: string },
): Promise<{ first: bigint; last: bigint }> {
  const owned: { row: KeyedRow; customerId: bigint }[] = []
  const resolved = new Map<string, bigint>()
  for (const row of rows) {
    const { person } = row
    const key = JSON.stringify([person.shopCustomerId, person.email, person.phone])
    const customerId =
      resolved.get(key) ??
      (await resolveCustomer(sql, {
        shopId: shop.id,
        person: { ...person, country: '' },
        locale: row.locale ?? shop.locale,
        at: run.at,
      }))
    resolved.set(key, customerId)
    owned.push({ row, customerId })
  }
  owned.sort((a, b) => Number(a.customerId - b.customerId))
  const prices = await currentRateCard(sql, shop.id)
  const grantIds: bigint[] = []
  for (const [index, { row, customerId }] of owned.entries()) {
    if (growthSteps.includes(index)) await sql.query('discard-plans', 'discard plans', [])
    const made = await createGrant(sql, {
      shopId: shop.id,
      customerId,
      source: 'import',
      name: row.label || run.defaultLabel,
      channels: row.channels,
      prices,
      unitsEach: row.units,
      units: row.units,
      ...(row.expires && { expiresAt: row.expires.at }),
      ...(row.paid && { paid: row.paid }),
      operation: importOperation,
      key: row.reference,
      inputHash: row.contentHash,
      cause: { kind: 'import', id: row.reference },
      actor: run.actor,
      at: run.at,
    })
    if (made === 'idempotency_conflict') throw new Error('a row of an import was planned as new and is not')
    grantIds.push(made.grantId)
  }
  const [first, last] = [grantIds[0], grantIds.at(-1)]
  if (first === undefined || last === undefined) throw new Error('an import without new rows wrote nothing')
  return { first, last }
}

function reportOf(table: Table, plan: ImportPlan, errors: RowError[]): ImportReport {
  errors.sort((a, b) => a.line - b.line)
  return {
    rows: table.rows.length,
    new: plan.fresh.length,
    known: plan.known,
    units: plan.fresh.reduce((sum, row) => sum + row.units, 0n),
    customers: plan.customers,
    errors: errors.slice(0, mostErrors),
    errorCount: errors.length,
  }
}
