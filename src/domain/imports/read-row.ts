import { type Channel, channels } from '../credits/rate-card.ts'
import { notStorable } from '../not-storable.ts'
import type { ImportColumn } from './columns.ts'
import {
  readAmount,
  readChannels,
  readCurrency,
  readDay,
  readEmail,
  readLocale,
  readPhone,
  readUnits,
  textUpTo,
  Wrong,
} from './read-cell.ts'
import type { TableRow } from './read-table.ts'
import type { RowError } from './report.ts'

/** A row of the file, understood. */
export interface BalanceRow {
  line: number
  /** The row's id in the system that it comes from, where the file has such a column. */
  reference?: string
  person: { shopCustomerId?: string; email?: string; name: string; company: string; phone: string }
  locale?: string
  units: bigint
  /** The last day of validity in the shop's time zone, and its end; without it the credits never end. */
  expires?: { day: string; at: Date }
  channels: readonly Channel[]
  /** Name of the grant as the customer reads it; '' for the default words. */
  label: string
  /** Rule 17. */
  paid?: { total: string; tax: string; currency: string }
}

/** A row with mistakes, and what of it can be read: enough to find the mistakes that no cell shows by itself. */
export interface WrongRow {
  line: number
  errors: RowError[]
  reference?: string
  expires?: NonNullable<BalanceRow['expires']>
  /** When it can be read whom the credits are for. */
  person?: BalanceRow['person']
  /** When all can be read that tells the row from others, where the file has no references. */
  content?: RowContent
}

/** What tells a row from others. */
export type RowContent = Pick<BalanceRow, 'person' | 'units' | 'expires' | 'label'>

export interface RowContext {
  timeZone: string
  /** Whether the file has a column reference; then each row needs one. */
  hasReferences: boolean
}

/** Checks every cell, so that a row is mended at one go. */
export function readRow(source: TableRow, context: RowContext): BalanceRow | WrongRow {
  const { line, cells } = source
  const errors: RowError[] = []
  const say = (column: ImportColumn, message: string) => errors.push({ line, column, message })
  function cell<T>(column: ImportColumn, read: (text: string) => T | Wrong): T | undefined {
    const text = cells[column]
    if (text === undefined) return undefined
    const value = notStorable.test(text)
      ? new Wrong('remove the characters that are no text (NUL, broken emoji)')
      : read(text)
    if (!(value instanceof Wrong)) return value
    say(column, value.message)
    return undefined
  }

  const reference = cell('reference', textUpTo(200))
  if (context.hasReferences && cells.reference === undefined) {
    say('reference', 'it is empty; give each row its own, or leave the whole column out')
  }
  const email = cell('email', readEmail)
  const shopCustomerId = cell('shop_customer_id', textUpTo(100))
  if (cells.email === undefined && cells.shop_customer_id === undefined) {
    say('email', 'it is empty; give an e-mail or a shop_customer_id')
  }
  const person = {
    ...(shopCustomerId !== undefined && { shopCustomerId }),
    ...(email !== undefined && { email }),
    name: cell('name', textUpTo(200)) ?? email ?? '',
    company: cell('company', textUpTo(200)) ?? '',
    phone: cell('phone', readPhone) ?? '',
  }
  const locale = cell('locale', readLocale)
  const units = cell('credits', readUnits)
  if (cells.credits === undefined) say('credits', 'it is empty; give a number above 0, such as 12.5')
  const expires = cell('expires', (text) => readDay(text, context.timeZone))
  const rowChannels = cell('channels', readChannels) ?? channels
  const label = cell('label', textUpTo(200))
  const paid = readPaid(cells, cell, say)
  const named = { line, ...(reference !== undefined && { reference }), ...(expires && { expires }) }
  // A cell that is there and was not understood leaves its field undefined, as an empty one does.
  const isRead = (column: ImportColumn, value: unknown) => cells[column] === undefined || value !== undefined
  const hasPerson =
    (email ?? shopCustomerId) !== undefined &&
    isRead('email', email) &&
    isRead('shop_customer_id', shopCustomerId)
  if (errors.length > 0 || units === undefined) {
    const whole = hasPerson && units !== undefined && isRead('expires', expires) && isRead('label', label)
    return {
      ...named,
      errors,
      ...(hasPerson && { person }),
      ...(whole && { content: { person, units, label: label ?? '', ...(expires && { expires }) } }),
    }
  }
  return {
    ...named,
    person,
    ...(locale !== undefined && { locale }),
    units,
    channels: rowChannels,
    label: label ?? '',
    ...(paid && { paid }),
  }
}

type ReadCell = <T>(column: ImportColumn, read: (text: string) => T | Wrong) => T | undefined

/** The three columns of rule 17 belong together. */
function readPaid(
  cells: TableRow['cells'],
  cell: ReadCell,
  say: (column: ImportColumn, message: string) => void,
): BalanceRow['paid'] {
  const total = cell('paid_total', readAmount)
  const tax = cell('paid_tax', readAmount)
  const currency = cell('currency', readCurrency)
  if (cells.paid_total === undefined) {
    for (const column of ['paid_tax', 'currency'] as const) {
      if (cells[column] !== undefined) say(column, 'give paid_total too, or leave this cell empty')
    }
    return undefined
  }
  if (cells.currency === undefined) say('currency', 'give the currency of paid_total, such as EUR')
  return total === undefined || currency === undefined ? undefined : { total, tax: tax ?? '0', currency }
}
