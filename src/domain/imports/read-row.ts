import { DateTime } from 'luxon'
import { z } from 'zod'
import { type Channel, channels, isChannel } from '../credits/rate-card.ts'
import { normalLocale } from '../customers/normal-locale.ts'
import { normalPhone } from '../customers/normal-phone.ts'
import type { ImportColumn } from './columns.ts'
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

export interface RowContext {
  timeZone: string
  /** Whether the file has a column reference; then each row needs one. */
  hasReferences: boolean
}

/** What a cell holds that it may not, as the sentence that says so. */
class Wrong {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

/* PostgreSQL stores neither NUL nor halves of surrogate pairs. */
const notStorable = /\0|\p{Surrogate}/u

/** Checks every cell, so that a row is mended at one go; either a row or what is wrong with it. */
export function readRow(source: TableRow, context: RowContext): BalanceRow | RowError[] {
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
  const rest = {
    channels: cell('channels', readChannels) ?? channels,
    label: cell('label', textUpTo(200)) ?? '',
  }
  const paid = readPaid(cells, cell, say)
  if (errors.length > 0 || units === undefined) return errors
  return {
    line,
    ...(reference !== undefined && { reference }),
    person,
    ...(locale !== undefined && { locale }),
    units,
    ...(expires && { expires }),
    ...rest,
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

/** The value as it stands in the cell, short enough to be found again. */
function shown(text: string): string {
  return `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`
}

function textUpTo(longest: number) {
  return (text: string): string | Wrong =>
    text.length > longest ? new Wrong(`shorten it to ${longest} characters`) : text
}

const emailAddress = z.email().max(254)

function readEmail(text: string): string | Wrong {
  const email = text.toLowerCase()
  return emailAddress.safeParse(email).success ? email : new Wrong(`${shown(text)} is no e-mail address`)
}

function readPhone(text: string): string | Wrong {
  return (
    normalPhone(text, '') ??
    new Wrong(`${shown(text)} is no phone number; give it with + and the country code, such as +38640123456`)
  )
}

function readLocale(text: string): string | Wrong {
  const locale = text.length > 35 ? undefined : normalLocale(text)
  return locale ?? new Wrong(`${shown(text)} is no language; give one such as sl or de-AT`)
}

const mostUnits = 100_000_000n

function readUnits(text: string): bigint | Wrong {
  const parts = /^(\d{1,9})(?:[.,](\d{1,2}))?$/.exec(text)
  if (!parts) {
    return new Wrong(
      `${shown(text)} is no number of credits; give one such as 12.5, with at most two decimals and no mark for thousands`,
    )
  }
  const units = BigInt(parts[1] ?? '0') * 100n + BigInt((parts[2] ?? '').padEnd(2, '0'))
  if (units === 0n) return new Wrong('give a number above 0, or take the row out')
  return units > mostUnits ? new Wrong('give at most a million credits in one row') : units
}

/** Rule 13: validity ends with the day, on the shop's clock. */
function readDay(text: string, timeZone: string): { day: string; at: Date } | Wrong {
  const end = /^\d{4}-\d{2}-\d{2}$/.test(text)
    ? DateTime.fromISO(text, { zone: timeZone }).endOf('day')
    : undefined
  if (!end?.isValid) return new Wrong(`${shown(text)} is no day; write it as 2027-12-31`)
  return { day: text, at: end.toJSDate() }
}

function readChannels(text: string): readonly Channel[] | Wrong {
  const names = text
    .toLowerCase()
    .split(/[\s,;|]+/)
    .filter((name) => name !== '')
  const unknown = names.filter((name) => !isChannel(name))
  if (unknown.length > 0 || names.length === 0) {
    return new Wrong(
      `${shown(unknown.join(' ') || text)} is no channel; choose from ${channels.join(' ')}, or leave it empty for all`,
    )
  }
  return channels.filter((channel) => names.includes(channel))
}

/** In its shortest form, so that 10 and 10,00 are the same content. */
function readAmount(text: string): string | Wrong {
  const parts = /^0*(\d{1,12})(?:[.,](\d{1,4}?)0*)?$/.exec(text)
  if (!parts) return new Wrong(`${shown(text)} is no amount; write it as 125.00`)
  const [, whole = '0', decimals = '0'] = parts
  return /^0*$/.test(decimals) ? whole : `${whole}.${decimals}`
}

function readCurrency(text: string): string | Wrong {
  return /^[A-Za-z]{3}$/.test(text)
    ? text.toUpperCase()
    : new Wrong(`${shown(text)} is no currency; give three letters, such as EUR`)
}
