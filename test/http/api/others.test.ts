import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { capturedSecret } from '../../support/fakes/captures.ts'
import { openTestApp, publicUrl, seedShop, seedTicket, type TestApp, type TestShop } from '../open-app.ts'
import { answerMisfit } from './documented.ts'

let test: TestApp
let shop: TestShop

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
})
afterAll(() => test.close())

const get = (path: string) =>
  request(test.app).get(`/api/v1${path}`).set('Authorization', `Bearer ${shop.key}`)
const post = (path: string, body: object = {}) =>
  request(test.app).post(`/api/v1${path}`).set('Authorization', `Bearer ${shop.key}`).send(body)

describe('sessions', () => {
  it('open with a link for each side, are read and end once', async () => {
    const { ticketId, customerId } = await seedTicket(test.app, test.deps, shop, { credits: 5 })
    const opened = await post(`/tickets/${ticketId}/sessions`, {
      kind: 'video',
      agent: shop.agent.id,
    }).expect(201)
    expect(answerMisfit('post', '/tickets/{id}/sessions', 201, opened.body)).toBeUndefined()
    const { id, agentSocket, customerUrl } = opened.body
    expect(customerUrl.startsWith(`${publicUrl}/`)).toBe(true)
    expect(agentSocket.startsWith(publicUrl.replace('https', 'wss'))).toBe(true)
    const second = await post(`/tickets/${ticketId}/sessions`, { kind: 'video' })
    expect([second.status, second.body.code, second.body.sessionId]).toEqual([409, 'session_open', id])
    const running = await get(`/sessions/${id}`).expect(200)
    expect(answerMisfit('get', '/sessions/{id}', 200, running.body)).toBeUndefined()
    expect(running.body).toMatchObject({
      state: 'open',
      held: 1,
      actualSeconds: 0,
      charge: null,
      agentName: 'Ana Kos',
    })
    const ended = await post(`/sessions/${id}/end`).expect(200)
    expect(answerMisfit('post', '/sessions/{id}/end', 200, ended.body)).toBeUndefined()
    expect(ended.body).toMatchObject({
      state: 'void',
      actualSeconds: 0,
      billedSeconds: 0,
      charge: { credits: 0 },
    })
    expect((await post(`/sessions/${id}/end`).expect(200)).body).toEqual(ended.body)
    expect((await get(`/customers/${customerId}/account`)).body).toMatchObject({ available: 5, held: 0 })
  })

  it('need credits and a kind', async () => {
    const { ticketId } = await seedTicket(test.app, test.deps, shop)
    const poor = await post(`/tickets/${ticketId}/sessions`, { kind: 'video' })
    expect(poor.status).toBe(402)
    const strange = await post(`/tickets/${ticketId}/sessions`, { kind: 'dance' })
    expect([strange.status, strange.body.errors[0].field]).toEqual([422, 'kind'])
  })
})

describe('customers', () => {
  it('are found by e-mail and phone and walked by cursor', async () => {
    await seedTicket(test.app, test.deps, shop, { email: 'find@example.com', phone: '+38640999111' })
    const byMail = await get('/customers?email=FIND@example.com').expect(200)
    expect(answerMisfit('get', '/customers', 200, byMail.body)).toBeUndefined()
    expect(byMail.body.data).toHaveLength(1)
    const byPhone = await get('/customers?phone=%2B38640999111').expect(200)
    expect(byPhone.body.data[0].id).toBe(byMail.body.data[0].id)
    expect((await get('/customers?order=1').expect(200)).body.data).toEqual([])
    const first = await get('/customers?limit=1').expect(200)
    const second = await get(`/customers?limit=1&cursor=${first.body.next}`).expect(200)
    expect(second.body.data[0].id).not.toBe(first.body.data[0].id)
    await get('/customers?cursor=zzz').expect(422)
  })

  it('get credits by hand, once for each key', async () => {
    const { customerId } = await seedTicket(test.app, test.deps, shop)
    const body = {
      credits: 2.5,
      reason: 'For the wait',
      idempotencyKey: 'g',
      expiresAt: '2099-01-01T00:00:00+01:00',
    }
    const first = await post(`/customers/${customerId}/grants`, body).expect(201)
    expect(answerMisfit('post', '/customers/{id}/grants', 201, first.body)).toBeUndefined()
    expect(first.body).toMatchObject({ credits: 2.5, expiresAt: '2098-12-31T23:00:00.000Z' })
    expect((await post(`/customers/${customerId}/grants`, body).expect(201)).body).toEqual(first.body)
    await post(`/customers/${customerId}/grants`, { ...body, credits: 3 }).expect(409)
    const account = await get(`/customers/${customerId}/account`).expect(200)
    expect(answerMisfit('get', '/customers/{id}/account', 200, account.body)).toBeUndefined()
    expect(account.body).toMatchObject({
      available: 2.5,
      grants: [{ entitled: 2.5, remainder: 2.5, source: 'api' }],
    })
  })

  it.each([
    [{ credits: 0 }, 'credits'],
    [{ credits: -1 }, 'credits'],
    [{ credits: 1.005 }, 'credits'],
    [{ credits: '5' }, 'credits'],
    [{ credits: 1e12 }, 'credits'],
    [{ reason: '' }, 'reason'],
    [{ expiresAt: 'tomorrow' }, 'expiresAt'],
    [{ expiresAt: '2001-01-01T00:00:00Z' }, 'expiresAt'],
    [{ idempotencyKey: undefined }, 'idempotencyKey'],
  ])('get none for %j', async (change, field) => {
    const { customerId } = await seedTicket(test.app, test.deps, shop)
    const body = { credits: 1, reason: 'x', idempotencyKey: 'bad', ...change }
    const answer = await post(`/customers/${customerId}/grants`, body)
    expect([answer.status, answer.body.errors?.[0].field]).toEqual([422, field])
  })
})

describe('deliveries and reviews', () => {
  it('are listed by state', async () => {
    const body = '{"broken":'
    await request(test.app)
      .post(`/webhooks/woocommerce/${shop.shopId}`)
      .set('X-WC-Webhook-Signature', createHmac('sha256', capturedSecret).update(body).digest('base64'))
      .set('X-WC-Webhook-Topic', 'order.updated')
      .send(body)
      .expect(200)
    const pending = await get('/deliveries?state=pending').expect(200)
    expect(answerMisfit('get', '/deliveries', 200, pending.body)).toBeUndefined()
    expect(pending.body.data).toMatchObject([{ topic: 'order.updated', state: 'pending', reason: null }])
    expect((await get('/deliveries?state=failed').expect(200)).body.data).toEqual([])
    await get('/deliveries?state=lost').expect(422)
  })

  it('lists what a supervisor must decide', async () => {
    await test.deps.db.prisma.review.createMany({
      data: [1, 2].map((n) => ({
        shopId: shop.shopId,
        kind: 'amount_refund',
        subjectKey: `order:${n}`,
        data: { amount: '12.00' },
        createdAt: new Date(),
        ...(n === 2 ? { resolvedAt: new Date() } : {}),
      })),
    })
    const answer = await get('/reviews').expect(200)
    expect(answerMisfit('get', '/reviews', 200, answer.body)).toBeUndefined()
    expect(answer.body.data).toMatchObject([{ kind: 'amount_refund', ticketId: null, order: null }])
  })
})
