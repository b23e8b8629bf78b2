import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { z } from 'zod'
import { addPackage } from '../../../src/domain/packages/add-package.ts'
import { openSession } from '../../../src/domain/sessions/open-session.ts'
import { changeSettings } from '../../../src/domain/shops/change-settings.ts'
import type { ApiRoute } from '../../../src/http/api/route.ts'
import { apiRoutes } from '../../../src/http/api/routes.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from '../open-app.ts'
import { answerMisfit } from './documented.ts'

let test: TestApp
let shop: TestShop
let stranger: TestShop
let untouched: TestShop
let ids: Record<string, string>

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
  stranger = await seedShop(test.deps, 'Another shop')
  untouched = await seedShop(test.deps, 'A third shop')
  const { ticketId, customerId } = await seedTicket(test.app, test.deps, shop, { credits: 10 })
  const reply = await api('post', `/tickets/${ticketId}/replies`, shop.key)
    .send({ channel: 'email', body: 'Hello', idempotencyKey: 'first' })
    .expect(201)
  const contact = await api('post', `/customers/${customerId}/contacts`, shop.key)
    .send({ name: 'Jan', email: 'jan@example.com' })
    .expect(201)
  const session = await openSession(test.deps, {
    shopId: shop.shopId,
    ticketId: BigInt(ticketId),
    kind: 'video',
    agent: { name: 'Ana' },
    actor: 'agent:1',
  })
  await changeSettings(test.deps, { actor: 'cli', shopId: shop.shopId, mergeWindow: 5 })
  const at = new Date()
  const { shopId } = shop
  await test.deps.db.prisma.shopSync.create({
    data: { shopId, watermark: at, startedAt: at, finishedAt: at },
  })
  const backfill = await test.deps.db.prisma.backfill.create({
    data: { shopId, days: 30, since: at, startedBy: 'cli', startedAt: at },
  })
  ids = {
    acts: '1',
    agents: shop.agent.id,
    keys: '1',
    backfills: String(backfill.id),
    tickets: ticketId,
    customers: customerId,
    merges: customerId,
    sessions: session.sessionId,
    messages: reply.body.message.id,
    reviews: '1',
    contacts: contact.body.id,
    packages: (
      await addPackage(test.deps, { actor: 'cli', shopId: shop.shopId, match: 'product:11', credits: 10 })
    ).id,
  }
})
afterAll(() => test.close())

function api(method: 'get' | 'post', path: string, key: string) {
  return request(test.app)[method](`/api/v1${path}`).set('Authorization', `Bearer ${key}`)
}

/** "/tickets/{id}/messages/{messageId}/resolve" with the ids of the first shop. */
function pathOf(path: string, idOf: (area: string) => string): string {
  return path.replace(/\/(\w+)\/\{\w+\}/g, (_all, area: string) => `/${area}/${idOf(area)}`)
}

const withIds = apiRoutes.filter((route) => route.path.includes('{'))
// test/isolation walks every route with another shop's ids. test/http/reports.test.ts walks the reports with another shop's key; the rate card is never empty, because its defaults are
// everybody's (packages.test.ts looks at it).
const wholeShop = apiRoutes.filter(
  (route) => route.method === 'get' && !route.path.includes('{') && !/^\/(reports|rates)/.test(route.path),
)
const isList = (route: ApiRoute) => route.answer instanceof z.ZodObject && 'next' in route.answer.shape
// The log, the agents and the keys have what was done to make the shop itself; test/isolation asks for them with another shop's key.
const never = ['/audit', '/agents', '/keys']
const lists = wholeShop.filter((route) => isList(route) && !never.includes(route.path))
const others = wholeShop.filter((route) => !isList(route))

