import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { mergeCustomers } from '../../../src/domain/customers/merge-customers.ts'
import { resolveCustomer } from '../../../src/domain/customers/resolve-customer.ts'
import { importBalances } from '../../../src/domain/imports/import-balances.ts'
import { getImport, listImports } from '../../../src/domain/imports/list-imports.ts'
import { Refused } from '../../../src/domain/refusal.ts'
import { heldMemory } from '../../support/held-memory.ts'
import { makeWorld, start, type World } from '../../support/world.ts'

let world: World
/** Each test has a shop of its own. */
let shopId: bigint

beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  shopId = await world.addShop()
  world.goTo(start)
})

const owner = { actor: 'agent:1', role: 'owner' as const }
const run = (csv: string | Buffer, options: { dryRun?: boolean; by?: typeof owner } = {}) =>
  importBalances(world.deps, { shopId, csv, dryRun: false, by: owner, ...options })
const lines = (...text: string[]) => `${text.join('\n')}\n`
const grants = () => world.db.prisma.creditGrant.findMany({ where: { shopId }, orderBy: { id: 'asc' } })
const customers = () => world.db.prisma.customer.findMany({ where: { shopId }, orderBy: { id: 'asc' } })
const problemsOfLedger = async () => (await verifyLedger(world.db, shopId)).problems

/** Nothing at all is there of the shop's customers and credits. */
async function expectNothingWritten(): Promise<void> {
  expect([await grants(), await customers()]).toEqual([[], []])
  expect(await world.db.prisma.auditLog.count({ where: { shopId } })).toBe(0)
}

