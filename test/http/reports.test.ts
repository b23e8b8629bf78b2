import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { createGrant } from '../../src/domain/credits/create-grant.ts'
import { channels, currentRateCard } from '../../src/domain/credits/rate-card.ts'
import { answerMisfit } from './api/documented.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from './open-app.ts'
import { readText, signInAs, type Visitor, visitor } from './visit.ts'

let test: TestApp
let shop: TestShop
let customerId: string
let soldId: bigint
let maja: Visitor

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
  maja = await signInAs(test.app, test.deps, shop.shopId)
  const seeded = await seedTicket(test.app, test.deps, shop, { credits: 3 })
  customerId = seeded.customerId
  soldId = await sell('=Ten answers', '125.00')
  // What ends first is spent first, so what was sold pays for all of them.
  for (const key of ['1', '2', '3', '4']) {
    await api(`/tickets/${seeded.ticketId}/replies`, 'post')
      .send({ channel: 'portal', body: 'Restart it.', idempotencyKey: key })
      .expect(201)
  }
})
afterAll(() => test.close())

const api = (path: string, method: 'get' | 'post' = 'get', key = shop.key) =>
  request(test.app)[method](`/api/v1${path}`).set('Authorization', `Bearer ${key}`)

/** A grant as an order's line makes it. */
async function sell(name: string, total: string): Promise<bigint> {
  const made = await createGrant(test.deps.db, {
    shopId: shop.shopId,
    customerId: BigInt(customerId),
    source: 'order_line',
    packageId: 7n,
    name,
    channels,
    prices: await currentRateCard(test.deps.db, shop.shopId),
    unitsEach: 1000n,
    units: 1000n,
    expiresAt: new Date('2099-06-30T20:00:00Z'),
    paid: { total, tax: '27.50', currency: 'EUR' },
    operation: 'entitle',
    key: `sold-${name}`,
    inputHash: Buffer.from('x'),
    cause: { kind: 'order_line', id: '1:1' },
    actor: 'system',
    at: new Date(),
  })
  if (made === 'idempotency_conflict') throw new Error('sold twice under one name')
  return made.grantId
}

const month = () => new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Ljubljana' }).slice(0, 7)
const names = ['outstanding', 'movements', 'prices', 'deferred-revenue'] as const

describe('the reports of the API', () => {
  it.each(names)('%s is as documented', async (name) => {
    const { body } = await api(`/reports/${name}`).expect(200)
    expect(answerMisfit('get', `/reports/${name}`, 200, body)).toBeUndefined()
    expect(body.timeZone).toBe('Europe/Ljubljana')
  })

  it('say what is outstanding by expiry month and package', async () => {
    const { body } = await api('/reports/outstanding').expect(200)
    expect(body.total).toEqual({ available: 9, held: 0, frozen: 0, total: 9 })
    expect(body.data).toMatchObject([
      { expiryMonth: '2099-06', package: { id: '7', name: '=Ten answers' }, source: null, total: 6 },
      { expiryMonth: null, package: null, source: 'api', total: 3 },
    ])
  })

  it('say what moved by month, sold and given apart', async () => {
    const { body } = await api('/reports/movements').expect(200)
    expect(body.data).toHaveLength(12)
    expect(body.data.at(-1)).toMatchObject({
      month: month(),
      sold: { opening: 0, granted: 10, spent: 4, closing: 6 },
      given: { opening: 0, granted: 3, spent: 0, closing: 3 },
      all: { granted: 13, spent: 4, closing: 9 },
    })
    expect(body.total.all).toEqual(body.data.at(-1).all)
  })

  it('say what a credit cost', async () => {
    const { body } = await api('/reports/prices').expect(200)
    const price = { purchases: 1, credits: 10, paid: '125.00', tax: '27.50', perCredit: '12.5000' }
    expect(body.data).toMatchObject([
      { package: { id: '7' }, currency: 'EUR', all: price, months: [{ month: month(), ...price }] },
    ])
  })

  it('say what is not yet earned', async () => {
    const { body } = await api('/reports/deferred-revenue').expect(200)
    expect(body.data[0]).toMatchObject({
      currency: 'EUR',
      now: { paid: '125.00', refunded: '0.00', earned: '50.00', breakage: '0.00', deferred: '75.00' },
    })
    expect(body.data[0].months.at(-1)).toMatchObject({ opening: '0.00', paid: '125.00', closing: '75.00' })
  })

  it.each([
    ['movements?from=31.3.2026', 'from'],
    ['prices?to=2026-02-30', 'to'],
    ['deferred-revenue?from=2026-03-02&to=2026-03-01', 'from'],
    ['movements?from=2020-01-01&to=2026-03-01', 'to'],
    ['outstanding?format=pdf', 'format'],
    ['prices?format=csv&from=x', 'from'],
    ['movements?from=1&from=2', 'from'],
  ])('refuse %s by its field', async (query, field) => {
    const { body } = await api(`/reports/${query}`).expect(422)
    expect(body.errors.map((error: { field: string }) => error.field)).toEqual([field])
    expect(answerMisfit('get', `/reports/${query.split('?')[0]}`, 422, body)).toBeUndefined()
  })

  it('want a key that may read', async () => {
    for (const name of names) {
      expect((await api(`/reports/${name}`, 'get', shop.writeKey)).status).toBe(403)
      expect((await api(`/reports/${name}`, 'get', shop.readKey)).status).toBe(200)
    }
  })

  it("show nothing to another shop's key", async () => {
    const stranger = await seedShop(test.deps, 'Another shop')
    const total = (await api('/reports/outstanding', 'get', stranger.key)).body
    expect([total.total.total, total.data]).toEqual([0, []])
    expect((await api('/reports/movements', 'get', stranger.key)).body.total.all.granted).toBe(0)
    for (const name of ['prices', 'deferred-revenue']) {
      expect((await api(`/reports/${name}`, 'get', stranger.key)).body.data).toEqual([])
    }
  })

  it('cost two statements each, beside the key', async () => {
    for (const name of names) {
      test.statements()
      await api(`/reports/${name}`)
      expect(test.statements()).toEqual(['find-api-key', 'read-shop', name])
    }
  })
})

