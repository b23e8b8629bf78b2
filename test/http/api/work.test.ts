import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { answerWorkOffer } from '../../../src/domain/tickets/close-work-offer.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from '../open-app.ts'
import { answerMisfit } from './documented.ts'

let test: TestApp
let shop: TestShop
let ticketId: string

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
})
afterAll(() => test.close())
beforeEach(async () => {
  ticketId = (await seedTicket(test.app, test.deps, shop, { credits: 10 })).ticketId
})

const post = (url: string, body: object, key = shop.key) =>
  request(test.app).post(`/api/v1${url}`).set('Authorization', `Bearer ${key}`).send(body)
const get = (url: string) => request(test.app).get(`/api/v1${url}`).set('Authorization', `Bearer ${shop.key}`)
const work = (body: object, key?: string) => post(`/tickets/${ticketId}/work`, body, key)
const simple = (key: string, over: object = {}) => ({
  minutes: 20,
  body: 'Moved the shop to PHP 8.4.',
  idempotencyKey: `${ticketId}-${key}`,
  ...over,
})

describe('POST tickets/{id}/work', () => {
  it('rules 4 and 8: charges once, answers a repeat with the same words, and counts the minutes', async () => {
    const first = await work(simple('a', { agent: shop.agent.email })).expect(201)
    expect(answerMisfit('post', '/tickets/{id}/work', 201, first.body)).toBeUndefined()
    expect(first.body).toMatchObject({
      message: { channel: 'work', minutes: 20, credits: 4, state: 'delivered', author: { name: 'Ana Kos' } },
      charge: { credits: 4 },
      balance: { available: 6 },
    })
    const again = await work(simple('a', { agent: shop.agent.email })).expect(201)
    expect(again.body).toEqual(first.body)
    await work(simple('a', { minutes: 5 })).expect(409)
    const ticket = await get(`/tickets/${ticketId}`).expect(200)
    expect(ticket.body).toMatchObject({
      tally: { workMinutes: 20 },
      balance: { available: 6 },
      status: 'waiting',
    })
    const logged = ticket.body.messages.find((message: { channel: string }) => message.channel === 'work')
    expect(logged).toMatchObject({ minutes: 20, credits: 4 })
    expect(answerMisfit('get', '/tickets/{id}', 200, ticket.body)).toBeUndefined()
  })

  it.each([
    [{ minutes: 0 }, 'minutes'],
    [{ minutes: -1 }, 'minutes'],
    [{ minutes: 1441 }, 'minutes'],
    [{ minutes: 2.5 }, 'minutes'],
    [{ minutes: '20' }, 'minutes'],
    [{ minutes: undefined }, 'minutes'],
    [{ body: '  ' }, 'body'],
    [{ idempotencyKey: '' }, 'idempotencyKey'],
    [{ agent: 'nobody@example.com' }, 'agent'],
  ])('answers %j with 422 that names the field, for work and for asking', async (wrong, field) => {
    for (const path of ['work', 'work-offers']) {
      const answer = await post(`/tickets/${ticketId}/${path}`, simple('bad', wrong)).expect(422)
      expect(answer.body.errors.map((error: { field: string }) => error.field)).toEqual([field])
    }
    expect((await get(`/tickets/${ticketId}`)).body.balance.available).toBe(10)
  })

  it('answers 402 with both figures, 404 for a stranger and 403 without the scope to waive', async () => {
    const short = await work(simple('b', { minutes: 60 })).expect(402)
    expect(short.body).toMatchObject({ code: 'insufficient_credits', required: 12, available: 10 })
    expect(answerMisfit('post', '/tickets/{id}/work', 402, short.body)).toBeUndefined()
    await post('/tickets/999999/work', simple('c')).expect(404)
    const other = await seedShop(test.deps, 'Other')
    await work(simple('d'), other.key).expect(404)
    await work(simple('e', { offerId: '999999' })).expect(404)
    const waive = { reason: 'our fault' }
    await work(simple('f', { waive }), shop.writeKey).expect(403)
    const waived = await work(simple('g', { waive })).expect(201)
    expect(waived.body).toMatchObject({
      message: { credits: 0, waived: { worth: 4, reason: 'our fault' } },
      balance: { available: 10 },
    })
  })
})

describe('work offers', () => {
  const ask = (over: object = {}) => post(`/tickets/${ticketId}/work-offers`, simple('ask', over))
  const offers = async () => (await get(`/tickets/${ticketId}/work-offers`).expect(200)).body

  it('are asked, agreed, listed, and used once', async () => {
    const asked = await ask().expect(201)
    expect(answerMisfit('post', '/tickets/{id}/work-offers', 201, asked.body)).toBeUndefined()
    expect(asked.body).toMatchObject({ credits: 4, minutes: 20, agent: 'API' })
    expect((await ask().expect(201)).body).toEqual(asked.body)
    await ask({ minutes: 25 }).expect(409)
    const offerId = asked.body.id
    const early = await work(simple('h', { offerId })).expect(409)
    expect(early.body).toMatchObject({ code: 'offer_not_agreed', state: 'open' })
    await answerWorkOffer(test.deps, {
      shopId: shop.shopId,
      offerId: BigInt(offerId),
      agreed: true,
      customer: { id: 3n, name: 'Mojca' },
    })
    const list = await offers()
    expect(answerMisfit('get', '/tickets/{id}/work-offers', 200, list)).toBeUndefined()
    expect(list.data).toMatchObject([{ id: offerId, state: 'agreed', answeredBy: 'customer:3' }])
    expect((await work(simple('i', { offerId })).expect(201)).body.charge.credits).toBe(4)
    expect((await work(simple('j', { offerId })).expect(409)).body.state).toBe('used')
    expect((await offers()).data).toMatchObject([{ state: 'used' }])
  })

  it('are withdrawn while they are open', async () => {
    const { id } = (await ask().expect(201)).body
    const path = `/tickets/${ticketId}/work-offers/${id}/withdraw`
    const other = await seedShop(test.deps, 'Third')
    await post(path, {}, other.key).expect(404)
    const done = await post(path, { agent: shop.agent.email }).expect(200)
    expect(
      answerMisfit('post', '/tickets/{id}/work-offers/{offerId}/withdraw', 200, done.body),
    ).toBeUndefined()
    expect(done.body).toMatchObject({ state: 'withdrawn', answeredBy: `agent:${shop.agent.id}` })
    const twice = await post(path, {}).expect(409)
    expect(twice.body).toMatchObject({ code: 'offer_not_open', state: 'withdrawn' })
  })

  it('are not found on a ticket that is not there', async () => {
    await get('/tickets/999999/work-offers').expect(404)
    await post('/tickets/999999/work-offers', simple('k')).expect(404)
    expect(await offers()).toEqual({ data: [] })
  })
})