describe('an import', () => {
  it('makes a customer and a grant of each row, with all that the file says', async () => {
    await world.db.prisma.shop.update({ where: { id: shopId }, data: { timezone: 'Europe/Ljubljana' } })
    const csv = lines(
      'reference,email,shop_customer_id,name,company,phone,locale,credits,expires,channels,label,paid_total,paid_tax,currency',
      'H-1,Ana@Example.com,7,Ana Kos,Lipa d.o.o.,+386 40 123 456,sl,12.5,2026-12-31,"email, video",From the phone line,100.00,22,eur',
      'H-2,bor@example.com,,,,,,3,,,,,,',
    )
    const report = await run(csv)
    expect(report).toMatchObject({ rows: 2, new: 2, known: 0, units: 1550n, errors: [], errorCount: 0 })
    expect(report.customers).toEqual({ new: 2, known: 0 })
    const [ana, bor] = await customers()
    expect(ana).toMatchObject({
      shopCustomerId: '7',
      name: 'Ana Kos',
      company: 'Lipa d.o.o.',
      locale: 'sl',
      guestEmail: null,
    })
    expect(bor).toMatchObject({ shopCustomerId: null, name: 'bor@example.com', locale: 'en' })
    const contacts = await world.db.prisma.contact.findMany({ where: { shopId }, orderBy: { value: 'asc' } })
    expect(contacts.map((one) => [one.customerId, one.value])).toEqual([
      [ana?.id, '+38640123456'],
      [ana?.id, 'ana@example.com'],
      [bor?.id, 'bor@example.com'],
    ])
    const [first, second] = await grants()
    expect(first).toMatchObject({
      customerId: ana?.id,
      source: 'import',
      name: 'From the phone line',
      channels: ['email', 'video'],
      entitled: 1250n,
      expiresAt: new Date('2026-12-31T22:59:59.999Z'),
      currency: 'EUR',
    })
    expect([Number(first?.paidTotal), Number(first?.paidTax)]).toEqual([100, 22])
    expect(second).toMatchObject({
      name: 'Balance brought over',
      entitled: 300n,
      expiresAt: null,
      paidTotal: null,
    })
    expect(second?.channels).toHaveLength(7)
    const entry = await world.db.prisma.ledgerEntry.findFirstOrThrow({
      where: { shopId, grantId: first?.id ?? 0n },
    })
    expect(entry).toMatchObject({
      kind: 'grant',
      causeKind: 'import',
      causeId: 'H-1',
      actor: 'agent:1',
      entitled: 1250n,
    })
    expect(await problemsOfLedger()).toEqual([])
  })

  it('leaves one line in the audit log that says who brought in how much', async () => {
    const report = await run(lines('email,credits', 'a@x.example,1', 'b@x.example,2'))
    const [line, ...others] = await world.db.prisma.auditLog.findMany({ where: { shopId } })
    expect(others).toEqual([])
    expect(line).toMatchObject({ id: report.importId, actor: 'agent:1', action: 'import_balances' })
    expect(line?.data).toMatchObject({ rows: 2, units: 300, customers: { new: 2, known: 0 } })
  })

  it('gives a customer who is there already the credits, and leaves the name as it is', async () => {
    await run(lines('email,name,credits', 'ana@example.com,Ana,1'))
    const report = await run(
      lines('email,name,phone,credits', 'ANA@example.com,Another,+38640123456,2', 'ana@example.com,,,3'),
    )
    expect(report).toMatchObject({ new: 2, customers: { new: 0, known: 1 } })
    expect(await customers()).toMatchObject([{ name: 'Ana' }])
    const [ana] = await customers()
    const account = await world.db.prisma.account.findFirstOrThrow({
      where: { shopId, customerId: ana?.id ?? 0n },
    })
    expect(account.available).toBe(600n)
  })

  it('pays nothing of what a customer owes (rule 14)', async () => {
    await run(lines('reference,email,credits', 'H-1,ana@example.com,5'))
    const [grant] = await grants()
    const customerId = grant?.customerId ?? 0n
    const ticketId = await world.ticket(customerId, {}, shopId)
    await world.reply(ticketId, { shopId, channel: 'portal' })
    await world.db.query('test-take-back', `select set_promised($1, $2, $3, 0, 'test', '1', 'system', $4)`, [
      shopId,
      customerId,
      grant?.id,
      start,
    ])
    await run(lines('reference,email,credits', 'H-2,ana@example.com,10'))
    expect(await world.db.prisma.account.findFirst({ where: { shopId, customerId } })).toMatchObject({
      available: 1000n,
      deficit: 100n,
    })
  })

  it('is refused to everybody but owners and programs', async () => {
    const csv = lines('email,credits', 'a@x.example,1')
    for (const role of ['agent', 'supervisor'] as const) {
      const refused = importBalances(world.deps, {
        shopId,
        csv,
        dryRun: true,
        by: { actor: 'agent:2', role },
      })
      await expect(refused).rejects.toMatchObject({ refusal: { code: 'role_too_low', role: 'owner' } })
    }
    expect(await run(csv, { by: { actor: 'api:1' } as typeof owner })).toMatchObject({ new: 1 })
    const nowhere = importBalances(world.deps, { shopId: 987654n, csv, dryRun: true, by: owner })
    await expect(nowhere).rejects.toMatchObject({ refusal: { code: 'not_found', what: 'shop' } })
  })

  it('is told again with the customers who got something', async () => {
    await run(lines('email,credits,expires', 'a@x.example,1,2027-01-31', 'b@x.example,2,'))
    await run(lines('email,credits', 'c@x.example,3'))
    const { imports, next } = await listImports(world.deps, { shopId, limit: 10 })
    const [second, first, ...others] = imports
    expect([others, next]).toEqual([[], undefined])
    expect([second?.rows, second?.units, first?.rows, first?.units]).toEqual([1, 300n, 2, 300n])
    expect(first).toMatchObject({ known: 0, customers: { new: 2, known: 0 } })
    const newest = await listImports(world.deps, { shopId, limit: 1 })
    expect(newest).toEqual({ imports: [second], next: second?.id })
    const rest = await listImports(world.deps, { shopId, limit: 1, before: newest.next ?? 0n })
    expect(rest).toEqual({ imports: [first] })
    const seen = await getImport(world.deps, { shopId, importId: first?.id ?? 0n, grantLimit: 10 })
    expect(seen.grants.map((one) => [one.email, one.units])).toEqual([
      ['a@x.example', 100n],
      ['b@x.example', 200n],
    ])
    const stranger = await world.addShop()
    expect(await listImports(world.deps, { shopId: stranger, limit: 10 })).toEqual({ imports: [] })
    const foreign = getImport(world.deps, { shopId: stranger, importId: first?.id ?? 0n, grantLimit: 10 })
    await expect(foreign).rejects.toBeInstanceOf(Refused)
  })
})

