import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { addPackage } from '../../src/domain/packages/add-package.ts'
import { commandLine } from '../cli/command-line.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from './open-app.ts'
import { hiddenFields, readText, signInAs, type Visitor } from './visit.ts'

// Negative credits, three decimals, an unknown channel, a day in the past, an unknown reason, another shop's customer: each is
// answered with 422 or 404 that names the field, by the API, the command line and the forms alike, and writes nothing.

let test: TestApp
let shop: TestShop
let maja: Visitor
let ours: { ticketId: string; customerId: string; grantId: string; packageId: string }
let theirs: typeof ours

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
  const stranger = await seedShop(test.deps, 'Another shop')
  maja = await signInAs(test.app, test.deps, shop.shopId, 'owner')
  ours = await furnish(shop)
  theirs = await furnish(stranger)
})
afterAll(() => test.close())

async function furnish(of: TestShop): Promise<typeof ours> {
  const seeded = await seedTicket(test.app, test.deps, of, { credits: 10 })
  const grant = await test.deps.db.prisma.creditGrant.findFirstOrThrow({ where: { shopId: of.shopId } })
  const pack = { actor: 'cli', shopId: of.shopId, match: 'sku:SUPPORT-10', credits: 10 }
  const { id } = await addPackage(test.deps, pack)
  return { ...seeded, grantId: String(grant.id), packageId: String(id) }
}

/** Everything that an act on credits, packages or prices could have left behind. */
async function standing(): Promise<unknown> {
  const tables = [
    'credit_grant',
    'ledger_entry',
    'operation_key',
    'message',
    'audit_log',
    'customer',
    'contact',
    'package',
    'package_terms',
    'rate',
  ]
  const counts = tables.map((table) => `(select count(*)::int from ${table}) as ${table}`).join(', ')
  const [row] = await test.deps.db.query(
    'standing',
    `select ${counts}, (select sum(available)::text from account) as available, (select string_agg(version::text || units, ',') from rate) as prices`,
    [],
  )
  return row
}

const api = (path: string, body: object) =>
  request(test.app)
    .post(`/api/v1${path}`)
    .set('Authorization', `Bearer ${shop.key}`)
    .send({ idempotencyKey: `wrong-${path}`, ...body })

const csv = (row: string) => `reference,email,credits,expires,channels\nR-1,${row}\n`

