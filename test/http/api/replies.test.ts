import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from '../open-app.ts'
import { answerMisfit } from './documented.ts'

let test: TestApp
let shop: TestShop
let ticketId: string
let customerId: string

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
})
afterAll(() => test.close())
beforeEach(async () => {
  const seeded = await seedTicket(test.app, test.deps, shop, { credits: 3 })
  ticketId = seeded.ticketId
  customerId = seeded.customerId
})

const path = '/tickets/{id}/replies'
const post = (url: string, body: object, app = test.app) =>
  request(app).post(`/api/v1${url}`).set('Authorization', `Bearer ${shop.key}`).send(body)
const reply = (body: object) => post(`/tickets/${ticketId}/replies`, body)
const simple = (key: string) => ({
  channel: 'email',
  body: 'Restart the router.',
  idempotencyKey: `${ticketId}-${key}`,
})

describe('POST tickets/{id}/replies', () => {
  it('answers 64 at once on 10 credits with exactly 10 of 201 and 54 of 402, and leaves nothing', async () => {
    const seeded = await seedTicket(test.app, test.deps, shop, { credits: 10 })
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, n) =>
        post(`/tickets/${seeded.ticketId}/replies`, {
          channel: 'email',
          body: `Answer ${n}`,
          idempotencyKey: `rush-${seeded.ticketId}-${n}`,
        }),
      ),
    )
    const statuses = answers.map((answer) => answer.status)
    expect(statuses.filter((status) => status === 201)).toHaveLength(10)
    expect(statuses.filter((status) => status === 402)).toHaveLength(54)
    const refused = answers.find((answer) => answer.status === 402)
    expect(refused?.body).toMatchObject({ code: 'insufficient_credits', required: 1, available: 0 })
    const spends = await test.deps.db.query<{ n: number }>(
      'count-spends',
      `select count(*)::int as n from ledger_entry where customer_id = $1 and kind = 'spend'`,
      [seeded.customerId],
    )
    expect(spends[0]?.n).toBe(10)
    const ticket = await request(test.app)
      .get(`/api/v1/tickets/${seeded.ticketId}`)
      .set('Authorization', `Bearer ${shop.key}`)
    expect(ticket.body.balance).toEqual({ available: 0, held: 0, deficit: 0, overdraft: 0 })
    expect((await verifyLedger(test.deps.db)).problems).toEqual([])
  })

  it('sends, charges and answers with what is left', async () => {
    const answer = await reply(simple('a')).expect(201)
    expect(answerMisfit('post', path, 201, answer.body)).toBeUndefined()
    expect(answer.body).toMatchObject({
      message: {
        channel: 'email',
        state: 'queued',
        credits: 1,
        waived: null,
        author: { kind: 'agent', name: 'API' },
      },
      charge: { credits: 1, entries: [{ credits: 1 }] },
      balance: { available: 2, held: 0, deficit: 0, overdraft: 0 },
    })
  })

  it('answers a repeat with the same status and body, and charges once', async () => {
    const first = await reply(simple('a')).expect(201)
    const second = await reply(simple('a')).expect(201)
    expect(second.body).toEqual(first.body)
    const account = await request(test.app)
      .get(`/api/v1/customers/${customerId}/account`)
      .set('Authorization', `Bearer ${shop.key}`)
    expect(account.body.available).toBe(2)
  })

  it('refuses a key that was used with other content', async () => {
    await reply(simple('a')).expect(201)
    const answer = await reply({ ...simple('a'), body: 'Something else.' })
    expect([answer.status, answer.body.code]).toEqual([409, 'idempotency_conflict'])
    expect(answerMisfit('post', path, 409, answer.body)).toBeUndefined()
  })

  it('refuses with 402 and both figures when the credits do not suffice', async () => {
    for (const key of ['a', 'b', 'c']) await reply(simple(key)).expect(201)
    const answer = await reply(simple('d'))
    expect(answer.status).toBe(402)
    expect(answer.body).toMatchObject({ code: 'insufficient_credits', required: 1, available: 0 })
    expect(answer.type).toBe('application/problem+json')
    expect(answerMisfit('post', path, 402, answer.body)).toBeUndefined()
  })

  it('refuses with 402 when no package covers the channel', async () => {
    await test.deps.db.query(
      'narrow-grants',
      "update credit_grant set channels = '{sms}' where customer_id = $1",
      [BigInt(customerId)],
    )
    const answer = await reply(simple('a'))
    expect([answer.status, answer.body.code]).toEqual([402, 'channel_not_covered'])
  })

  it('refuses a reply to a conversation that went on', async () => {
    const ticket = await request(test.app)
      .get(`/api/v1/tickets/${ticketId}`)
      .set('Authorization', `Bearer ${shop.key}`)
    const lastSeenMessageId: string = ticket.body.lastMessageId
    await post(`/tickets/${ticketId}/notes`, { body: 'Wait, she called.' }).expect(201)
    const answer = await reply({ ...simple('a'), lastSeenMessageId })
    expect([answer.status, answer.body.code]).toEqual([409, 'stale_conversation'])
    await reply({ ...simple('a'), lastSeenMessageId: answer.body.lastMessageId }).expect(201)
  })

  it('names the agent by e-mail or id, and refuses one of nobody', async () => {
    for (const agent of [shop.agent.email, shop.agent.email.toUpperCase(), shop.agent.id]) {
      const answer = await reply({ ...simple(agent), agent }).expect(201)
      expect(answer.body.message.author.name).toBe(shop.agent.name)
    }
    for (const agent of ['nobody@shop.example', '999999', 'x']) {
      const answer = await reply({ ...simple(agent), agent })
      expect([answer.status, answer.body.errors[0].field]).toEqual([422, 'agent'])
    }
  })

  it('waives with a reason and shows what it was worth', async () => {
    const answer = await reply({ ...simple('a'), waive: { reason: 'Our mistake' } }).expect(201)
    expect(answer.body.message.waived).toEqual({ worth: 1, reason: 'Our mistake' })
    expect(answer.body).toMatchObject({ charge: { credits: 0, entries: [] }, balance: { available: 3 } })
    const bare = await reply({ ...simple('b'), waive: { reason: ' ' } })
    expect([bare.status, bare.body.errors[0].field]).toEqual([422, 'waive.reason'])
  })

  it('takes three statements at most: key, agent, reply', async () => {
    test.statements()
    await reply({ ...simple('a'), agent: shop.agent.email }).expect(201)
    expect(test.statements()).toEqual(['find-api-key', 'find-agent', 'reply-to-tickets'])
  })

  it('refuses a channel without address or configuration', async () => {
    const noPhone = await reply({ ...simple('a'), channel: 'sms' })
    expect([noPhone.status, noPhone.body.code]).toEqual([422, 'contact_missing'])
    const whatsapp = await reply({ ...simple('b'), channel: 'whatsapp' })
    expect([whatsapp.status, whatsapp.body.code, whatsapp.body.channel]).toEqual([
      422,
      'channel_not_configured',
      'whatsapp',
    ])
    const off = await openTestApp({ channelsOff: true })
    const bare = await seedShop(off.deps)
    const other = await seedTicket(off.app, off.deps, bare, { credits: 1 })
    const answer = await request(off.app)
      .post(`/api/v1/tickets/${other.ticketId}/replies`)
      .set('Authorization', `Bearer ${bare.key}`)
      .send(simple('c'))
    await off.close()
    expect([answer.status, answer.body.code]).toEqual([422, 'channel_not_configured'])
  })

  it.each([
    [{}, ['channel', 'body', 'idempotencyKey']],
    [{ channel: 'email', body: '', idempotencyKey: '' }, ['body', 'idempotencyKey']],
    [{ channel: 'email', body: 'x', idempotencyKey: 'k', lastSeenMessageId: 'abc' }, ['lastSeenMessageId']],
    [{ channel: 'email', body: 'x', idempotencyKey: 'k', waive: true }, ['waive']],
    [{ channel: 'email', body: 'x', idempotencyKey: 'k\u0000' }, ['idempotencyKey']],
    [{ channel: 'sms', body: 'x'.repeat(1_601), idempotencyKey: 'k' }, ['body']],
  ])('refuses %.70j', async (body, fields) => {
    const answer = await reply(body)
    expect(answer.status).toBe(422)
    expect(answer.body.errors.map((one: { field: string }) => one.field)).toEqual(fields)
  })
})

describe('POST tickets/{id}/messages/{messageId}/resolve', () => {
  it('gives the credits back for a lost message and refuses a second decision', async () => {
    const sent = await reply(simple('a')).expect(201)
    const messageId: string = sent.body.message.id
    const url = `/tickets/${ticketId}/messages/${messageId}/resolve`
    const early = await post(url, { outcome: 'lost' })
    expect([early.status, early.body.code, early.body.state]).toEqual([409, 'message_not_unknown', 'queued'])
    await test.deps.db.prisma.message.updateMany({
      where: { shopId: shop.shopId, id: BigInt(messageId) },
      data: { state: 'unknown' },
    })
    const answer = await post(url, { outcome: 'lost' }).expect(200)
    expect(answer.body).toEqual({ id: messageId, state: 'failed' })
    await post(url, { outcome: 'arrived' }).expect(409)
    const account = await request(test.app)
      .get(`/api/v1/customers/${customerId}/account`)
      .set('Authorization', `Bearer ${shop.key}`)
    expect(account.body.available).toBe(3)
  })
})