describe('a dry run', () => {
  it('gives the very report of the import, and writes nothing', async () => {
    const csv = lines('email,credits', 'a@x.example,1', 'b@x.example,2', 'a@x.example,1')
    const dry = await run(csv, { dryRun: true })
    await expectNothingWritten()
    const { importId, ...report } = await run(csv)
    expect(importId).toBeGreaterThan(0n)
    expect(report).toEqual(dry)
    expect(report).toMatchObject({ rows: 3, new: 3, units: 400n, customers: { new: 2, known: 0 } })
  })
})

describe('the same file again (rule 4)', () => {
  const file = lines(
    'reference,email,name,credits,expires,label',
    'H-1,ana@example.com,Ana,5,2026-12-31,Old line',
    'H-2,bor@example.com,Bor,7,,',
  )

  it('changes nothing and says so, also when its validity is over by then', async () => {
    await run(file)
    const before = [await grants(), await customers()]
    world.goTo(new Date('2028-01-01T00:00:00Z'))
    for (const dryRun of [true, false]) {
      const again = await run(file, { dryRun })
      expect(again).toMatchObject({ rows: 2, new: 0, known: 2, units: 0n, errors: [] })
      expect(again.customers).toEqual({ new: 0, known: 2 })
    }
    expect([await grants(), await customers()]).toEqual(before)
    expect(await world.db.prisma.auditLog.count({ where: { shopId } })).toBe(1)
  })

  it('in another dialect and order of columns, with a name corrected, is the same', async () => {
    await run(file)
    const other = Buffer.from(
      '\ufeffName;Credits;E-Mail;Reference;Label;Expires\r\nAna Kos;"5,00";ANA@example.com;H-1;Old line;2026-12-31\r\n'.replace(
        'E-Mail',
        'email',
      ),
    )
    expect(await run(other)).toMatchObject({ rows: 1, new: 0, known: 1, errors: [] })
  })

  it('with more rows imports only those', async () => {
    await run(file)
    const longer = `${file}H-3,cene@example.com,Cene,1,,\n`
    expect(await run(longer)).toMatchObject({ rows: 3, new: 1, known: 2, units: 100n })
    expect(await grants()).toHaveLength(3)
  })

  it.each([
    ['credits', 'H-1,ana@example.com,Ana,6,2026-12-31,Old line', '"5"'],
    ['expires', 'H-1,ana@example.com,Ana,5,,Old line', '2026-12-31'],
    ['label', 'H-1,ana@example.com,Ana,5,2026-12-31,', 'Old line'],
    ['email', 'H-1,cene@example.com,Ana,5,2026-12-31,Old line', 'another customer'],
  ])(
    'with another %s of a known reference is refused, and what differs is named',
    async (column, changed, was) => {
      await run(file)
      const before = await grants()
      const csv = lines('reference,email,name,credits,expires,label', 'H-9,new@example.com,,1,,', changed)
      const report = await run(csv)
      expect(report.errors.map(({ line, column }) => [line, column])).toEqual([[3, column]])
      expect(report.errors[0]?.message).toContain(was)
      expect(report.errors[0]?.message).toContain('H-1')
      expect(await grants()).toEqual(before)
    },
  )

  it('without references counts equal rows, so that two of them stay two', async () => {
    const csv = lines('email,credits', 'a@x.example,5', 'a@x.example,5', 'a@x.example,6')
    await run(csv)
    expect(await run(csv)).toMatchObject({ new: 0, known: 3 })
    expect(await run(`${csv}a@x.example,5\n`)).toMatchObject({ new: 1, known: 3 })
    expect((await grants()).map((one) => one.entitled)).toEqual([500n, 500n, 600n, 500n])
  })

  it('in another shop is another import', async () => {
    await run(file)
    shopId = await world.addShop()
    expect(await run(file)).toMatchObject({ new: 2, known: 0, customers: { new: 2, known: 0 } })
  })

  it('at once from several hands gives one set of grants', async () => {
    const csv = lines(
      'email,credits',
      ...Array.from({ length: 40 }, (_, n) => `c${n % 15}@x.example,${n + 1}`),
    )
    const reports = await Promise.all([run(csv), run(csv), run(csv)])
    expect(reports.map((one) => one.new).sort((a, b) => a - b)).toEqual([0, 0, 40])
    expect(await grants()).toHaveLength(40)
    expect(await customers()).toHaveLength(15)
    expect(await problemsOfLedger()).toEqual([])
  })

  it('after a process died in the middle finds nothing half done', async () => {
    const csv = lines('email,credits', ...Array.from({ length: 200 }, (_, n) => `d${n}@x.example,2`))
    const dying = run(csv).catch((error: unknown) => error)
    let ended = false
    while (!ended) {
      // Ends the connection under the import as a killed process would, once it has begun to write.
      const killed = await world.db.prisma.$queryRaw<{ ended: boolean }[]>`
        select pg_terminate_backend(pid) as ended from pg_stat_activity
        where datname = current_database() and state <> 'idle' and query like '%create_grant%' and pid <> pg_backend_pid()`
      ended = killed.length > 0
      if (!ended) await sleep(1)
    }
    expect(await dying).toBeInstanceOf(Error)
    await expectNothingWritten()
    expect(await run(csv)).toMatchObject({ new: 200, known: 0 })
    expect(await grants()).toHaveLength(200)
    expect(await problemsOfLedger()).toEqual([])
  })
})

