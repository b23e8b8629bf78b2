import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from '../open-app.ts'
import { answerMisfit } from './documented.ts'

let test: TestApp
let shop: TestShop

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
})
afterAll(async () => {
  expect((await verifyLedger(test.deps.db)).problems).toEqual([])
  await test.close()
})

const post = (body: object, key = shop.key) =>
  request(test.app).post('/api/v1/imports/balances').set('Authorization', `Bearer ${key}`).send(body)
const get = (path: string, key = shop.key) =>
  request(test.app).get(`/api/v1${path}`).set('Authorization', `Bearer ${key}`)
const grantsOf = (shopId: bigint) => test.deps.db.prisma.creditGrant.count({ where: { shopId } })

describe('an import of balances by the API', () => {
  const csv = 'reference,email,credits\nA-1,ana@api.example,12.5\nA-2,bor@api.example,3\n'

  it('is tried, done once, known afterwards and listed', async () => {
    const dry = await post({ csv, dryRun: true }).expect(201)
    expect(answerMisfit('post', '/imports/balances', 201, dry.body)).toBeUndefined()
    const counts = { rows: 2, new: 2, known: 0, credits: 15.5, customers: { new: 2, known: 0 }, errors: [] }
    expect(dry.body).toMatchObject({ ...counts, id: null, dryRun: true })
    expect(await grantsOf(shop.shopId)).toBe(0)
    expect((await get('/imports').expect(200)).body.data).toEqual([])

    const done = await post({ csv }).expect(201)
    expect(answerMisfit('post', '/imports/balances', 201, done.body)).toBeUndefined()
    expect(done.body).toMatchObject({ ...counts, id: expect.any(String), dryRun: false })
    const again = await post({ csv }).expect(201)
    expect(again.body).toMatchObject({ id: null, rows: 2, new: 0, known: 2, credits: 0 })
    const more = await post({ csv: `${csv}A-3,cene@api.example,1\n` }).expect(201)

    const list = await get('/imports').expect(200)
    expect(answerMisfit('get', '/imports', 200, list.body)).toBeUndefined()
    expect(list.body).toMatchObject({
      data: [
        { id: more.body.id, rows: 1, known: 2, credits: 1, customers: { new: 1, known: 2 }, agentName: null },
        { id: done.body.id, rows: 2, known: 0, credits: 15.5 },
      ],
      next: null,
    })
    const first = await get('/imports?limit=1').expect(200)
    const second = await get(`/imports?limit=1&cursor=${first.body.next}`).expect(200)
    expect([second.body.data[0].id, second.body.next]).toEqual([done.body.id, null])
    const found = await get('/customers?email=ana%40api.example').expect(200)
    const account = await get(`/customers/${found.body.data[0].id}/account`).expect(200)
    expect(account.body).toMatchObject({ available: 12.5, grants: [{ source: 'import' }] })
  })

  it('with wrong rows names line and column, and writes nothing', async () => {
    const before = await grantsOf(shop.shopId)
    const wrong = 'reference,email,credits\nB-1,good@api.example,1\nB-2,nobody,x\n'
    const answer = await post({ csv: wrong })
    expect([answer.status, answer.body.code, answer.body.count]).toEqual([422, 'rows_wrong', 2])
    expect(answerMisfit('post', '/imports/balances', 422, answer.body)).toBeUndefined()
    expect(answer.body.errors).toMatchObject([
      { field: 'csv', line: 3, column: 'email', message: expect.stringContaining('"nobody"') },
      { field: 'csv', line: 3, column: 'credits' },
    ])
    const dry = await post({ csv: wrong, dryRun: true }).expect(201)
    expect(dry.body).toMatchObject({
      id: null,
      errorCount: 2,
      errors: [{ line: 3, column: 'email' }, { line: 3 }],
    })
    expect(await grantsOf(shop.shopId)).toBe(before)
  })

  it('names what differs from the earlier import of a reference', async () => {
    const answer = await post({ csv: 'reference,email,credits\nA-1,ana@api.example,99\n' }).expect(422)
    expect(answer.body.errors).toMatchObject([{ line: 2, column: 'credits' }])
    expect(answer.body.errors[0].message).toContain('"12.5"')
  })

  it.each([
    ['', 1],
    ['\n', 1],
    ['email,credits\n', 2],
    ['email,credits,colour\na@x.example,1,red\n', 1],
    ['e\u0000m\u0000a\u0000i\u0000l\u0000', 1],
    ['email,credits\n"a@x.example,1\n', 2],
  ])('takes %j for no import', async (text, line) => {
    const answer = await post({ csv: text })
    expect([answer.status, answer.body.errors?.[0].line]).toEqual([422, line])
  })

  it.each([
    [{}, 'csv'],
    [{ csv: 5 }, 'csv'],
    [{ csv: 'email,credits\n', dryRun: 'yes' }, 'dryRun'],
  ])('asks for its fields in %j', async (body, field) => {
    const answer = await post(body)
    expect([answer.status, answer.body.code, answer.body.errors?.[0].field]).toEqual([422, 'invalid', field])
  })

  it('takes at most a megabyte', async () => {
    const answer = await post({ csv: 'x'.repeat(1_100_000) })
    expect([answer.status, answer.body.code]).toEqual([413, 'payload_too_large'])
  })

  it('is for keys of scope supervise alone', async () => {
    for (const key of [shop.readKey, shop.writeKey]) {
      expect((await post({ csv }, key).expect(403)).body.missing).toBe('supervise')
      expect((await get('/imports', key).expect(403)).body.missing).toBe('supervise')
    }
  })

  it('stays in the shop of the key: the same references and e-mails are others there', async () => {
    const other = await seedShop(test.deps, 'Other')
    expect((await get('/imports', other.key).expect(200)).body).toEqual({ data: [], next: null })
    const before = await grantsOf(shop.shopId)
    const done = await post({ csv }, other.key).expect(201)
    expect(done.body).toMatchObject({ new: 2, known: 0, customers: { new: 2, known: 0 } })
    expect([await grantsOf(other.shopId), await grantsOf(shop.shopId)]).toEqual([2, before])
  })

  it('for the e-mail of a merged customer lands on whom it was merged into', async () => {
    const one = await seedTicket(test.app, test.deps, shop, { email: 'now@api.example' })
    const two = await seedTicket(test.app, test.deps, shop, { email: 'then@api.example' })
    await request(test.app)
      .post(`/api/v1/customers/${one.customerId}/merges`)
      .set('Authorization', `Bearer ${shop.key}`)
      .send({ sourceId: two.customerId, reason: 'same_person', idempotencyKey: 'merge-import' })
      .expect(201)
    const done = await post({ csv: 'reference,email,credits\nM-1,then@api.example,8\n' }).expect(201)
    expect(done.body.customers).toEqual({ new: 0, known: 1 })
    expect((await get(`/customers/${one.customerId}/account`).expect(200)).body.available).toBe(8)
  })
})
