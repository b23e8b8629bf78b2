import { isUtf8 } from 'node:buffer'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { CsvError, type Options, Parser } from 'csv-parse'
import { parse } from 'csv-parse/sync'
import { refuseField } from '../refusal.ts'
import { columnOf, type ImportColumn, importColumns } from './columns.ts'
import type { RowError } from './report.ts'

export const mostBytes = 5_000_000
export const mostRows = 20_000
/** A row is longer only when a quote was forgotten, and then the rest of the file would be one cell. */
const mostBytesOfRow = 20_000

/** One row of the file below its header; empty cells are left out. */
export interface TableRow {
  line: number
  cells: Partial<Record<ImportColumn, string>>
}

export interface Table {
  columns: ReadonlySet<ImportColumn>
  rows: TableRow[]
  /** What is wrong with the file itself. */
  errors: RowError[]
}

const parsing: Options = {
  bom: true,
  trim: true,
  skip_empty_lines: true,
  relax_column_count: true,
  max_record_size: mostBytesOfRow,
  // Found out from the first line, one other line end in the file would become part of a cell.
  record_delimiter: ['\r\n', '\n', '\r'],
}

interface Parsed {
  line: number
  record: string[]
}

/**
 * Reads CSV in UTF-8, with commas, semicolons or tabs, whichever the header shows. Rows without any content are passed
 * over. Refuses: invalid (csv) beyond `mostBytes`; everything else is an error of a line.
 */
export async function readTable(csv: string | Buffer): Promise<Table> {
  const bytes = typeof csv === 'string' ? Buffer.from(csv) : csv
  if (bytes.length > mostBytes) {
    refuseField('csv', `the file is larger than ${mostBytes / 1_000_000} MB; split it into several files`)
  }
  const table = { columns: new Set<ImportColumn>(), rows: [] as TableRow[], errors: [] as RowError[] }
  if (!isUtf8(bytes)) {
    const message = 'this line is not in UTF-8; save the file as "CSV UTF-8" and give that'
    table.errors.push({ line: firstLineNotUtf8(bytes), column: null, message })
    return table
  }
  // UTF-16 without its mark, or no text at all: both may be bytes that UTF-8 allows.
  if (hasNulInHeader(bytes)) {
    const message = 'this is no text in UTF-8; save the file as "CSV UTF-8" and give that'
    table.errors.push({ line: 1, column: null, message })
    return table
  }
  let header: (ImportColumn | undefined)[] | undefined
  const done = { lines: 0 }
  try {
    for await (const { line, record } of recordsOf(bytes, done)) {
      if (!header) {
        header = record.map(columnOf)
        table.errors.push(...problemsOfHeader(record, line))
        if (table.errors.length > 0) return table
        table.columns = new Set(header.filter((column) => column !== undefined))
      } else if (record.some((cell) => cell.trim() !== '')) {
        if (table.rows.length === mostRows) {
          const message = `a file may have at most ${mostRows} rows; split it into several files`
          table.errors.push({ line, column: null, message })
          return table
        }
        table.rows.push(rowOf(header, record, line, table.errors))
      }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    // How many rows came out before the error depends on buffers, so none of them counts.
    return { ...table, rows: [], errors: [{ line: done.lines + 1, column: null, message: mendOf(error) }] }
  }
  const missing = header ? 'there is no row below the header' : `the file is empty; ${namesOfColumns()}`
  if (table.rows.length === 0) table.errors.push({ line: done.lines + 1, column: null, message: missing })
  return table
}

/** `done` counts the lines that are parsed; an error takes records with it that still wait to be read. */
function recordsOf(bytes: Buffer, done: { lines: number }): AsyncIterable<Parsed> {
  const options = {
    ...parsing,
    delimiter: delimiterOf(bytes),
    raw: true,
    // The parser's own count takes CR LF for two lines in some places, so lines are counted in what it read.
    on_record({ raw, record }: { raw: string; record: string[] }): Parsed {
      const line = done.lines + 1 + lineEndsIn(/^\s*/.exec(raw)?.[0] ?? '')
      done.lines += lineEndsIn(raw)
      return { line, record }
    },
  }
  // The parser's types do not know that with `raw` a record comes wrapped.
  return Readable.from(pieces(bytes)).pipe(new Parser(options as unknown as Options))
}

/** Others wait for this process too: between two pieces it turns to them. */
async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  const size = 65_536
  for (let start = 0; start < bytes.length; start += size) {
    yield bytes.subarray(start, start + size)
    await setImmediate()
  }
}

