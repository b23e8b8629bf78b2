import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { openTestApp, seedShop, type TestApp, type TestShop } from '../open-app.ts'
import { answerMisfit } from './documented.ts'

let test: TestApp
let shop: TestShop

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
})
afterAll(() => test.close())

const get = (path: string, key = shop.key) =>
  request(test.app).get(`/api/v1${path}`).set('Authorization', `Bearer ${key}`)
const post = (path: string, body: object = {}) =>
  request(test.app).post(`/api/v1${path}`).set('Authorization', `Bearer ${shop.key}`).send(body)

let serial = 0
async function added(terms: object = {}): Promise<string> {
  serial += 1
  const answer = await post('/packages', { match: `product:${serial}`, credits: 10, ...terms }).expect(201)
  expect(answerMisfit('post', '/packages', 201, answer.body)).toBeUndefined()
  return answer.body.id
}

describe('packages', () => {
  it('are added with all their terms, read, changed by version and retired', async () => {
    const id = await added({
      name: 'Small',
      days: 365,
      channels: ['email', 'sms', 'video'],
      priority: 2,
      promotional: true,
      overdraft: 1.5,
      furtherOrder: 'open_ticket',
      prices: { sms: { price: 0.5, per: 'message' }, video: { price: 2, step: 10, free: 60 } },
    })
    const read = await get(`/packages/${id}`).expect(200)
    expect(answerMisfit('get', '/packages/{id}', 200, read.body)).toBeUndefined()
    expect(read.body).toMatchObject({
      match: `product:${serial}`,
      version: 1,
      name: 'Small',
      credits: 10,
      days: 365,
      channels: ['email', 'sms', 'video'],
      priority: 2,
      promotional: true,
      overdraft: 1.5,
      furtherOrder: 'open_ticket',
      prices: {
        sms: { price: 0.5, per: 'reply', step: null, free: null },
        video: { price: 2, per: 'minutes', step: 10, free: 60 },
      },
      sold: 0,
      retiredAt: null,
    })
    const edited = await post(`/packages/${id}`, {
      version: 1,
      credits: 12,
      days: null,
      prices: { sms: null },
    }).expect(200)
    expect(answerMisfit('post', '/packages/{id}', 200, edited.body)).toBeUndefined()
    expect(edited.body).toMatchObject({ version: 2, credits: 12, days: null, name: 'Small', overdraft: 1.5 })
    expect(Object.keys(edited.body.prices)).toEqual(['video'])
    const stale = await post(`/packages/${id}`, { version: 1, credits: 13 })
    expect([stale.status, stale.body.code, stale.body.version]).toEqual([409, 'package_changed', 2])
    const { versions } = (await get(`/packages/${id}`)).body
    expect(versions.map((one: { version: number; days: number }) => [one.version, one.days])).toEqual([
      [2, null],
      [1, 365],
    ])
    const retired = await post(`/packages/${id}/retire`).expect(200)
    expect(answerMisfit('post', '/packages/{id}/retire', 200, retired.body)).toBeUndefined()
    expect((await post(`/packages/${id}/retire`).expect(200)).body).toEqual(retired.body)
    const refused = await post(`/packages/${id}`, { credits: 1 })
    expect([refused.status, refused.body.code]).toEqual([409, 'package_retired'])
    expect((await get(`/packages/${id}`)).body.retiredAt).toBe(retired.body.retiredAt)
  })

  it('are listed by page, the retired ones when asked for', async () => {
    const own = await seedShop(test.deps, 'List')
    const ask = (path: string) => get(path, own.key)
    for (const match of ['product:1', 'product:2', 'product:3']) {
      await request(test.app)
        .post('/api/v1/packages')
        .set('Authorization', `Bearer ${own.key}`)
        .send({ match, credits: 1 })
        .expect(201)
    }
    const first = await ask('/packages?limit=2').expect(200)
    expect(answerMisfit('get', '/packages', 200, first.body)).toBeUndefined()
    const rest = await ask(`/packages?limit=2&cursor=${first.body.next}`).expect(200)
    const matches = [...first.body.data, ...rest.body.data].map((one: { match: string }) => one.match)
    expect(matches).toEqual(['product:1', 'product:2', 'product:3'])
    expect(rest.body.next).toBeNull()
    await request(test.app)
      .post(`/api/v1/packages/${first.body.data[0].id}/retire`)
      .set('Authorization', `Bearer ${own.key}`)
      .expect(200)
    expect((await ask('/packages')).body.data).toHaveLength(2)
    expect((await ask('/packages?retired=true')).body.data).toHaveLength(3)
    await ask('/packages?retired=perhaps').expect(422)
  })

  it.each([
    [{ credits: 0 }, 'credits'],
    [{ credits: '10' }, 'credits'],
    [{ credits: undefined }, 'credits'],
    [{ match: 'category:a b' }, 'match'],
    [{ match: undefined }, 'match'],
    [{ days: 0.5 }, 'days'],
    [{ channels: ['fax'] }, 'channels'],
    [{ channels: [] }, 'channels'],
    [{ priority: 1e308 }, 'priority'],
    [{ promotional: 'yes' }, 'promotional'],
    [{ overdraft: -1 }, 'overdraft'],
    [{ overdraft: 0.001 }, 'overdraft'],
    [{ furtherOrder: 'none' }, 'furtherOrder'],
    [{ name: 'x'.repeat(300) }, 'name'],
    [{ prices: { fax: { price: 1 } } }, 'prices.fax'],
    [{ prices: { email: { price: 1, per: 'segment' } } }, 'prices.email.per'],
    [{ prices: { video: { price: 1, step: 0 } } }, 'prices.video.step'],
    [{ prices: { sms: 1 } }, 'prices.sms'],
  ])('are refused for %j, and nothing is written', async (change, field) => {
    const answer = await post('/packages', { match: 'product:999', credits: 10, ...change })
    expect([answer.status, answer.body.errors?.map((one: { field: string }) => one.field)]).toEqual([
      422,
      [field],
    ])
    expect(await test.deps.db.prisma.package.count({ where: { matchValue: '999' } })).toBe(0)
  })

  it('with an equal match are refused with the id of the one that has it', async () => {
    const id = await added()
    const again = await post('/packages', { match: `product:${serial}`, credits: 1 })
    expect([again.status, again.body.code, again.body.packageId]).toEqual([409, 'package_exists', id])
  })
})

