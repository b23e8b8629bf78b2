import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import request from 'supertest'
import { apiRoutes } from '../../../src/http/api/routes.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from '../open-app.ts'

let test: TestApp
let shop: TestShop
let ticketId: string

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
  ticketId = (await seedTicket(test.app, test.deps, shop, { credits: 100 })).ticketId
})
afterAll(() => test.close())

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    '',
    '\u0000',
    '\ud800',
    'x'.repeat(5_000),
    -1,
    0,
    1e308,
    null,
    true,
    [],
    {},
    '9'.repeat(30),
  ),
  fc.string({ unit: 'binary' }),
  fc.jsonValue({ maxDepth: 2 }),
)

/** The example body with some fields made odd. */
const bodyOf = (example: unknown) =>
  fc.oneof(
    odd,
    fc
      .record(
        Object.fromEntries(
          Object.keys((example as object | undefined) ?? { body: 0 }).map((key) => [key, odd]),
        ),
        {
          requiredKeys: [],
        },
      )
      .map((changes) => ({ ...(example as object | undefined), ...changes })),
  )

const names = fc.constantFrom(
  'cursor',
  'limit',
  'status',
  'state',
  'customer',
  'order',
  'q',
  'before',
  'email',
  'phone',
  'from',
  'to',
  'format',
)
const query = fc.array(
  fc.tuple(names, fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('1', '\u0000', 'MHw'))),
  {
    maxLength: 4,
  },
)

describe('odd input', () => {
  it.each(apiRoutes.map((route) => [route.method, route.path, route] as const))(
    'never makes %s %s fail with a 5xx',
    async (method, path, route) => {
      await fc.assert(
        fc.asyncProperty(query, bodyOf(route.example), async (pairs, body) => {
          const search = new URLSearchParams(pairs.map(([name, value]) => [name, value]))
          const url = `/api/v1${path.replace(/\{\w+\}/g, ticketId)}?${search}`
          const sent = request(test.app)[method](url).set('Authorization', `Bearer ${shop.key}`).type('json')
          const answer = await (method === 'post' ? sent.send(JSON.stringify(body)) : sent)
          if (answer.status >= 500) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`)
        }),
        { numRuns: 40, seed: 7 },
      )
      expect((await request(test.app).get('/healthz')).status).toBe(200)
    },
  )
})