/** Without the shop's own number, which stands in its address for deliveries. */
function anyShop(body: object): object {
  return JSON.parse(JSON.stringify(body).replace(/(\/webhooks\/\w+\/)\d+"/g, '$1"'))
}

describe("another shop's key", () => {
  it.each(lists.map((route) => [route.path]))('sees an empty list at %s', async (path) => {
    const [answer, expected] = await Promise.all(
      [stranger, untouched].map(({ key }) => api('get', path, key).expect(200)),
    )
    expect(answer?.body).toMatchObject({ data: [], next: null })
    expect(answer?.body).toEqual(expected?.body)
  })

  it.each(others.map((route) => [route.path]))(
    'is told at %s what a shop is told in which nothing happened',
    async (path) => {
      const [answer, expected] = await Promise.all(
        [stranger, untouched].map(({ key }) => api('get', path, key).expect(200)),
      )
      expect(anyShop(answer?.body)).toEqual(anyShop(expected?.body))
      const own = await api('get', path, shop.key).expect(200)
      expect(own.body).not.toEqual(answer?.body)
    },
  )
})

describe('an id that cannot be one', () => {
  it.each(['abc', '0', '-1', '99999999999999999999', '1.0', '%00', ' 1', '%F0%9F%98%80'])(
    '%s is not found on any route',
    async (id) => {
      for (const route of withIds) {
        const answer = await api(
          route.method,
          pathOf(route.path, () => id),
          shop.key,
        ).send(route.example as object)
        expect([route.path, answer.status, answer.body.code]).toEqual([route.path, 404, 'not_found'])
        expect(answerMisfit(route.method, route.path, 404, answer.body)).toBeUndefined()
      }
    },
  )

  it('in a broken encoding is a bad request', async () => {
    const answer = await api('get', '/tickets/%E0%A4%A', shop.key)
    expect([answer.status, answer.body.code]).toEqual([400, 'bad_request'])
  })
})

describe('keys', () => {
  it('are asked for, and a wrong one is not taken', async () => {
    for (const header of [
      '',
      'Bearer',
      'Bearer x',
      `Bearer ${shop.key}x`,
      `Basic ${shop.key}`,
      'Bearer cd_1_\u00e9',
    ]) {
      const answer = await request(test.app).get('/api/v1/tickets').set('Authorization', header)
      expect([header, answer.status, answer.body.code]).toEqual([header, 401, 'unauthorized'])
      expect(answer.get('WWW-Authenticate')).toBe('Bearer')
      expect(answer.type).toBe('application/problem+json')
    }
  })

  it('that were revoked are not taken', async () => {
    const other = await seedShop(test.deps, 'Revoked')
    await test.deps.db.prisma.apiKey.updateMany({
      where: { shopId: other.shopId },
      data: { revokedAt: new Date() },
    })
    await api('get', '/tickets', other.key).expect(401)
  })

  it('cost one query', async () => {
    test.statements()
    await api('get', '/deliveries', shop.key).expect(200)
    expect(test.statements()).toEqual(['find-api-key', 'list-deliveries'])
  })

  it.each(apiRoutes.map((route) => [route.method, route.path, route.scope] as const))(
    'without the scope get 403 at %s %s',
    async (method, path, scope) => {
      const key = scope === 'read' ? shop.writeKey : shop.readKey
      const answer = await api(
        method,
        pathOf(path, (area) => ids[area] ?? ''),
        key,
      ).send({})
      expect([answer.status, answer.body.code, answer.body.missing]).toEqual([403, 'forbidden', scope])
      expect(answerMisfit(method, path, 403, answer.body)).toBeUndefined()
    },
  )

  it('need supervise to waive a price', async () => {
    const body = { channel: 'email', body: 'x', idempotencyKey: 'waive', waive: { reason: 'Sorry' } }
    const answer = await api('post', `/tickets/${ids.tickets}/replies`, shop.writeKey).send(body)
    expect([answer.status, answer.body.missing]).toEqual([403, 'supervise'])
  })

  it('that are good are never throttled, those that are wrong are', async () => {
    const own = await openTestApp()
    const { key } = await seedShop(own.deps)
    const ask = (bearer: string) =>
      request(own.app).get('/api/v1/deliveries').set('Authorization', `Bearer ${bearer}`)
    let limited = 0
    for (let i = 0; i < 620; i++) if ((await ask('wrong')).status === 429) limited += 1
    expect(limited).toBe(20)
    const refused = await ask('wrong')
    expect([refused.body.code, refused.get('Retry-After')]).toEqual(['too_many_requests', '60'])
    for (let i = 0; i < 250; i++) expect((await ask(key)).status).toBe(200)
    await own.close()
  })
})
