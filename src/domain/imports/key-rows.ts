import { hashInput } from '../hash-input.ts'
import type { BalanceRow } from './read-row.ts'
import type { RowError } from './report.ts'

/** A row with what makes importing it twice one import. */
export interface KeyedRow extends BalanceRow {
  reference: string
  /** Of all that the grant is made of. What describes the customer is not part of it. */
  contentHash: Buffer
}

/**
 * Gives each row its key: its reference, or without one a hash of customer, credits, validity and label, with an ordinal
 * for equal rows. A reference that stands twice in the file is an error.
 */
export function keyRows(rows: readonly BalanceRow[]): { rows: KeyedRow[]; errors: RowError[] } {
  const errors: RowError[] = []
  const lineOf = new Map<string, number>()
  const equalSoFar = new Map<string, number>()
  const keyed: KeyedRow[] = []
  for (const row of rows) {
    const reference = row.reference ?? ownReference(row, equalSoFar)
    const before = lineOf.get(reference)
    if (before === undefined) {
      lineOf.set(reference, row.line)
      keyed.push({ ...row, reference, contentHash: contentHashOf(row) })
    } else {
      const message = `"${reference}" is the reference of line ${before} too; each row needs its own`
      errors.push({ line: row.line, column: 'reference', message })
    }
  }
  return { rows: keyed, errors }
}

/** Whom the credits are for: the shop's id decides, as for orders. */
export function customerKeyOf({ shopCustomerId, email }: BalanceRow['person']): string {
  return shopCustomerId === undefined ? `email:${email}` : `id:${shopCustomerId}`
}

function ownReference(row: BalanceRow, equalSoFar: Map<string, number>): string {
  const hash = hashInput(customerKeyOf(row.person), row.units, row.expires?.day ?? null, row.label)
  const base = `row:${hash.toString('hex').slice(0, 32)}`
  const ordinal = (equalSoFar.get(base) ?? 0) + 1
  equalSoFar.set(base, ordinal)
  return `${base}:${ordinal}`
}

function contentHashOf(row: BalanceRow): Buffer {
  const { units, expires, channels, label, paid } = row
  return hashInput(
    customerKeyOf(row.person),
    units,
    expires?.day ?? null,
    channels,
    label,
    paid ? [paid.total, paid.tax, paid.currency] : null,
  )
}
