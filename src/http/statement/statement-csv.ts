import { stringify } from 'csv-stringify/sync'
import { DateTime } from 'luxon'
import type { Statement, StatementLine } from '../../domain/credits/statement.ts'
import { toCredits } from '../../domain/credits/units.ts'
import { describeLine } from '../../web/statement/describe.ts'
import { wordsFor } from '../../words/words.ts'

export interface CsvOptions {
  /** The customer does not read a supervisor's or a provider's reasons. */
  audience: 'shop' | 'customer'
  locale: string
  /** Spreadsheets take a file without this mark for one in an old encoding; programs do not expect it. */
  bom: boolean
}

type Cells = (string | number)[]

/**
 * The statement as RFC 4180: a header, the opening, one record for each movement, the closing. Days are the shop's, times UTC.
 * A text that a spreadsheet would run as a formula gets an apostrophe in front.
 */
export function statementCsv(statement: Statement, options: CsvOptions): string {
  const forShop = options.audience === 'shop'
  const { totals, deficit, period } = statement
  const edge = (kind: string, day: string, balance: bigint, owed: bigint): Cells => [
    day,
    '',
    kind,
    '',
    '',
    toCredits(balance),
    toCredits(owed),
  ]
  const columns = ['day', 'time', 'kind', 'description', 'credits', 'balance', 'owed']
  const causes = ['order', 'package', 'ticket', 'channel', 'agent']
  const records: Cells[] = [
    [...columns, ...causes, ...(forShop ? ['reason', 'cause', 'entry'] : [])],
    pad(edge('opening', period.from, totals.opening, deficit.opening), forShop),
    ...withOwed(statement).map(({ line, owed }) => recordOf(line, owed, statement, options)),
    pad(edge('closing', period.to, totals.closing, deficit.closing), forShop),
  ]
  return stringify(records, { record_delimiter: 'windows', escape_formulas: true, bom: options.bom })
}

/** Name under which a browser keeps it: "statement-1042-2026-03-01-2026-03-31.csv". */
export function csvName({ customer, period }: Statement): string {
  return `statement-${customer.id}-${period.from}-${period.to}.csv`
}

function withOwed(statement: Statement): { line: StatementLine; owed: bigint }[] {
  let owed = statement.deficit.opening
  return statement.lines.map((line) => {
    owed += line.owedUnits
    return { line, owed }
  })
}

function recordOf(line: StatementLine, owed: bigint, { timeZone }: Statement, options: CsvOptions): Cells {
  const { reason, ...known } = line
  const { what } = describeLine(known, wordsFor(options.locale))
  return [
    DateTime.fromJSDate(line.at, { zone: timeZone }).toISODate() ?? '',
    line.at.toISOString(),
    line.kind,
    // The marks that keep a name's direction are for pages; in a file they would only spoil searching.
    what.replace(/[\u2066-\u2069]/g, ''),
    toCredits(line.units),
    toCredits(line.balance),
    toCredits(owed),
    line.order?.number ?? '',
    line.packageName,
    line.ticket ? String(line.ticket.number) : '',
    line.message?.channel ?? (line.session ? 'video' : ''),
    line.agent ?? '',
    ...(options.audience === 'shop'
      ? [reason ?? '', `${line.cause.kind} ${line.cause.id}`, String(line.id)]
      : []),
  ]
}

function pad(cells: Cells, forShop: boolean): Cells {
  return [...cells, ...Array<string>(forShop ? 8 : 5).fill('')]
}
