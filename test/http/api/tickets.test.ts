import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { addAgent } from '../../../src/domain/agents/add-agent.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from '../open-app.ts'
import { answerMisfit } from './documented.ts'

let test: TestApp
let shop: TestShop

beforeAll(async () => {
  test = await openTestApp()
})
afterAll(() => test.close())
beforeEach(async () => {
  shop = await seedShop(test.deps)
})

const get = (path: string) =>
  request(test.app).get(`/api/v1${path}`).set('Authorization', `Bearer ${shop.key}`)
const post = (path: string, body: string | object) =>
  request(test.app).post(`/api/v1${path}`).set('Authorization', `Bearer ${shop.key}`).type('json').send(body)

const ticketBody = {
  customer: { email: 'Mojca@Example.com', name: 'Mojca Novak', phone: '+386 40 123 456' },
  subject: 'The printer is offline',
  body: 'Since this morning nothing prints.',
  channel: 'email',
}

describe('POST tickets', () => {
  it('opens a ticket and answers it whole', async () => {
    const answer = await post('/tickets', ticketBody).expect(201)
    expect(answerMisfit('post', '/tickets', 201, answer.body)).toBeUndefined()
    expect(answer.body).toMatchObject({
      number: 1001,
      status: 'open',
      customer: { name: 'Mojca Novak', email: 'mojca@example.com', phone: '+38640123456' },
      order: null,
      balance: { available: 0, held: 0, deficit: 0, overdraft: 0 },
      tally: { email: 0, sms: 0, whatsapp: 0, portal: 0, videoSeconds: 0, workMinutes: 0 },
      messages: [
        { direction: 'inbound', channel: 'email', body: ticketBody.body, state: 'received', credits: 0 },
      ],
    })
    const again = await get(`/tickets/${answer.body.id}`).expect(200)
    expect(again.body).toEqual(answer.body)
  })

  it.each([
    ['{"customer":', 400, 'bad_request', []],
    ['"text"', 400, 'bad_request', []],
    ['[]', 422, 'invalid', ['body']],
    ['{}', 422, 'invalid', ['customer', 'subject', 'body', 'channel']],
    [{ ...ticketBody, customer: { email: 'no mailbox' } }, 422, 'invalid', ['customer.email']],
    [{ ...ticketBody, customer: { email: 'a@b.example', phone: '12' } }, 422, 'invalid', ['customer.phone']],
    [
      { ...ticketBody, customer: { email: 'a@b.example', locale: '../x' } },
      422,
      'invalid',
      ['customer.locale'],
    ],
    [{ ...ticketBody, subject: '   ', channel: 'fax' }, 422, 'invalid', ['subject', 'channel']],
    [{ ...ticketBody, body: 'NUL \u0000' }, 422, 'invalid', ['body']],
    [{ ...ticketBody, subject: '\ud800' }, 422, 'invalid', ['subject']],
    [{ ...ticketBody, body: 7 }, 422, 'invalid', ['body']],
    [{ ...ticketBody, body: 'x'.repeat(100_001) }, 422, 'invalid', ['body']],
  ])('refuses %.60j', async (body, status, code, fields) => {
    const answer = await post('/tickets', body)
    expect([answer.status, answer.body.code]).toEqual([status, code])
    expect(answer.body.errors?.map((one: { field: string }) => one.field) ?? []).toEqual(fields)
    expect(answerMisfit('post', '/tickets', status, answer.body)).toBeUndefined()
  })

  it('refuses more than 1 MB with 413', async () => {
    const answer = await post('/tickets', { ...ticketBody, body: 'x'.repeat(1_100_000) })
    expect([answer.status, answer.body.code]).toEqual([413, 'payload_too_large'])
  })
})

