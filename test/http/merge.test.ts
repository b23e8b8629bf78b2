import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { verifyLedger } from '../../src/domain/credits/verify-ledger.ts'
import { portalToken } from '../../src/domain/secrets/links.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from './open-app.ts'
import { readText, signInAs, type Visitor, visitor } from './visit.ts'

let test: TestApp
let shop: TestShop
let maja: Visitor

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
  maja = await signInAs(test.app, test.deps, shop.shopId, 'supervisor')
})
afterAll(async () => {
  expect((await verifyLedger(test.deps.db)).problems).toEqual([])
  await test.close()
})

const seed = (email: string, credits: number) => seedTicket(test.app, test.deps, shop, { email, credits })

describe('merging customers on the desk', () => {
  it('leads from the ticket over the other customer and the comparison to one account', async () => {
    const one = await seed('ana@work.example', 5)
    const two = await seed('ana@home.example', 3)
    const path = `/desk/customers/${one.customerId}/merge`
    const ticket = await maja.get(`/desk/tickets/${one.ticketId}`).expect(200)
    expect(ticket.text).toContain(`href="${path}?ticket=${one.ticketId}"`)
    const found = await maja.get(`${path}?ticket=${one.ticketId}&who=Ana%40home.example`).expect(200)
    expect(found.text).toContain(`${path}?source=${two.customerId}&amp;ticket=${one.ticketId}`)
    const compared = await maja.get(`${path}?source=${two.customerId}&ticket=${one.ticketId}`).expect(200)
    const text = readText(compared)
    expect(text).toMatch(/Available 3 5 8/)
    expect(text).toContain('1 grant, 1 ticket and 0 orders')
    const done = await maja.submit(compared, path, { reason: 'same_person', note: 'She said so.' })
    expect([done.status, done.headers.location]).toEqual([303, `/desk/tickets/${one.ticketId}#side`])
    const after = readText(await maja.get(`/desk/tickets/${one.ticketId}`).expect(200))
    expect(after).toContain('8 of 8')
    expect(after).toContain('merged another customer in, with 3')
    expect((await maja.submit(compared, path, { reason: 'same_person', note: 'She said so.' })).status).toBe(
      303,
    )
  })

  it('says why it was not done', async () => {
    const one = await seed('lost@example.com', 1)
    const path = `/desk/customers/${one.customerId}/merge`
    const self = await maja.get(`${path}?source=${one.customerId}`).expect(409)
    expect(readText(self)).toContain('Not merged. Choose another customer.')
    expect(readText(await maja.get(`${path}?source=999999`).expect(404))).toContain('Not merged')
    expect(readText(await maja.get(`${path}?who=nobody%40example.com`).expect(200))).toContain(
      'Nobody was found',
    )
    await maja.get('/desk/customers/999999/merge').expect(404)
  })

  it('is not for agents, nor for another shop', async () => {
    const one = await seed('one@example.com', 1)
    const two = await seed('two@example.com', 1)
    const luka = await signInAs(test.app, test.deps, shop.shopId, 'agent')
    await luka.get(`/desk/customers/${one.customerId}/merge`).expect(403)
    const other = await seedShop(test.deps, 'Other')
    const stranger = await signInAs(test.app, test.deps, other.shopId, 'owner')
    await stranger.get(`/desk/customers/${one.customerId}/merge?source=${two.customerId}`).expect(404)
  })

  it('leaves the private links of the merged customer working', async () => {
    const one = await seed('link@work.example', 5)
    const two = await seed('link@home.example', 2)
    const link = {
      shopId: shop.shopId,
      customerId: BigInt(two.customerId),
      ticketId: BigInt(two.ticketId),
      version: 1,
    }
    const page = await maja
      .get(`/desk/customers/${one.customerId}/merge?source=${two.customerId}`)
      .expect(200)
    await maja.submit(page, `/desk/customers/${one.customerId}/merge`, { reason: 'same_person' })
    const portal = await visitor(test.app)
      .get(`/portal/${portalToken(test.deps.keyring, link)}`)
      .expect(200)
    expect(readText(portal)).toContain('7')
  })
})

describe('merging customers by the API', () => {
  const bearer = () => ({ Authorization: `Bearer ${shop.key}` })
  const get = (path: string) => request(test.app).get(`/api/v1${path}`).set(bearer())
  const post = (path: string, body: object) =>
    request(test.app).post(`/api/v1${path}`).set(bearer()).send(body)

  it('previews, merges once for a key, and sends later acts to the other customer', async () => {
    const one = await seed('api@work.example', 5)
    const two = await seed('api@home.example', 4)
    const preview = await get(`/customers/${one.customerId}/merges/${two.customerId}`).expect(200)
    expect(preview.body).toMatchObject({ after: { available: 9 }, grants: 1, tickets: 1, frozen: false })
    const body = { sourceId: two.customerId, reason: 'same_company', idempotencyKey: 'api-merge' }
    const path = `/customers/${one.customerId}/merges`
    const first = await post(path, body).expect(201)
    expect(first.body).toMatchObject({ credits: 4, balance: { available: 9 } })
    expect((await post(path, body).expect(201)).body).toEqual(first.body)
    const grant = { credits: 1, reason: 'Thanks', idempotencyKey: 'late-grant' }
    const late = await post(`/customers/${two.customerId}/grants`, grant).expect(409)
    expect(late.body).toMatchObject({ code: 'customer_merged', into: one.customerId })
    expect((await get('/customers?email=api%40home.example').expect(200)).body.data).toMatchObject([
      { id: one.customerId },
    ])
  })

  it('names the field that is wrong, and finds no customer of another shop', async () => {
    const one = await seed('wrong@example.com', 5)
    const path = `/customers/${one.customerId}/merges`
    const body = { sourceId: one.customerId, reason: 'same_person', idempotencyKey: 'wrong-1' }
    expect((await post(path, body).expect(409)).body.code).toBe('same_customer')
    for (const [change, field] of [
      [{ sourceId: 'x' }, 'sourceId'],
      [{ reason: 'boredom' }, 'reason'],
      [{ idempotencyKey: '' }, 'idempotencyKey'],
    ] as const) {
      const { body: problem } = await post(path, { ...body, ...change }).expect(422)
      expect(problem.errors).toMatchObject([{ field }])
    }
    const other = await seedShop(test.deps, 'Far')
    const far = await seedTicket(test.app, test.deps, other, { credits: 9 })
    await post(path, { ...body, sourceId: far.customerId }).expect(404)
  })
})
