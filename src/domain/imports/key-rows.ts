import { hashInput } from '../hash-input.ts'
import type { BalanceRow, RowContent, WrongRow } from './read-row.ts'
import type { RowError } from './report.ts'

/** A row with what makes importing it twice one import. */
export interface KeyedRow extends BalanceRow {
  reference: string
  /** Of all that the grant is made of. What describes the customer is not part of it. */
  contentHash: Buffer
}

/**
 * Gives each row its key: its reference, or without one a hash of customer, credits, validity and label, with an ordinal
 * for equal rows. A reference that stands twice in the file is an error. Wrong rows get theirs where it can be told.
 */
export function keyRows(read: readonly (BalanceRow | WrongRow)[]): {
  rows: KeyedRow[]
  wrong: WrongRow[]
  errors: RowError[]
} {
  const errors: RowError[] = []
  const lineOf = new Map<string, number>()
  const equalSoFar = new Map<string, number>()
  const rows: KeyedRow[] = []
  const wrong: WrongRow[] = []
  for (const row of read) {
    const content = 'errors' in row ? row.content : row
    const reference = row.reference ?? (content && ownReference(content, equalSoFar))
    const before = reference === undefined ? undefined : lineOf.get(reference)
    if ('errors' in row) errors.push(...row.errors)
    if (before !== undefined) {
      const message = `"${reference}" is the reference of line ${before} too; each row needs its own`
      errors.push({ line: row.line, column: 'reference', message })
    }
    if (reference !== undefined && before === undefined) lineOf.set(reference, row.line)
    if ('errors' in row || reference === undefined || before !== undefined) {
      wrong.push({ ...row, errors: [], ...(reference !== undefined && { reference }) })
    } else {
      rows.push({ ...row, reference, contentHash: contentHashOf(row) })
    }
  }
  return { rows, wrong, errors }
}

/** Whom the credits are for: the shop's id decides, as for orders. */
export function customerKeyOf({ shopCustomerId, email }: BalanceRow['person']): string {
  return shopCustomerId === undefined ? `email:${email}` : `id:${shopCustomerId}`
}

function ownReference(row: RowContent, equalSoFar: Map<string, number>): string {
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