describe('the API', () => {
  it.each<[string, string, () => string, object, string]>([
    [
      'negative credits',
      'a grant',
      () => `/customers/${ours.customerId}/grants`,
      { credits: -1, reason: 'x' },
      'credits',
    ],
    [
      'three decimals',
      'a grant',
      () => `/customers/${ours.customerId}/grants`,
      { credits: 0.125, reason: 'x' },
      'credits',
    ],
    [
      'a day in the past',
      'a grant',
      () => `/customers/${ours.customerId}/grants`,
      { credits: 1, reason: 'x', expiresAt: '2020-01-01T00:00:00Z' },
      'expiresAt',
    ],
    [
      'three decimals',
      'an adjustment',
      () => `/customers/${ours.customerId}/adjustments`,
      { credits: 0.125, reason: 'agreed' },
      'credits',
    ],
    [
      'an unknown reason',
      'an adjustment',
      () => `/customers/${ours.customerId}/adjustments`,
      { credits: 1, reason: 'because' },
      'reason',
    ],
    [
      'an unknown reason',
      'a freeze',
      () => `/customers/${ours.customerId}/freeze`,
      { reason: 'because' },
      'reason',
    ],
    [
      'an unknown channel',
      'a reply',
      () => `/tickets/${ours.ticketId}/replies`,
      { channel: 'fax', body: 'Hi' },
      'channel',
    ],
    [
      'negative credits',
      'a package',
      () => '/packages',
      { match: 'sku:X', name: 'X', credits: -1 },
      'credits',
    ],
    [
      'three decimals',
      'a package',
      () => '/packages',
      { match: 'sku:X', name: 'X', credits: 0.125 },
      'credits',
    ],
    [
      'an unknown channel',
      'a package',
      () => '/packages',
      { match: 'sku:X', name: 'X', credits: 1, channels: ['fax'] },
      'channels',
    ],
  ])('refuses %s of %s by its field', async (_what, _of, path, body, field) => {
    const before = await standing()
    const answer = await api(path(), { grantId: ours.grantId, ...body })
    expect(answer.status).toBe(422)
    expect(answer.body.errors.map((error: { field: string }) => error.field.split(/[.[]/)[0])).toEqual([
      field,
    ])
    expect(await standing()).toEqual(before)
  })

  it.each([
    ['negative credits', 'credits', 'a@x.example,-1,,'],
    ['three decimals', 'credits', 'a@x.example,0.125,,'],
    ['a day in the past', 'expires', 'a@x.example,1,2020-01-01,'],
    ['an unknown channel', 'channels', 'a@x.example,1,,fax'],
  ])('refuses %s of an import by its column', async (_what, column, row) => {
    const before = await standing()
    const answer = await api('/imports/balances', { csv: csv(row) })
    expect(answer.status).toBe(422)
    expect(JSON.stringify(answer.body.errors)).toContain(column)
    expect(await standing()).toEqual(before)
  })

  it.each([
    ['a grant', () => `/customers/${theirs.customerId}/grants`, { credits: 1, reason: 'x' }],
    ['an adjustment', () => `/customers/${theirs.customerId}/adjustments`, { credits: 1, reason: 'agreed' }],
    ['a freeze', () => `/customers/${theirs.customerId}/freeze`, { reason: 'chargeback' }],
    ['a merge', () => `/customers/${ours.customerId}/merges`, { sourceId: '', reason: 'same_person' }],
    ['a reply', () => `/tickets/${theirs.ticketId}/replies`, { channel: 'portal', body: 'Hi' }],
  ])("does not find another shop's customer for %s", async (_what, path, body) => {
    const before = await standing()
    const named = 'sourceId' in body ? { ...body, sourceId: theirs.customerId } : body
    const answer = await api(path(), { grantId: theirs.grantId, ...named })
    expect([404, 422]).toContain(answer.status)
    expect(JSON.stringify(answer.body)).toMatch(/customer|ticket|sourceId/)
    expect(await standing()).toEqual(before)
  })
})

describe('the forms of the desk', () => {
  const panel = async (fields: Record<string, string>, ticketId = ours.ticketId) => {
    const page = await maja.get(`/desk/tickets/${ours.ticketId}`).expect(200)
    const hidden = hiddenFields(page.text, `/desk/tickets/${ours.ticketId}/status`)
    return maja.post(`/desk/tickets/${ticketId}/credits`, { ...hidden, grantId: ours.grantId, ...fields })
  }

  it.each([
    ['negative credits', /\bcredits: /, { act: 'goodwill', credits: '-1', days: '30', reason: 'apology' }],
    ['three decimals', /\bcredits: /, { act: 'goodwill', credits: '0,125', days: '30', reason: 'apology' }],
    ['days in the past', /\bdays: /, { act: 'goodwill', credits: '1', days: '-3', reason: 'apology' }],
    ['an unknown reason', /\breason: /, { act: 'goodwill', credits: '1', days: '30', reason: 'because' }],
    ['three decimals of an adjustment', /\bcredits: /, { act: 'adjust', credits: '0.125', reason: 'agreed' }],
    ['an unknown reason of an adjustment', /\breason: /, { act: 'adjust', credits: '1', reason: 'because' }],
    ['an unknown reason of a freeze', /\breason: /, { act: 'freeze', reason: 'because' }],
  ])('refuse %s', async (_what, field, fields) => {
    const before = await standing()
    const answer = await panel(fields)
    expect(answer.status).toBe(422)
    expect(readText(answer)).toMatch(field)
    expect(await standing()).toEqual(before)
  })

  it("do not find another shop's customer", async () => {
    const before = await standing()
    const goodwill = { act: 'goodwill', credits: '1', days: '30', reason: 'apology' }
    expect((await panel(goodwill, theirs.ticketId)).status).toBe(404)
    expect((await maja.get(`/desk/customers/${theirs.customerId}/merge`)).status).toBe(404)
    expect(
      (await panel({ act: 'adjust', credits: '1', reason: 'agreed', grantId: theirs.grantId })).status,
    ).toBe(422)
    expect(await standing()).toEqual(before)
  })

  it.each([
    ['negative credits', 'credits', { credits: '-1' }],
    ['three decimals', 'credits', { credits: '0.125' }],
    ['an unknown channel', 'channels', { channels: 'fax' }],
    ['negative days', 'days', { days: '-1' }],
  ])('refuse a package with %s, beside its field', async (_what, field, wrong) => {
    const before = await standing()
    const page = await maja.get('/desk/packages').expect(200)
    const typed = {
      name: 'Big',
      match: 'sku:BIG',
      credits: '1',
      channels: 'email',
      furtherOrder: 'new_ticket',
    }
    const answer = await maja.submit(page, '/desk/packages', { ...typed, ...wrong })
    expect(answer.status).toBe(422)
    expect(answer.text).toContain(`id="add-${field}-wrong"`)
    expect(await standing()).toEqual(before)
  })

  it.each([
    ['negative credits', 'credits', 'a@x.example,-1,,'],
    ['three decimals', 'credits', 'a@x.example,0.125,,'],
    ['a day in the past', 'expires', 'a@x.example,1,2020-01-01,'],
    ['an unknown channel', 'channels', 'a@x.example,1,,fax'],
  ])('refuse an import with %s, beside its line and column', async (_what, column, row) => {
    const before = await standing()
    const page = await maja.get('/desk/import').expect(200)
    const fields = { ...hiddenFields(page.text, '/desk/import'), csv: csv(row) }
    const answer = await maja.postFile('/desk/import', fields)
    expect(answer.status).toBe(422)
    expect(readText(answer)).toMatch(new RegExp(`2 ${column}`))
    expect(await standing()).toEqual(before)
  })
})

describe('the command line', () => {
  const { run } = commandLine(() => test.deps)

  it.each<[string, string[], RegExp]>([
    ['negative credits', ['package:add', '--match', 'sku:Y', '--credits', '-1'], /credits/],
    ['three decimals', ['package:add', '--match', 'sku:Y', '--credits', '0.125'], /credits/],
    [
      'an unknown channel',
      ['package:add', '--match', 'sku:Y', '--credits', '1', '--channels', 'fax'],
      /channels/,
    ],
    ['an unknown channel of a rate', ['rate:set', '--channel', 'fax', '--price', '1'], /channel/],
    ['a negative price', ['rate:set', '--channel', 'sms', '--price', '-1'], /price/],
    ['a price of three decimals', ['rate:set', '--channel', 'sms', '--price', '0.125'], /price/],
    ['days in the past', ['package:add', '--match', 'sku:Y', '--credits', '1', '--days', '-1'], /days/],
  ])('refuses %s, naming the option', async (_what, args, option) => {
    const before = await standing()
    const { out, failed } = await run(...args, '--shop', String(shop.shopId))
    expect([out, failed]).toEqual(['', expect.stringMatching(option)])
    expect(await standing()).toEqual(before)
  })

  it("does not find another shop's package", async () => {
    const before = await standing()
    const { failed } = await run(
      'package:edit',
      '--shop',
      String(shop.shopId),
      '--package',
      theirs.packageId,
      '--credits',
      '2',
    )
    expect(failed).toMatch(/package/)
    expect(await standing()).toEqual(before)
  })
})
