import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { addAgent } from '../../../src/domain/agents/add-agent.ts'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from '../open-app.ts'
import { answerMisfit } from './documented.ts'

let test: TestApp
let shop: TestShop
let serial = 0

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
  const agent = { shopId: shop.shopId, email: 'luka@shop.example', name: 'Luka', role: 'agent' }
  await addAgent(test.deps, agent)
})
afterAll(async () => {
  expect((await verifyLedger(test.deps.db)).problems).toEqual([])
  await test.close()
})

const get = (path: string) =>
  request(test.app).get(`/api/v1${path}`).set('Authorization', `Bearer ${shop.key}`)
const post = (path: string, body: object) =>
  request(test.app)
    .post(`/api/v1${path}`)
    .set('Authorization', `Bearer ${shop.key}`)
    .send({ idempotencyKey: `act-${++serial}`, ...body })

/** A customer with one grant of 10 credits, and a charged portal answer when asked. */
async function customer(options: { replied?: boolean } = {}) {
  const { ticketId, customerId } = await seedTicket(test.app, test.deps, shop, { credits: 10 })
  const account = await get(`/customers/${customerId}/account`).expect(200)
  const grantId: string = account.body.grants[0].id
  if (!options.replied) return { ticketId, customerId, grantId, messageId: '' }
  const reply = await post(`/tickets/${ticketId}/replies`, { channel: 'portal', body: 'Try now' }).expect(201)
  return { ticketId, customerId, grantId, messageId: String(reply.body.message.id) }
}

/** Takes everything back, so that what was spent is owed. */
async function revoke(customerId: string, grantId: string) {
  await test.deps.db.query(
    'test-revoke',
    `select set_promised($1, $2, $3, 0, 'test', '1', 'system', now())`,
    [shop.shopId, BigInt(customerId), BigInt(grantId)],
  )
}

describe('adjustments', () => {
  it('move a grant, once for a key, and stand in the audit', async () => {
    const { customerId, grantId } = await customer()
    const path = `/customers/${customerId}/adjustments`
    const body = {
      grantId,
      credits: -2.5,
      reason: 'agreed',
      note: 'by phone',
      idempotencyKey: 'a1',
      agent: 'ana@shop.example',
    }
    const done = await post(path, body).expect(201)
    expect(answerMisfit('post', '/customers/{id}/adjustments', 201, done.body)).toBeUndefined()
    expect(done.body).toMatchObject({ credits: -2.5, balance: { available: 7.5 } })
    expect((await post(path, body).expect(201)).body).toEqual(done.body)
    expect((await post(path, { ...body, credits: 1 }).expect(409)).body.code).toBe('idempotency_conflict')
    const audit = await get(`/customers/${customerId}/audit`).expect(200)
    expect(answerMisfit('get', '/customers/{id}/audit', 200, audit.body)).toBeUndefined()
    expect(audit.body.data).toMatchObject([
      {
        action: 'adjust',
        actor: { name: 'Ana Kos' },
        data: { grantId, credits: -2.5, reason: 'agreed', note: 'by phone' },
      },
      { action: 'grant', actor: { name: null }, data: { credits: 10 } },
    ])
  })

  it.each([
    [{ reason: 'because' }, 'reason'],
    [{ credits: 0 }, 'credits'],
    [{ credits: 1.005 }, 'credits'],
    [{ grantId: '999999' }, 'grantId'],
    [{ agent: 'nobody@shop.example' }, 'agent'],
  ])('name the wrong field: %j', async (wrong, field) => {
    const { customerId, grantId } = await customer()
    const answer = await post(`/customers/${customerId}/adjustments`, {
      grantId,
      credits: 1,
      reason: 'agreed',
      ...wrong,
    })
    expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([422, field])
    expect((await get(`/customers/${customerId}/account`)).body.available).toBe(10)
  })

  it("keep to the named agent's role", async () => {
    const { customerId, grantId } = await customer()
    const ask = (credits: number, agent: string) =>
      post(`/customers/${customerId}/adjustments`, { grantId, credits, reason: 'agreed', agent })
    const low = await ask(1, 'luka@shop.example')
    expect([low.status, low.body.code, low.body.role]).toEqual([403, 'role_too_low', 'supervisor'])
    const high = await ask(51, 'ana@shop.example')
    expect([high.status, high.body.code, high.body.limit]).toEqual([403, 'above_limit', 50])
    const below = await ask(-10.5, 'ana@shop.example')
    expect([below.status, below.body.code, below.body.lowest]).toEqual([409, 'adjustment_below_use', -10])
    expect(answerMisfit('post', '/customers/{id}/adjustments', 409, below.body)).toBeUndefined()
  })
})