describe('a row that is wrong', () => {
  const good: Record<string, string> = { reference: 'H-1', email: 'ana@example.com', credits: '5' }
  const csvOf = (cells: Record<string, string>) =>
    lines(Object.keys(cells).join(';'), Object.values(cells).join(';'))

  it.each([
    ['email', { email: 'ana@' }],
    ['email', { email: '' }],
    ['reference', { reference: '' }],
    ['reference', { reference: 'x'.repeat(201) }],
    ['shop_customer_id', { shop_customer_id: 'x'.repeat(101) }],
    ['name', { name: 'x'.repeat(201) }],
    ['name', { name: 'a\u0000b' }],
    ['company', { company: 'x'.repeat(201) }],
    ['phone', { phone: '040 123 456' }],
    ['locale', { locale: 'slovenian language' }],
    ['credits', { credits: '' }],
    ['credits', { credits: '0' }],
    ['credits', { credits: '0,00' }],
    ['credits', { credits: '-5' }],
    ['credits', { credits: '5.005' }],
    ['credits', { credits: '1.000,50' }],
    ['credits', { credits: 'five' }],
    ['credits', { credits: '1000001' }],
    ['expires', { expires: '31.12.2027' }],
    ['expires', { expires: '2027-02-30' }],
    ['expires', { expires: '2026-02-28' }],
    ['channels', { channels: 'email fax' }],
    ['label', { label: 'x'.repeat(201) }],
    ['paid_total', { paid_total: '1.000,00', currency: 'EUR' }],
    ['paid_tax', { paid_total: '10', paid_tax: 'x', currency: 'EUR' }],
    ['paid_tax', { paid_tax: '2' }],
    ['currency', { paid_total: '10' }],
    ['currency', { paid_total: '10', currency: 'euro' }],
    ['currency', { currency: 'EUR' }],
  ])('in its %s is named by line and column: %j', async (column, change) => {
    const report = await run(csvOf({ ...good, ...change }))
    expect(report.errors.map((one) => [one.line, one.column])).toEqual([[2, column]])
    expect(report.errors[0]?.message).not.toBe('')
    await expectNothingWritten()
  })

  it('keeps all others out too, and each mistake of each row is named', async () => {
    const csv = lines(
      'email,credits,phone',
      'a@x.example,1,',
      'b@x,none,12',
      '"c@x.example\n",2,',
      ',3,',
      'd@x.example,4,',
    )
    const report = await run(csv)
    expect(report.errors.map((one) => `${one.line} ${one.column}`)).toEqual([
      '3 email',
      '3 phone',
      '3 credits',
      '6 email',
    ])
    expect(report).toMatchObject({ rows: 5, new: 3, units: 700n, errorCount: 4 })
    await expectNothingWritten()
  })

  it('has all its mistakes named at once, also those that no cell shows by itself', async () => {
    await run(lines('email,shop_customer_id,credits', 'reg@x.example,7,1'))
    const report = await run(
      lines(
        'reference,email,phone,credits,expires',
        'H-1,ana@example.com,nonsense,x,2020-01-01',
        'H-2,reg@x.example,nonsense,1,2020-01-01',
        'H-3,no address,,1,2020-01-01',
        ',bor@example.com,,1,2020-01-01',
        'H-1,cene@example.com,12,1,2020-02-01',
        'H-5,reg@x.example,,1,2020-01-01',
      ),
      { dryRun: true },
    )
    const columns = (line: number) =>
      report.errors.filter((one) => one.line === line).map(({ column }) => column)
    expect([2, 3, 4, 5, 6, 7].map((line) => columns(line).sort())).toEqual([
      ['credits', 'expires', 'phone'],
      ['expires', 'phone', 'shop_customer_id'],
      ['email', 'expires'],
      ['expires', 'reference'],
      ['expires', 'phone', 'reference'],
      ['expires', 'shop_customer_id'],
    ])
    expect(report.errorCount).toBe(15)
  })

  it.each([
    ['with a reference', 'reference,', 'H-1,'],
    ['known by its content', '', ''],
  ])('and was imported before, %s, is not told that its day is over', async (_, column, reference) => {
    const header = `${column}email,phone,credits,expires`
    await run(lines(header, `${reference}ana@example.com,,1,2026-12-31`))
    world.goTo(new Date('2028-01-01T00:00:00Z'))
    const again = await run(lines(header, `${reference}ana@example.com,nonsense,1,2026-12-31`))
    expect(again.errors.map((one) => one.column)).toEqual(['phone'])
    const other = await run(lines(header, `${column && 'H-2,'}bor@example.com,nonsense,1,2026-12-31`))
    expect(other.errors.map((one) => one.column)).toEqual(['phone', 'expires'])
  })

  it('names the first line of a reference that stands twice', async () => {
    const report = await run(
      lines('reference,email,credits', 'A,a@x.example,1', 'B,b@x.example,1', 'A,c@x.example,1'),
    )
    expect(report.errors).toMatchObject([{ line: 4, column: 'reference' }])
    expect(report.errors[0]?.message).toContain('line 2')
    await expectNothingWritten()
  })

  it('is counted beyond the thousand that are told', async () => {
    const csv = lines('email,credits', ...Array.from({ length: 700 }, () => 'x,y'))
    const report = await run(csv)
    expect([report.errors.length, report.errorCount]).toEqual([1000, 1400])
  })

  it('takes today as the last day, on the clock of the shop', async () => {
    // 10 in the morning of 1 March in UTC is the evening of 28 February nowhere, and 2 March begins in Kiribati at 10.
    const csv = lines('email,credits,expires', 'a@x.example,1,2026-03-01')
    await world.db.prisma.shop.update({ where: { id: shopId }, data: { timezone: 'Pacific/Kiritimati' } })
    expect((await run(csv)).errors).toMatchObject([{ line: 2, column: 'expires' }])
    await world.db.prisma.shop.update({ where: { id: shopId }, data: { timezone: 'Europe/Ljubljana' } })
    expect(await run(csv)).toMatchObject({ new: 1, errors: [] })
  })
})