/** The separator under which the header has the most columns that are known. */
function delimiterOf(bytes: Buffer): string {
  const beginning = bytes.subarray(0, mostBytesOfRow)
  let best = { delimiter: ',', known: 0 }
  for (const delimiter of [',', ';', '\t']) {
    const known = headerUnder(beginning, delimiter).filter((cell) => columnOf(cell)).length
    if (known > best.known) best = { delimiter, known }
  }
  return best.delimiter
}

function headerUnder(beginning: Buffer, delimiter: string): string[] {
  try {
    return parse(beginning, { ...parsing, delimiter, to: 1 })[0] ?? []
  } catch (error) {
    // The right separator has another try, and the whole file is read under it again.
    if (error instanceof CsvError) return []
    throw error
  }
}

function problemsOfHeader(record: string[], line: number): RowError[] {
  const errors: RowError[] = []
  const say = (column: string, message: string) => errors.push({ line, column, message })
  const seen = new Set<ImportColumn>()
  for (const cell of record) {
    const column = columnOf(cell)
    if (column && seen.has(column)) say(column, 'this column stands twice; take one away')
    if (column) seen.add(column)
    // Spreadsheets write columns that were once used as empty ones.
    else if (cell !== '') say(cell.slice(0, 100), `no such column; ${namesOfColumns()}`)
  }
  if (!seen.has('credits')) say('credits', 'this column is missing')
  if (!seen.has('email') && !seen.has('shop_customer_id')) {
    say('email', 'this column is missing; give email or shop_customer_id')
  }
  return errors
}

function namesOfColumns(): string {
  return `the first line names the columns, out of ${importColumns.join(', ')}`
}

function rowOf(
  header: (ImportColumn | undefined)[],
  record: string[],
  line: number,
  errors: RowError[],
): TableRow {
  const cells: TableRow['cells'] = {}
  for (const [index, typed] of record.entries()) {
    // The parser leaves the space alone that stands inside quotes.
    const cell = typed.trim()
    if (cell === '') continue
    const column = header[index]
    // Line ends differ between a file and a form that a browser sends; the content is the same.
    if (column) cells[column] = cell.replace(/\r\n?/g, '\n')
    else {
      const message = `cell ${index + 1} stands under no column; put a cell that holds the separator into quotes`
      errors.push({ line, column: null, message })
    }
  }
  return { line, cells }
}

function lineEndsIn(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0
}

function hasNulInHeader(bytes: Buffer): boolean {
  const end = bytes.indexOf('\n')
  return bytes.subarray(0, end === -1 ? bytes.length : end).includes(0)
}

function firstLineNotUtf8(bytes: Buffer): number {
  for (let line = 1, start = 0; ; line += 1) {
    const end = bytes.indexOf('\n', start)
    if (end === -1 || !isUtf8(bytes.subarray(start, end))) return line
    start = end + 1
  }
}

function mendOf(error: CsvError): string {
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quote that opens in this row is not closed; close it, and write a quote inside a cell twice ("")'
    case 'CSV_MAX_RECORD_SIZE':
      return `this row is longer than ${mostBytesOfRow} bytes; perhaps a quote that opens in it is not closed`
    default:
      return 'a quote stands in the middle of a cell; put the cell into quotes and write the quote inside it twice ("")'
  }
}