describe('what is owed', () => {
  it('is settled from another grant, or forgiven', async () => {
    const { ticketId, customerId, grantId } = await customer({ replied: true })
    await post(`/tickets/${ticketId}/replies`, { channel: 'portal', body: 'And now' }).expect(201)
    await revoke(customerId, grantId)
    const gift = await post(`/customers/${customerId}/grants`, {
      credits: 0.5,
      reason: 'Sorry for the wait',
      reasonCode: 'apology',
    }).expect(201)
    const act = { grantId, payerId: gift.body.id, reason: 'agreed' }
    const short = await post(`/customers/${customerId}/settlements`, { ...act, credits: 1 })
    expect([short.status, short.body.code, short.body.available]).toEqual([402, 'payer_short', 0.5])
    const settled = await post(`/customers/${customerId}/settlements`, act).expect(201)
    expect(answerMisfit('post', '/customers/{id}/settlements', 201, settled.body)).toBeUndefined()
    expect(settled.body).toMatchObject({ credits: 0.5, balance: { available: 0, deficit: 1.5 } })
    const forgiven = await post(`/customers/${customerId}/forgivenesses`, { grantId, reason: 'small_sum' })
    expect(forgiven.body).toMatchObject({ credits: 1.5, balance: { deficit: 0 } })
    const none = await post(`/customers/${customerId}/forgivenesses`, { grantId, reason: 'small_sum' })
    expect([none.status, none.body.code]).toEqual([409, 'nothing_owed'])
    const account = await get(`/customers/${customerId}/account`)
    expect(account.body.grants[1]).toMatchObject({ source: 'goodwill', reason: 'Sorry for the wait' })
  })
})

describe('a freeze', () => {
  it('stops spending with 402 until it is lifted', async () => {
    const { ticketId, customerId } = await customer()
    const frozen = await post(`/customers/${customerId}/freeze`, { reason: 'chargeback' }).expect(200)
    expect(answerMisfit('post', '/customers/{id}/freeze', 200, frozen.body)).toBeUndefined()
    expect(frozen.body).toMatchObject({ credits: 10, balance: { available: 0 } })
    const reply = await post(`/tickets/${ticketId}/replies`, { channel: 'email', body: 'Hello' })
    expect([reply.status, reply.body.code, reply.body.available]).toEqual([402, 'insufficient_credits', 0])
    await post(`/tickets/${ticketId}/sessions`, { kind: 'video' }).expect(402)
    await post(`/customers/${customerId}/unfreeze`, { reason: 'dispute_won' }).expect(200)
    await post(`/tickets/${ticketId}/replies`, { channel: 'email', body: 'Hello' }).expect(201)
  })
})

describe('a contest that is granted', () => {
  it('gives the charge back once', async () => {
    const { ticketId, customerId, messageId } = await customer({ replied: true })
    const path = `/tickets/${ticketId}/messages/${messageId}/reverse`
    const done = await post(path, { reason: 'contest_granted' }).expect(200)
    expect(answerMisfit('post', '/tickets/{id}/messages/{messageId}/reverse', 200, done.body)).toBeUndefined()
    expect(done.body).toMatchObject({ credits: 1, balance: { available: 10 } })
    expect((await post(path, { reason: 'contest_granted' }).expect(409)).body.code).toBe('message_reversed')
    expect((await get(`/customers/${customerId}/account`)).body.available).toBe(10)
    const ticket = await get(`/tickets/${ticketId}`)
    const [answer] = ticket.body.messages.filter((one: { channel: string }) => one.channel === 'portal')
    expect(answer).toMatchObject({ state: 'delivered', credits: 1, reversed: true })
  })
})