describe('an e-mail of a customer with an account in the shop', () => {
  const registered = (email: string, verified: boolean) =>
    world.db.transaction(async (sql) => {
      const person = { shopCustomerId: '7', email, name: 'Ana', company: '', phone: '', country: '' }
      const id = await resolveCustomer(sql, { shopId, person, locale: 'en', at: start })
      if (verified)
        await sql.query('test-verify', 'update contact set verified_at = $2 where customer_id = $1', [
          id,
          start,
        ])
      return id
    })

  it('is given to that customer when it was proved', async () => {
    const id = await registered('ana@example.com', true)
    expect(await run(lines('email,credits', 'ana@example.com,5'))).toMatchObject({
      new: 1,
      customers: { new: 0, known: 1 },
    })
    expect(await grants()).toMatchObject([{ customerId: id }])
  })

  it('is asked for its id when anybody may have typed it there', async () => {
    const id = await registered('ana@example.com', false)
    const report = await run(lines('email,credits', 'ana@example.com,5'))
    expect(report.errors).toMatchObject([{ line: 2, column: 'shop_customer_id' }])
    expect(report.errors[0]?.message).toContain('give shop_customer_id 7')
    expect(await grants()).toEqual([])
    await run(lines('email,shop_customer_id,credits', 'ana@example.com,7,5'))
    expect(await grants()).toMatchObject([{ customerId: id }])
  })

  it('is asked for its id when another row of the file has it', async () => {
    const csv = lines('email,shop_customer_id,credits', 'ana@example.com,7,5', 'ana@example.com,,6')
    expect((await run(csv)).errors).toMatchObject([{ line: 3, column: 'shop_customer_id' }])
    await expectNothingWritten()
  })

  it('stays known when the customer registers after the import', async () => {
    const csv = lines('email,credits', 'ana@example.com,5')
    await run(csv)
    await registered('ana@example.com', false)
    expect(await run(csv)).toMatchObject({ new: 0, known: 1, errors: [] })
  })

  it('joins a guest who proved it to the id that the file gives', async () => {
    await run(lines('email,credits', 'ana@example.com,5'))
    await world.db.prisma.contact.updateMany({ where: { shopId }, data: { verifiedAt: start } })
    const report = await run(lines('email,shop_customer_id,credits', 'ana@example.com,7,6'))
    expect(report.customers).toEqual({ new: 0, known: 1 })
    expect(await customers()).toMatchObject([{ shopCustomerId: '7' }])
  })
})

