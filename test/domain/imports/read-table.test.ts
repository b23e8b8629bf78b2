import { describe, expect, it } from '@jest/globals'
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { importColumns } from '../../../src/domain/imports/columns.ts'
import { readTable } from '../../../src/domain/imports/read-table.ts'

const problems = async (csv: string | Buffer) =>
  (await readTable(csv)).errors.map(({ line, column, message }) => ({ line, column, message }))
const cellsOf = async (csv: string | Buffer) => (await readTable(csv)).rows.map((row) => row.cells)

describe('a file', () => {
  it.each([
    ['commas', 'email,credits\na@x.example,"5,5"\n'],
    ['semicolons', 'email;credits\na@x.example;5,5\n'],
    ['tabs', 'email\tcredits\na@x.example\t5,5\n'],
    ['a mark of UTF-8', '\ufeffemail;credits\na@x.example;5,5\n'],
    ['Windows line ends', 'email;credits\r\na@x.example;5,5\r\n'],
    ['old Macintosh line ends', 'email;credits\ra@x.example;5,5\r'],
    ['line ends of both kinds', 'email;credits\na@x.example;"5,5"\r\n'],
    ['no line end at its end', 'email;credits\na@x.example;5,5'],
    ['space around its cells', ' Email ; CREDITS \n a@x.example ; " 5,5 " \n'],
    ['quoted cells', '"email","credits"\n"a@x.example","5,5"\n'],
    ['empty columns and rows', ';email;credits;\n\n;a@x.example;5,5;\n;;;\n   \n'],
  ])('with %s is read', async (_, csv) => {
    for (const given of [csv, Buffer.from(csv)]) {
      const table = await readTable(given)
      expect(table.errors).toEqual([])
      expect(table.rows.map((row) => row.cells)).toEqual([{ email: 'a@x.example', credits: '5,5' }])
    }
  })

  it('names its columns in any order and case', async () => {
    const [row] = await cellsOf('Paid total,EMAIL,Shop customer ID,Credits\n1,2,3,4\n')
    expect(row).toEqual({ paid_total: '1', email: '2', shop_customer_id: '3', credits: '4' })
  })

  it('keeps quotes, separators and line breaks inside cells, and counts lines as an editor does', async () => {
    const csv =
      'email,name,credits\r\n"a","Ana ""the\r\nboss"", Kos",1\r\n\r\n"b",Bor,2\r\n"c","x\n\ny",3\r\nd,,4'
    const { rows, errors } = await readTable(csv)
    expect(errors).toEqual([])
    expect(rows.map((row) => [row.line, row.cells.name])).toEqual([
      [2, 'Ana "the\nboss", Kos'],
      [5, 'Bor'],
      [6, 'x\n\ny'],
      [9, undefined],
    ])
  })

  it('without content is told what belongs into it', async () => {
    for (const csv of ['', '\n\n', '\ufeff']) {
      expect(await problems(csv)).toMatchObject([{ line: 1, column: null }])
    }
    expect((await problems(''))[0]?.message).toContain('shop_customer_id')
    expect(await problems('email,credits\n,\n')).toMatchObject([{ column: null }])
  })

  it.each([
    ['email,credits,balance\na,1,2\n', 'balance', 'no such column; the first line names the columns'],
    ['email,credits,Credits\na,1,2\n', 'credits', 'twice'],
    ['email,name\na,1\n', 'credits', 'missing'],
    ['name,credits\na,1\n', 'email', 'missing; give email or shop_customer_id'],
    ['a@x.example,5\n', 'a@x.example', 'no such column'],
  ])('with the header of %j is told which column is wrong', async (csv, column, words) => {
    const found = await problems(csv)
    expect(found.map((one) => one.line)).toEqual(found.map(() => 1))
    expect(found.find((one) => one.column === column)?.message).toContain(words)
  })

  it('that is not in UTF-8 is told the first such line', async () => {
    const latin = Buffer.from('email,name,credits\na,Ana,1\nb,Ma\u00f1ana,2\n', 'latin1')
    expect(await problems(latin)).toMatchObject([{ line: 3, column: null }])
    expect((await problems(Buffer.from('\ufeffemail', 'utf16le')))[0]?.message).toContain('UTF-8')
  })

  it.each([
    ['UTF-16 with its mark', Buffer.from('\ufeffemail,credits\na,1\n', 'utf16le')],
    ['UTF-16 without it', Buffer.from('email,credits\na,1\n', 'utf16le')],
    ['UTF-16 in the other order', Buffer.from('email,credits\na,1\n', 'utf16le').swap16()],
    ['a workbook', Buffer.from('504b0304140006000800000021006c8f5f3c', 'hex')],
    ['an image', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['nothing but zeros', Buffer.alloc(64)],
  ])('that is %s is told how to save it', async (_, bytes) => {
    const found = await problems(bytes)
    expect(found).toMatchObject([{ line: 1, column: null }])
    expect(found[0]?.message).toContain('save the file as "CSV UTF-8"')
  })

  it.each([
    ['a quote is not closed', 'email,name,credits\na,Ana,1\nb,"Bor,2\nc,Cene,3\n', 3],
    ['a quote stands in a cell', 'email,name,credits\na,Ana,1\nb,B"o"r,2\n', 3],
    ['a row is endless', `email,name,credits\na,Ana,1\nb,${'x'.repeat(30_000)},2\n`, 3],
    ['a cell stands under no column', 'email,credits\na,1\nb,2,5\n', 3],
  ])('is told the line where %s', async (_, csv, line) => {
    const found = await problems(csv)
    expect(found).toMatchObject([{ line, column: null }])
    expect(found[0]?.message).toMatch(/quote/)
  })
})

describe('any table', () => {
  const cell = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.constantFrom('', 'a"b', '"', ',', ';', '\t', 'x\ny', '=1+1', '5,50', 'ž', 'سارا'),
  )
  const table = fc.subarray([...importColumns], { minLength: 1 }).chain((names) => {
    const columns = [...new Set(['email', 'credits', ...names])]
    const row = fc.tuple(...columns.map(() => cell)).map((cells) => ['who', ...cells.slice(1)])
    return fc.record({ columns: fc.constant(columns), rows: fc.array(row, { minLength: 1, maxLength: 8 }) })
  })
  const dialect = fc.record({
    delimiter: fc.constantFrom(',', ';', '\t'),
    record_delimiter: fc.constantFrom('\n', '\r\n'),
    quoted: fc.boolean(),
    bom: fc.boolean(),
    eof: fc.boolean(),
  })

  it('that a spreadsheet writes in any dialect is read back with the same rows', async () => {
    await fc.assert(
      fc.asyncProperty(table, dialect, fc.boolean(), async ({ columns, rows }, options, asBytes) => {
        const csv = stringify([columns, ...rows], { ...options, quoted_match: /[\r\n]/ })
        const read = await readTable(asBytes ? Buffer.from(csv) : csv)
        expect(read.errors).toEqual([])
        const expected = rows.map((cells) =>
          Object.fromEntries(
            columns
              .map((name, index) => [name, (cells[index] ?? '').trim().replace(/\r\n?/g, '\n')] as const)
              .filter(([, value]) => value !== ''),
          ),
        )
        expect(read.rows.map((row) => row.cells)).toEqual(expected)
        expect(read.rows[0]?.line).toBe(2)
      }),
      { numRuns: 300 },
    )
  })
})
