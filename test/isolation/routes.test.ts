import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openTestApp, type TestApp } from '../http/open-app.ts'
import { dumpShop } from './dump.ts'
import { listRoutes, type Route } from './routes.ts'
import { type FurnishedShop, furnishShop } from './two-shops.ts'
import { send, type Visit, visitsOf } from './visits.ts'

const test: TestApp = await openTestApp()
let alpha: FurnishedShop
let beta: FurnishedShop

beforeAll(async () => {
  alpha = await furnishShop(test, 'Alpha')
  beta = await furnishShop(test, 'Beta')
})
afterAll(() => test.close())

// Signing out ends the login that the others need.
const routes = listRoutes(test.app).sort(
  (a, b) => Number(a.path === '/logout') - Number(b.path === '/logout'),
)
const named = routes.map((route) => [route.method, route.path, route] as const)

describe("another shop's key, login, link and ids", () => {
  it.each(named)('see and change nothing at %s %s', async (_method, _path, route) => {
    const before = await dumpShop(test.deps.db, alpha.shopId)
    for (const visit of visitsOf(test, route, { visitor: beta, named: alpha })) {
      const answer = await send(test, visit)
      const seen = { visit, status: statusOf(answer), text: answer.text ?? '' }
      expect({ ...seen, allowed: isAllowed(route, visit, seen.status) }).toEqual({ ...seen, allowed: true })
      expect({ ...seen, alphas: seen.text.includes(alpha.mark) }).toEqual({ ...seen, alphas: false })
    }
    expect(await dumpShop(test.deps.db, alpha.shopId)).toEqual(before)
  })
})

it('fails for a route that nobody has said anything about', () => {
  const parties = { visitor: beta, named: alpha }
  for (const path of ['/setup/:id', '/desk/gifts/:id', '/api/v1/gifts/:id']) {
    expect(() => visitsOf(test, { method: 'get', path }, parties)).toThrow(/nothing says/)
  }
})

/** A form around tickets that refuses leads back to where they are, and says there what was wrong. */
function statusOf({ status, headers }: { status: number; headers: Record<string, string> }): number {
  return status === 303 && /[?&]refused=/.test(headers.location ?? '') ? 422 : status
}

function isAllowed(route: Route, visit: Visit, status: number): boolean {
  if (route.method === '_all') return status === 405
  if (visit.foreign === 'address') return [403, 404, 410].includes(status) || visit.how === 'unsigned'
  return visit.foreign === 'body' ? status >= 400 && status < 500 : status < 500
}

// Otherwise the walk would also be passed by requests that are wrong in themselves.
describe('the same requests of the shop itself', () => {
  let own: FurnishedShop
  beforeAll(async () => {
    own = await furnishShop(test, 'Gamma')
  })

  it.each(named.filter(([method, path]) => method !== '_all' && !path.startsWith('/webhooks')))(
    'are not turned away at %s %s',
    async (_method, _path, route) => {
      for (const [at] of visitsOf(test, route, { visitor: own, named: own }).entries()) {
        const first = await visitOwn(route, at)
        if (first.let) continue
        // An earlier visit may have used it up: a merged customer, a removed person.
        own = await furnishShop(test, 'Gamma')
        const again = await visitOwn(route, at)
        expect(again).toEqual({ ...again, let: true })
      }
    },
  )

  async function visitOwn(route: Route, at: number) {
    const visit = visitsOf(test, route, { visitor: own, named: own })[at] as Visit
    const answer = await send(test, visit)
    const { status, text, headers } = answer
    const away =
      [401, 403, 404].includes(status) || (headers.location === '/login' && visit.url !== '/logout')
    return { visit, status, text, let: !away }
  }
})
