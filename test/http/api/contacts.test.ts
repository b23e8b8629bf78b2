import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from '../open-app.ts'
import { answerMisfit } from './documented.ts'

let test: TestApp
let shop: TestShop
let customerId: string
let ticketId: string

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
})
afterAll(() => test.close())
beforeEach(async () => {
  const made = await seedTicket(test.app, test.deps, shop, { credits: 10 })
  customerId = made.customerId
  ticketId = made.ticketId
})

const get = (path: string) =>
  request(test.app).get(`/api/v1${path}`).set('Authorization', `Bearer ${shop.readKey}`)
const post = (path: string, body: object = {}) =>
  request(test.app).post(`/api/v1${path}`).set('Authorization', `Bearer ${shop.writeKey}`).send(body)
const contacts = () => `/customers/${customerId}/contacts`
const mail = () => `jan-${customerId}@firm.example`

async function add(more: object = {}): Promise<string> {
  const answer = await post(contacts(), { name: 'Jan', email: mail(), ...more }).expect(201)
  expect(answerMisfit('post', '/customers/{id}/contacts', 201, answer.body)).toBeUndefined()
  return answer.body.id
}

describe('contacts', () => {
  it('are invited again, and told when it is too soon', async () => {
    const id = await add()
    const path = `${contacts()}/${id}/invite`
    const early = await post(path)
    expect([early.status, early.body.code]).toEqual([429, 'invited_lately'])
    expect(Number(early.get('Retry-After'))).toBeGreaterThan(590)
    expect(
      answerMisfit('post', '/customers/{id}/contacts/{contactId}/invite', 429, early.body),
    ).toBeUndefined()
    await test.deps.db.query(
      'test-wait',
      `update audit_log set at = at - interval '10 minutes' where shop_id = $1`,
      [shop.shopId],
    )
    const sent = await post(path, { agent: shop.agent.email }).expect(200)
    expect(
      answerMisfit('post', '/customers/{id}/contacts/{contactId}/invite', 200, sent.body),
    ).toBeUndefined()
    expect(sent.body).toMatchObject({ id, state: 'active' })
  })

  it('are added, changed, made owner and removed, each as documented', async () => {
    const id = await add({ phone: '+386 40 123 456', agent: shop.agent.email })
    const changed = await post(`${contacts()}/${id}`, { maySeeStatement: true, phone: '' }).expect(200)
    expect(answerMisfit('post', '/customers/{id}/contacts/{contactId}', 200, changed.body)).toBeUndefined()
    expect(changed.body).toMatchObject({
      name: 'Jan',
      email: mail(),
      phone: null,
      maySeeStatement: true,
      state: 'active',
      buyer: false,
      owner: false,
    })
    const owner = await post(`${contacts()}/${id}/owner`).expect(200)
    expect(
      answerMisfit('post', '/customers/{id}/contacts/{contactId}/owner', 200, owner.body),
    ).toBeUndefined()
    expect(owner.body.owner).toBe(true)
    const stays = await post(`${contacts()}/${id}/remove`)
    expect([stays.status, stays.body.code]).toEqual([409, 'owner_stays'])
    const second = await add({ email: `eva-${customerId}@firm.example` })
    const removed = await post(`${contacts()}/${second}/remove`).expect(200)
    expect(
      answerMisfit('post', '/customers/{id}/contacts/{contactId}/remove', 200, removed.body),
    ).toBeUndefined()
    expect(removed.body.state).toBe('removed')
    expect((await post(`${contacts()}/${second}/remove`).expect(200)).body).toEqual(removed.body)
    await post(`${contacts()}/${second}`, { name: 'X' }).expect(404)
    const audit = await request(test.app)
      .get(`/api/v1/customers/${customerId}/audit`)
      .set('Authorization', `Bearer ${shop.key}`)
    expect(audit.body.data[audit.body.data.length - 2]).toMatchObject({
      action: 'contact_add',
      actor: { id: `agent:${shop.agent.id}` },
    })
  })

  it('are listed with what each used; the sum is what the account spent', async () => {
    const id = await add()
    await post(`/tickets/${ticketId}/replies`, {
      channel: 'email',
      body: 'Hello',
      idempotencyKey: `a-${ticketId}`,
    }).expect(201)
    const asked = await post('/tickets', {
      customer: { email: mail() },
      subject: 'The scanner',
      body: 'It is gone.',
      channel: 'email',
    }).expect(201)
    expect(asked.body).toMatchObject({
      customer: { id: customerId, email: mail() },
      requester: { id, name: 'Jan' },
      messages: [{ author: { name: 'Jan', contactId: id } }],
    })
    await post(`/tickets/${asked.body.id}/replies`, {
      channel: 'email',
      body: 'Found it',
      idempotencyKey: `b-${ticketId}`,
    }).expect(201)
    const list = await get(contacts()).expect(200)
    expect(answerMisfit('get', '/customers/{id}/contacts', 200, list.body)).toBeUndefined()
    const figures = (one: { tally: { all: object } }) => one.tally.all
    expect(list.body.data.map(figures)).toMatchObject([
      { written: 1, email: 1, credits: 1 },
      { written: 1, email: 1, credits: 1 },
    ])
    expect(list.body).toMatchObject({ total: { period: { credits: 2 } }, nobody: { all: { credits: 0 } } })
    const past = await get(`${contacts()}?from=2020-01-01&to=2020-01-31`).expect(200)
    expect(past.body).toMatchObject({
      from: '2020-01-01',
      total: { period: { credits: 0 }, all: { credits: 2 } },
    })
  })

  it.each([
    [{ name: ' ' }, 'name'],
    [{ email: 'nonsense' }, 'email'],
    [{ email: '' }, 'email'],
    [{ phone: '12' }, 'phone'],
    [{ maySeeStatement: 'yes' }, 'maySeeStatement'],
    [{ agent: 'nobody@shop.example' }, 'agent'],
  ])('are not added with %j, and the field is named', async (change, field) => {
    const answer = await post(contacts(), { name: 'Jan', email: mail(), ...change })
    expect([answer.status, answer.body.errors?.[0].field]).toEqual([422, field])
    expect((await get(contacts())).body.data).toHaveLength(1)
  })

  it.each(['from', 'to'])('are not listed by a wrong %s', async (field) => {
    const answer = await get(`${contacts()}?${field}=2026-02-31`)
    expect([answer.status, answer.body.errors?.[0].field]).toEqual([422, field])
  })

  it('of another customer of the shop are not found under this one', async () => {
    const id = await add()
    const other = (await seedTicket(test.app, test.deps, shop)).customerId
    for (const path of ['', '/remove', '/owner']) {
      const answer = await post(`/customers/${other}/contacts/${id}${path}`, { name: 'X' })
      expect([path, answer.status]).toEqual([path, 404])
    }
  })

  it('need the scope to write', async () => {
    await request(test.app)
      .post(`/api/v1${contacts()}`)
      .set('Authorization', `Bearer ${shop.readKey}`)
      .send({ name: 'Jan', email: mail() })
      .expect(403)
  })
})

describe('an engineer of two firms', () => {
  it('asks on the account that the caller names, and nothing is stored before', async () => {
    await add()
    const first = customerId
    const second = (await seedTicket(test.app, test.deps, shop)).customerId
    await post(`/customers/${second}/contacts`, { name: 'Jan', email: mail() }).expect(201)
    const ask = (id?: string) =>
      post('/tickets', {
        customer: { email: mail(), ...(id && { id }) },
        subject: 'Which?',
        body: 'Both.',
        channel: 'email',
      })
    const unclear = await ask()
    expect(unclear.status).toBe(409)
    expect(unclear.body).toMatchObject({ code: 'ambiguous_contact', customers: [first, second] })
    expect(answerMisfit('post', '/tickets', 409, unclear.body)).toBeUndefined()
    expect((await ask(second).expect(201)).body.customer.id).toBe(second)
    const wrong = await ask('abc')
    expect([wrong.status, wrong.body.errors[0].field]).toEqual([422, 'customer.id'])
  })
})