describe('GET tickets', () => {
  it('walks all pages by cursor, each ticket once', async () => {
    const made: string[] = []
    for (let i = 0; i < 7; i++) made.push((await seedTicket(test.app, test.deps, shop)).ticketId)
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: request.Response = await get(`/tickets?limit=3${cursor && `&cursor=${cursor}`}`).expect(200)
      expect(answerMisfit('get', '/tickets', 200, page.body)).toBeUndefined()
      seen.push(...page.body.data.map((row: { id: string }) => row.id))
      cursor = page.body.next
    }
    expect(seen).toEqual(made.reverse())
  })

  it('filters by status, customer, order and words', async () => {
    const { ticketId, customerId } = await seedTicket(test.app, test.deps, shop, { email: 'one@example.com' })
    await seedTicket(test.app, test.deps, shop, { email: 'two@example.com' })
    const found = async (query: string) => (await get(`/tickets?${query}`).expect(200)).body.data.length
    expect(await found('status=open')).toBe(2)
    expect(await found('status=closed')).toBe(0)
    expect(await found(`customer=${customerId}`)).toBe(1)
    expect(await found('customer=abc')).toBe(0)
    expect(await found('order=731')).toBe(0)
    expect(await found('q=one%40example')).toBe(1)
    expect(await found('q=1001')).toBe(1)
    expect(await found('q=%25')).toBe(0)
    expect((await get('/tickets?q=one').expect(200)).body.data[0].id).toBe(ticketId)
  })

  it('looks at them as the desk does: by view, tag, assignee and words, page by page', async () => {
    const maja = await addAgent(test.deps, {
      shopId: shop.shopId,
      email: 'maja@shop.example',
      name: 'Maja',
      role: 'agent',
    })
    const made: string[] = []
    for (const name of ['one', 'two', 'three', 'four'])
      made.push((await seedTicket(test.app, test.deps, shop, { email: `${name}@example.com` })).ticketId)
    const [one, two, three, four] = made
    const act = (acts: string, body: object) => post(`/tickets/${acts}`, body).expect(200)
    for (const ticket of [one, two, three])
      await act(`${ticket}/tags`, { add: ticket === three ? ['Urgently'] : ['urgent', 'printer'] })
    for (const ticket of [one, three]) await act(`${ticket}/assign`, { to: 'maja@shop.example' })
    await act(`${three}/close`, {})
    await act(`${four}/spam`, {})
    const found = async (query: string) => {
      const page = await get(`/tickets?${query}`).expect(200)
      expect(answerMisfit('get', '/tickets', 200, page.body)).toBeUndefined()
      return page.body.data.map((row: { id: string }) => row.id)
    }
    expect(await found('view=unanswered')).toEqual([two, one])
    expect(await found('view=unassigned')).toEqual([two])
    expect(await found('view=closed')).toEqual([three])
    expect(await found('view=spam')).toEqual([four])
    expect(await found('view=spam&q=four')).toEqual([four])
    expect(await found('view=mine&assignee=maja@shop.example')).toEqual([one])
    expect(await found(`assignee=${maja.id}`)).toEqual([three, one])
    expect(await found('assignee=none')).toEqual([two])
    expect(await found('tag=urgent')).toEqual([two, one])
    expect(await found('tag=%23Urgent&assignee=maja@shop.example')).toEqual([one])
    expect(await found('tag=urgent&q=two@example')).toEqual([two])
    const first = await get('/tickets?tag=urgent&limit=1').expect(200)
    expect(await found(`tag=urgent&limit=1&cursor=${first.body.next}`)).toEqual([one])
    const whose = await get('/tickets?view=unanswered&limit=1').expect(200)
    expect(await found(`view=unanswered&limit=1&cursor=${whose.body.next}`)).toEqual([one])
    // Of another shop's agents and tags nothing is known.
    const other = await seedShop(test.deps)
    const there = (query: string) =>
      request(test.app).get(`/api/v1/tickets?${query}`).set('Authorization', `Bearer ${other.key}`)
    expect((await there('tag=urgent').expect(200)).body.data).toEqual([])
    expect((await there(`assignee=${maja.id}`)).status).toBe(422)
  })

  it.each([
    ['view=lost', 'view'],
    ['view=mine', 'assignee'],
    ['view=mine&assignee=none', 'assignee'],
    ['assignee=nobody@shop.example', 'assignee'],
    ['tag=a,b', 'tag'],
    ['tag=%23', 'tag'],
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=ten', 'limit'],
    ['limit=', 'limit'],
    ['limit=1.5', 'limit'],
    ['status=lost', 'status'],
    ['status=open&status=closed', 'status'],
    ['cursor=abc', 'cursor'],
    ['cursor=', 'cursor'],
    [`cursor=${Buffer.from('2026-01-01T00:00:00.000Z|x').toString('base64url')}`, 'cursor'],
    [`cursor=${Buffer.from('9999-99-99T00:00:00.000Z|1').toString('base64url')}`, 'cursor'],
    ['q=a%00b', 'q'],
    ['order=%00', 'order'],
  ])('refuses ?%s', async (query, field) => {
    const answer = await get(`/tickets?${query}`)
    expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([422, field])
  })
})

describe('GET tickets/{id}', () => {
  it('gives older messages by `before`', async () => {
    const { ticketId } = await seedTicket(test.app, test.deps, shop)
    const note = await post(`/tickets/${ticketId}/notes`, { body: 'A note' }).expect(201)
    const older = await get(`/tickets/${ticketId}?before=${note.body.message.id}`).expect(200)
    expect(older.body.messages.map((one: { direction: string }) => one.direction)).toEqual(['inbound'])
    expect((await get(`/tickets/${ticketId}?before=abc`).expect(200)).body.messages).toEqual([])
  })

  it('takes the same statements however long the conversation is', async () => {
    const { ticketId } = await seedTicket(test.app, test.deps, shop)
    test.statements()
    await get(`/tickets/${ticketId}`).expect(200)
    const short = test.statements()
    for (let i = 0; i < 20; i++) await post(`/tickets/${ticketId}/notes`, { body: `Note ${i}` }).expect(201)
    test.statements()
    await get(`/tickets/${ticketId}`).expect(200)
    expect(test.statements()).toEqual(short)
    expect(short.length).toBeLessThanOrEqual(5)
  })
})
