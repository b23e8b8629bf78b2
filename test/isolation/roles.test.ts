import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { addAgent, type roles } from '../../src/domain/agents/add-agent.ts'
import { signIn } from '../../src/domain/agents/sign-in.ts'
import { openTestApp, type TestApp } from '../http/open-app.ts'
import { dumpShop } from './dump.ts'
import { listRoutes, type Route } from './routes.ts'
import { type FurnishedShop, furnishShop } from './two-shops.ts'
import { send, visitsOf } from './visits.ts'

type Role = (typeof roles)[number]

/** The least role that a page of the desk is for; the first line that fits counts. A new page has to be listed. */
const leastRoles: [RegExp, Role][] = [
  [/^\/desk\/(setup|import|packages|rates|unmatched)\b/, 'owner'],
  [/^\/desk\/(reports|audit)\b/, 'supervisor'],
  [/^\/desk\/customers\/:id\/merge$/, 'supervisor'],
  [/^\/desk\/tickets\/:id\/credits$/, 'supervisor'],
  [/^\/desk(\/(events|unanswered|me|replies|mail|tickets|acts|customers|notifications)\b.*)?$/, 'agent'],
]

const test: TestApp = await openTestApp()
const routes = listRoutes(test.app).filter(
  ({ method, path }) => method !== '_all' && /^\/desk(\/|$)/.test(path),
)
let own: FurnishedShop
const logins = new Map<Role, string>()

beforeAll(async () => {
  own = await furnishShop(test, 'Alpha')
  for (const role of ['agent', 'supervisor'] as const) {
    const person = { email: `${role}@agents.example`, name: `Alpha ${role}`, role }
    const { loginUrl } = await addAgent(test.deps, { shopId: own.shopId, ...person })
    const signedIn = await signIn(test.deps, { token: loginUrl.split('/').at(-1) ?? '' })
    if (signedIn.kind !== 'in') throw new Error('a second factor was asked for')
    logins.set(role, signedIn.cookie)
  }
})
afterAll(() => test.close())

function leastRoleOf(path: string): Role {
  const found = leastRoles.find(([pattern]) => pattern.test(path))
  if (!found) throw new Error(`nothing says which role ${path} is for: test/isolation/roles.test.ts`)
  return found[1]
}

function refused(role: Role, route: Route): boolean {
  const least = leastRoleOf(route.path)
  return least === 'owner' || (least === 'supervisor' && role === 'agent')
}

describe.each(['agent', 'supervisor'] as const)('the role %s', (role) => {
  const closed = routes.filter((route) => refused(role, route))
  const open = routes.filter((route) => !refused(role, route) && route.method === 'get')
  const visits = (route: Route) =>
    visitsOf(test, route, { visitor: { ...own, login: logins.get(role) ?? '' }, named: own })

  it.each(closed.map((route) => [route.method, route.path, route] as const))(
    'is refused, and changes nothing, at %s %s',
    async (_method, _path, route) => {
      const before = await dumpShop(test.deps.db, own.shopId)
      for (const visit of visits(route)) {
        const { status } = await send(test, visit)
        expect({ visit, status }).toEqual({ visit, status: 403 })
      }
      expect(await dumpShop(test.deps.db, own.shopId)).toEqual(before)
    },
  )

  // An open stream of events never ends.
  it.each(open.filter(({ path }) => path !== '/desk/events').map((route) => [route.path, route] as const))(
    'is let in at %s',
    async (_path, route) => {
      for (const visit of visits(route)) {
        const { status } = await send(test, visit)
        expect({ visit, let: ![401, 403].includes(status) }).toEqual({ visit, let: true })
      }
    },
  )
})