describe('open questions', () => {
  /** An order of the customer that owns the grant, and a question about it. */
  async function question(kind: string, data: object) {
    const { ticketId, customerId, grantId } = await customer()
    const { shopId } = shop
    const at = new Date()
    const order = await test.deps.db.prisma.shopOrder.create({
      data: {
        shopId,
        externalId: `q-${++serial}`,
        customerId: BigInt(customerId),
        createdAt: at,
        updatedAt: at,
      },
    })
    await test.deps.db.prisma.creditGrant.updateMany({
      where: { shopId, id: BigInt(grantId) },
      data: { orderId: order.id },
    })
    const review = await test.deps.db.prisma.review.create({
      data: {
        shopId,
        kind,
        subjectKey: `${order.id}`,
        orderId: order.id,
        ticketId: BigInt(ticketId),
        data,
        createdAt: at,
      },
    })
    return { ticketId, customerId, path: `/reviews/${review.id}/resolve` }
  }

  it('an accepted amount refund takes the proposed credits, once', async () => {
    const { customerId, path } = await question('amount_refund', { refunded: '25.00', proposedUnits: 250 })
    const done = await post(path, { decision: 'accept' }).expect(200)
    expect(answerMisfit('post', '/reviews/{id}/resolve', 200, done.body)).toBeUndefined()
    expect((await post(path, { decision: 'accept' }).expect(200)).body).toEqual(done.body)
    expect((await get(`/customers/${customerId}/account`)).body.available).toBe(7.5)
    const other = await post(path, { decision: 'dismiss' })
    expect([other.status, other.body.code, other.body.decision]).toEqual([409, 'review_resolved', 'accept'])
    const audit = await get(`/customers/${customerId}/audit`)
    expect(audit.body.data[0]).toMatchObject({ action: 'review_accept', data: { credits: -2.5 } })
  })

  it('an amount refund that is spent already takes less, or nothing', async () => {
    const { customerId, path } = await question('amount_refund', { refunded: '200', proposedUnits: 2000 })
    const refused = await post(path, { decision: 'accept' })
    expect([refused.status, refused.body.code, refused.body.lowest]).toEqual([
      409,
      'adjustment_below_use',
      -10,
    ])
    await post(path, { decision: 'accept', credits: 4 }).expect(200)
    expect((await get(`/customers/${customerId}/account`)).body.available).toBe(6)
  })

  it('a dismissed one moves nothing and is open no more', async () => {
    const { customerId, path } = await question('amount_refund', { refunded: '25.00', proposedUnits: 250 })
    await post(path, { decision: 'dismiss', note: 'shipping' }).expect(200)
    expect((await get(`/customers/${customerId}/account`)).body.available).toBe(10)
    const open = await get('/reviews').expect(200)
    expect(open.body.data.map((review: { id: string }) => `/reviews/${review.id}/resolve`)).not.toContain(
      path,
    )
  })

  it('an accepted e-mail is written to from now on', async () => {
    const { customerId, ticketId, path } = await question('email_changed', {
      from: 'old@example.com',
      to: 'new@example.com',
    })
    await post(path, { decision: 'accept' }).expect(200)
    const { contacts, ticket } = {
      contacts: await test.deps.db.prisma.contact.findMany({ where: { customerId: BigInt(customerId) } }),
      ticket: await test.deps.db.prisma.ticket.findFirstOrThrow({ where: { id: BigInt(ticketId) } }),
    }
    expect(contacts.map((contact) => contact.value)).toContain('new@example.com')
    expect(ticket.replyEmail).toBe('new@example.com')
  })
})