describe('rates', () => {
  it('are set and listed with what they were, in each shop its own', async () => {
    const set = await post('/rates', { channel: 'sms', price: 0.5, per: 'message' }).expect(201)
    expect(answerMisfit('post', '/rates', 201, set.body)).toBeUndefined()
    expect(set.body).toMatchObject({ channel: 'sms', price: 0.5, per: 'reply', version: 1 })
    await post('/rates', { channel: 'sms', price: 0.25, per: 'segment' }).expect(201)
    await post('/rates', { channel: 'video', price: 2, step: 10, free: 60 }).expect(201)
    const listed = await get('/rates').expect(200)
    expect(answerMisfit('get', '/rates', 200, listed.body)).toBeUndefined()
    const byChannel = Object.fromEntries(
      listed.body.data.map((rate: { channel: string }) => [rate.channel, rate]),
    )
    expect(byChannel.sms).toMatchObject({
      price: 0.25,
      per: 'segment',
      version: 2,
      history: [{ version: 2 }, { version: 1, price: 0.5, per: 'reply' }],
    })
    expect(byChannel.video).toMatchObject({ price: 2, per: 'minutes', step: 10, free: 60 })
    expect(byChannel.email).toMatchObject({ price: 1, version: 0, history: [] })
    const other = await seedShop(test.deps, 'Other rates')
    const theirs = await get('/rates', other.key).expect(200)
    expect(theirs.body.data.every((rate: { version: number }) => rate.version === 0)).toBe(true)
  })

  it.each([
    [{ channel: 'fax' }, 'channel'],
    [{ price: -1 }, 'price'],
    [{ price: null }, 'price'],
    [{ per: 'minutes' }, 'per'],
    [{ step: 5 }, 'step'],
  ])('are refused for %j', async (change, field) => {
    const answer = await post('/rates', { channel: 'email', price: 1, ...change })
    expect([answer.status, answer.body.errors?.[0].field]).toEqual([422, field])
  })
})
