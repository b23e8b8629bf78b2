import type { Sql } from '../../db/database.ts'
import { toCredits } from '../credits/units.ts'
import type { ImportColumn } from './columns.ts'
import type { KeyedRow } from './key-rows.ts'
import type { RowError } from './report.ts'

export const importOperation = 'import'

/** What an earlier run made of a row. */
export interface Imported {
  reference: string
  contentHash: Buffer
  /** The customer who has it today. */
  accountId: bigint | null
  label: string | null
  channels: string[] | null
  units: bigint | null
  expiresAt: Date | null
  total: string | null
  tax: string | null
  currency: string | null
}

/** By reference. */
export async function findImported(
  sql: Sql,
  shopId: bigint,
  references: readonly string[],
): Promise<Map<string, Imported>> {
  const found = await sql.query<Imported>(
    'find-imported',
    `select k.key as reference, k.input_hash as "contentHash", customer_now(g.shop_id, g.customer_id) as "accountId",
       g.name as label, g.channels, g.units_each as units, g.expires_at as "expiresAt", g.paid_total::text as total,
       g.paid_tax::text as tax, g.currency
     from operation_key k
     left join credit_grant g on g.shop_id = k.shop_id and g.id = (k.result->>'grant')::bigint
     where k.shop_id = $1 and k.operation = $2 and k.key = any($3::text[])`,
    [shopId, importOperation, references],
  )
  return new Map(found.map((one) => [one.reference, one]))
}

/** One error for each column that the grant of the earlier import does not agree with. */
export function differences(row: KeyedRow, before: Imported, defaultLabel: string): RowError[] {
  const pairs: [ImportColumn, now: string, then: string][] = [
    ['credits', String(toCredits(row.units)), String(toCredits(before.units ?? 0n))],
    ['expires', row.expires?.at.toISOString() ?? '', before.expiresAt?.toISOString() ?? ''],
    ['channels', row.channels.join(' '), before.channels?.join(' ') ?? ''],
    ['label', row.label || defaultLabel, before.label ?? ''],
    ['paid_total', row.paid?.total ?? '', before.total ?? ''],
    ['paid_tax', row.paid?.tax ?? '', before.tax ?? ''],
    ['currency', row.paid?.currency ?? '', before.currency ?? ''],
  ]
  const differing = pairs.filter(([, now, then]) => now !== then)
  const mend = 'give a new row its own reference, and correct what was imported by hand'
  if (differing.length === 0) {
    const column = row.person.shopCustomerId === undefined ? 'email' : 'shop_customer_id'
    const message = `"${row.reference}" was imported for another customer; ${mend}`
    return [{ line: row.line, column, message }]
  }
  return differing.map(([column, , then]) => ({
    line: row.line,
    column,
    message: `"${row.reference}" was imported with ${then === '' ? 'this empty' : `"${then}"`}; ${mend}`,
  }))
}