describe('an e-mail of a customer who was merged into another (rule 15)', () => {
  const make = (person: { shopCustomerId?: string; email: string }) =>
    world.db.transaction((sql) =>
      resolveCustomer(sql, {
        shopId,
        person: { name: 'Ana', company: '', phone: '', country: '', ...person },
        locale: 'en',
        at: start,
      }),
    )
  const merge = (sourceId: bigint, targetId: bigint) =>
    mergeCustomers(world.deps, {
      ...{ shopId, sourceId, targetId, by: owner, reason: 'same_person' },
      idempotencyKey: `merge-${sourceId}`,
    })
  const availableOf = async (customerId: bigint) =>
    (await world.db.prisma.account.findFirstOrThrow({ where: { shopId, customerId } })).available

  it('lands on the target, also over two merges, and counts one customer', async () => {
    const [first, second, target] = [
      await make({ email: 'ana@old.example' }),
      await make({ email: 'ana@home.example' }),
      await make({ email: 'ana@work.example' }),
    ]
    await merge(first, second)
    await merge(second, target)
    const csv = lines('email,credits', 'ana@old.example,1', 'ana@home.example,2', 'ana@work.example,4')
    const report = await run(csv)
    expect(report).toMatchObject({ new: 3, customers: { new: 0, known: 1 }, errors: [] })
    expect(await availableOf(target)).toBe(700n)
    expect((await grants()).map((one) => one.customerId)).toEqual([target, target, target])
    expect(await customers()).toHaveLength(3)
    expect(await problemsOfLedger()).toEqual([])
  })

  it("lands on the target by the source's id in the shop", async () => {
    const source = await make({ shopCustomerId: '7', email: 'ana@shop.example' })
    const target = await make({ email: 'ana@work.example' })
    await merge(source, target)
    const report = await run(lines('email,credits', 'ana@shop.example,5'))
    expect(report.errors.map((one) => one.column)).toEqual(['shop_customer_id'])
    expect(report.errors[0]?.message).toContain('give shop_customer_id 7')
    const named = await run(lines('email,shop_customer_id,credits', 'ana@shop.example,7,5'))
    expect(named).toMatchObject({ new: 1, customers: { new: 0, known: 1 } })
    expect(await availableOf(target)).toBe(500n)
  })

  it('stays known, with the customer who has the credits now', async () => {
    const csv = lines('email,credits', 'ana@old.example,1', 'bor@example.com,2')
    const { importId = 0n } = await run(csv)
    const [ana, bor] = await customers()
    await merge(ana?.id ?? 0n, bor?.id ?? 0n)
    expect(await run(csv)).toMatchObject({ new: 0, known: 2, customers: { new: 0, known: 1 }, errors: [] })
    const seen = await getImport(world.deps, { shopId, importId, grantLimit: 10 })
    expect(seen.grants.map((one) => [one.customerId, one.units])).toEqual([
      [bor?.id, 100n],
      [bor?.id, 200n],
    ])
    expect(await problemsOfLedger()).toEqual([])
  })

  it('lands on the target when the merge comes while the file is imported', async () => {
    const target = await make({ email: 'target@example.com' })
    const rows = Array.from({ length: 300 }, (_, n) => `e${n}@x.example,1`)
    const source = await make({ email: 'e299@x.example' })
    await Promise.all([run(lines('email,credits', ...rows)), sleep(60).then(() => merge(source, target))])
    expect(await availableOf(target)).toBe(100n)
    expect(await availableOf(source)).toBe(0n)
    expect(await grants()).toHaveLength(300 + (await movedGrants()))
    expect(await problemsOfLedger()).toEqual([])
  })

  const movedGrants = () => world.db.prisma.creditGrant.count({ where: { shopId, movedTo: { not: null } } })
})