describe('the reports as files', () => {
  const file = async (name: string) => {
    const answer = await api(`/reports/${name}?format=csv`).expect(200)
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(answer.headers['content-disposition']).toMatch(
      new RegExp(`attachment; filename=${name}-[\\d-]+\\.csv`),
    )
    return answer.text.split('\r\n')
  }

  it('have a header and a record for each row', async () => {
    expect(await file('outstanding')).toEqual([
      'expiry month,package,package id,source,grants,available,held,frozen,total',
      "2099-06,'=Ten answers,7,,1,6,0,0,6",
      ',,,api,1,3,0,0,3',
      '',
    ])
    const movements = await file('movements')
    expect(movements[0]).toBe(
      'month,from,to,group,opening,granted,restored,reversed,adjusted,moved,spent,revoked,expired,settled,closing,forgiven',
    )
    expect(movements.at(-3)).toMatch(new RegExp(`^${month()},[\\d-]+,[\\d-]+,sold,0,10,0,0,0,0,4,0,0,0,6,0$`))
    expect(await file('prices')).toEqual([
      'package,package id,source,currency,month,purchases,credits,paid,tax,per credit',
      "'=Ten answers,7,,EUR,all,1,10,125.00,27.50,12.5000",
      `'=Ten answers,7,,EUR,${month()},1,10,125.00,27.50,12.5000`,
      '',
    ])
    const deferred = await file('deferred-revenue')
    expect(deferred[0]).toBe('currency,month,from,to,opening,paid,refunded,earned,breakage,closing')
    expect(deferred.at(-2)).toMatch(/,0\.00,125\.00,0\.00,50\.00,0\.00,75\.00$/)
  })

  it('keep money money, also below zero', async () => {
    await test.deps.db.query(
      'test-reverse',
      `select ledger_move($1, $2, $3, 'reverse', 0, -100, 0, 0, 0, 0, 'test', 'k', 'test', '1', 'test', null, now() + interval '40 days')`,
      [shop.shopId, BigInt(customerId), soldId],
    )
    const days = new Date(Date.now() + 80 * 86_400_000).toISOString().slice(0, 10)
    const answer = await api(`/reports/deferred-revenue?format=csv&to=${days}`).expect(200)
    expect(answer.text).toMatch(/,75\.00,0\.00,0\.00,-12\.50,0\.00,87\.50\r\n/)
  })
})

describe('the page of the reports', () => {
  it('is linked for supervisors and owners, and shows all four', async () => {
    for (const role of ['supervisor', 'owner'] as const) {
      const person = await signInAs(test.app, test.deps, shop.shopId, role)
      expect((await person.get('/desk').expect(200)).text).toContain('href="/desk/reports"')
      const text = readText(await person.get('/desk/reports').expect(200))
      expect(text).toContain('=Ten answers')
      for (const heading of ['Outstanding credits', 'Movements', 'Price of a credit', 'Deferred revenue']) {
        expect(text).toContain(heading)
      }
      expect(text).toContain('€125.00')
    }
  })

  it('is not for agents, who see no link to it', async () => {
    const agent = await signInAs(test.app, test.deps, shop.shopId, 'agent')
    expect((await agent.get('/desk').expect(200)).text).not.toContain('/desk/reports')
    for (const path of ['/desk/reports', '/desk/reports/movements.csv']) {
      expect(readText(await agent.get(path).expect(403))).toContain('You may not do this')
    }
    await visitor(test.app).get('/desk/reports').expect(303)
  })

  it('gives each file with the mark that spreadsheets want, of the period on the page', async () => {
    const page = await maja.get('/desk/reports?from=2026-01-01&to=2026-02-28').expect(200)
    for (const name of names) {
      const path = `/desk/reports/${name}.csv?from=2026-01-01&to=2026-02-28`
      expect(page.text).toContain(`href="${path.replace('&', '&amp;')}"`)
      const answer = await maja.get(path).expect(200)
      expect(answer.text.startsWith('\ufeff')).toBe(true)
      expect(answer.headers['content-disposition']).toContain(`${name}-`)
    }
    await maja.get('/desk/reports/nothing.csv').expect(404)
  })

  it.each(['from=x', 'from=2026-03-02&to=2026-03-01'])(
    'says so for %s, and shows the last year',
    async (query) => {
      const page = await maja.get(`/desk/reports?${query}`).expect(422)
      expect(readText(page)).toContain('That period cannot be shown.')
      await maja.get(`/desk/reports/movements.csv?${query}`).expect(422)
    },
  )

  it('of a shop that sold nothing says what will be here', async () => {
    const fresh = await seedShop(test.deps, 'Fresh')
    const person = await signInAs(test.app, test.deps, fresh.shopId)
    const text = readText(await person.get('/desk/reports').expect(200))
    expect(text).toContain('Nobody has credits.')
    expect(text).not.toContain('=Ten answers')
  })
})
