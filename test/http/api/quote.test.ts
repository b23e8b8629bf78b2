import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from '../open-app.ts'

let test: TestApp
let shop: TestShop

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
})
afterAll(() => test.close())

const post = (path: string, key = shop.key) =>
  request(test.app).post(`/api/v1${path}`).set('Authorization', `Bearer ${key}`)

describe('POST /tickets/{id}/quote (rule 7)', () => {
  it('says price, rest and the grants that would pay; the reply then costs exactly that', async () => {
    const { ticketId } = await seedTicket(test.app, test.deps, shop, { credits: 3 })
    const { body: quote } = await post(`/tickets/${ticketId}/quote`, shop.readKey)
      .send({ channel: 'email', body: 'Hello' })
      .expect(200)
    expect(quote).toMatchObject({
      code: 'ok',
      credits: 1,
      leaves: 2,
      overdraft: 0,
      freeUntil: null,
      grants: [{ name: 'Test', credits: 1, overdraft: 0, expiresAt: null }],
    })
    const { body: reply } = await post(`/tickets/${ticketId}/replies`)
      .send({ channel: 'email', body: 'Hello', idempotencyKey: 'quoted' })
      .expect(201)
    expect(reply.charge).toMatchObject({ credits: quote.credits, entries: [{ grantId: quote.grants[0].id }] })
    expect(reply.balance.available).toBe(quote.leaves)
  })

  it('of work is by its minutes', async () => {
    const { ticketId } = await seedTicket(test.app, test.deps, shop, { credits: 3 })
    const { body } = await post(`/tickets/${ticketId}/quote`)
      .send({ channel: 'work', minutes: 16 })
      .expect(200)
    expect(body).toMatchObject({ code: 'insufficient_credits', credits: 4, leaves: null, grants: [] })
  })

  it('names the field that is wrong', async () => {
    const { ticketId } = await seedTicket(test.app, test.deps, shop)
    for (const [sent, field] of [
      [{ channel: 'pigeon', body: 'x' }, 'channel'],
      [{ channel: 'work', minutes: 0 }, 'minutes'],
      [{ channel: 'email' }, 'body'],
    ] as const) {
      const { body } = await post(`/tickets/${ticketId}/quote`).send(sent).expect(422)
      expect(body.errors).toMatchObject([{ field }])
    }
  })
})

describe('/settings', () => {
  it('changes what is given, leaves the rest, and is read back', async () => {
    const other = await seedShop(test.deps, 'Settings')
    const get = () =>
      request(test.app).get('/api/v1/settings').set('Authorization', `Bearer ${other.readKey}`).expect(200)
    const { body: untouched } = await get()
    expect(untouched).toMatchObject({
      supervisorCredits: 50,
      agentWaivers: 0,
      mergeWindow: 0,
      paidStatuses: [],
      unpaidStatuses: [],
      renewalTicket: 'none',
      orderNotes: true,
      orderMeta: true,
      mailAddress: '',
      thanksReopen: false,
      creditsKey: '_support_credits',
    })
    await post('/settings', other.key).send({ mergeWindow: 10 }).expect(200)
    await post('/settings', other.key).send({ supervisorCredits: 12.5 }).expect(200)
    expect((await get()).body).toEqual({ ...untouched, supervisorCredits: 12.5, mergeWindow: 10 })
    const statuses = { paidStatuses: ['on-hold'], renewalTicket: 'as_package', orderMeta: false }
    await post('/settings', other.key).send(statuses).expect(200)
    expect((await get()).body).toMatchObject({ mergeWindow: 10, ...statuses })
  })

  it('needs the scope supervise, and names each wrong field and writes nothing', async () => {
    await post('/settings', shop.writeKey).send({ mergeWindow: 10 }).expect(403)
    const { body } = await post('/settings')
      .send({
        mergeWindow: 1.5,
        supervisorCredits: 0.001,
        agentWaivers: -1,
        renewalTicket: 'some',
        paidStatuses: ['trash'],
      })
      .expect(422)
    const fields = body.errors.map((one: { field: string }) => one.field)
    expect(fields.sort()).toEqual([
      'agentWaivers',
      'mergeWindow',
      'paidStatuses',
      'renewalTicket',
      'supervisorCredits',
    ])
    const { body: kept } = await request(test.app)
      .get('/api/v1/settings')
      .set('Authorization', `Bearer ${shop.key}`)
      .expect(200)
    expect(kept.mergeWindow).toBe(0)
  })
})