describe('a large file', () => {
  const rowsOf = (count: number) =>
    Array.from(
      { length: count },
      (_, n) => `R${n},customer${n}@example.com,Customer number ${n},${(n % 50) + 1}.25`,
    )

  it('of 10,000 rows fits into a request, is imported and known again', async () => {
    const csv = lines('reference,email,name,credits', ...rowsOf(10_000))
    expect(Buffer.byteLength(csv)).toBeLessThan(1_000_000)
    const before = heldMemory()
    const report = await run(csv)
    expect(report).toMatchObject({ rows: 10_000, new: 10_000, customers: { new: 10_000, known: 0 } })
    expect(heldMemory() - before).toBeLessThan(20_000_000)
    expect(await run(csv)).toMatchObject({ new: 0, known: 10_000, errors: [] })
    expect(await verifyLedger(world.db, shopId)).toMatchObject({
      accounts: 10_000,
      entries: 10_000,
      problems: [],
    })
  })

  it('lets other requests have their turn while it is read', async () => {
    let turns = 0
    const timer = setInterval(() => {
      turns += 1
    }, 1)
    await run(lines('email,credits', ...Array.from({ length: 15_000 }, () => 'nobody,none')), {
      dryRun: true,
    })
    clearInterval(timer)
    expect(turns).toBeGreaterThan(10)
  })

  it('with too many rows or bytes is refused with the limit', async () => {
    const report = await run(lines('email,credits', ...Array.from({ length: 20_001 }, () => 'a@x.example,1')))
    expect(report.errors).toMatchObject([{ line: 20_002, column: null }])
    expect(report.errors[0]?.message).toContain('20000 rows')
    await expect(run('x'.repeat(5_000_001))).rejects.toMatchObject({
      refusal: { code: 'invalid', fields: [{ field: 'csv' }] },
    })
    await expectNothingWritten()
  })
})
