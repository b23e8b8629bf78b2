import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { addAgent, type NewAgent } from '../../../src/domain/agents/add-agent.ts'
import { addApiKey } from '../../../src/domain/agents/add-api-key.ts'
import { findAgent } from '../../../src/domain/agents/find-agent.ts'
import { findApiKey } from '../../../src/domain/agents/find-api-key.ts'
import { findLogin } from '../../../src/domain/agents/find-login.ts'
import { findLoginLink } from '../../../src/domain/agents/find-login-link.ts'
import { signIn } from '../../../src/domain/agents/sign-in.ts'
import { signOut } from '../../../src/domain/agents/sign-out.ts'
import type { Refused } from '../../../src/domain/refusal.ts'
import { signedIn } from '../../support/signed-in.ts'
import { addBareShop, type OrderDesk, openOrderDesk } from '../orders/order-desk.ts'

let desk: OrderDesk
let shopId: bigint
const hour = 3_600_000
beforeAll(async () => {
  desk = await openOrderDesk()
})
afterAll(() => desk.close())
beforeEach(async () => {
  shopId = await addBareShop(desk.deps)
})

async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => 'not refused',
    (error: unknown) => (error as Refused).refusal,
  )
}

async function linkOf(changes: Partial<NewAgent> = {}): Promise<string> {
  const agent = { shopId, email: 'Maja@example.test', name: 'Maja', role: 'agent', ...changes }
  const { loginUrl } = await addAgent(desk.deps, agent)
  expect(loginUrl).toMatch(/^https:\/\/desk\.example\.test\/login\/\d+\.[\w-]+$/)
  return loginUrl.split('/').at(-1) ?? ''
}

function later(ms: number): void {
  desk.now.at = new Date(desk.now.at.getTime() + ms)
}

describe('an agent', () => {
  it('signs in once with a link, stays for 30 days and signs out', async () => {
    const token = await linkOf()
    const { cookie, expiresAt } = signedIn(await signIn(desk.deps, { token }))
    expect(expiresAt.getTime() - desk.now.at.getTime()).toBe(30 * 24 * hour)
    expect(await findLogin(desk.deps, cookie)).toEqual({
      shopId,
      id: expect.any(BigInt),
      loginId: expect.any(BigInt),
      needsSecondFactor: false,
      name: 'Maja',
      email: 'maja@example.test',
      role: 'agent',
      agentWaiversPerDay: 0,
      lowBalanceUnits: 200n,
      ledgerProblems: 0,
      shopProblem: null,
      shopName: 'Podpora',
      timezone: 'Europe/Ljubljana',
      locale: 'en',
    })
    expect(await findLoginLink(desk.deps, token)).toEqual({
      state: 'used',
      shopId,
      agentId: expect.any(BigInt),
    })
    expect(await refusalOf(signIn(desk.deps, { token }))).toEqual({ code: 'login_link_spent' })
    await signOut(desk.deps, cookie)
    expect(await findLogin(desk.deps, cookie)).toBeUndefined()
  })

  it('is let in once when a link is used twice at the same moment', async () => {
    const token = await linkOf()
    const both = await Promise.allSettled([1, 2].map(() => signIn(desk.deps, { token })))
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('is not let in by a link older than a day, nor kept longer than 30 days', async () => {
    const token = await linkOf()
    later(24 * hour)
    expect(await findLoginLink(desk.deps, token)).toMatchObject({ state: 'expired', shopId })
    expect(await refusalOf(signIn(desk.deps, { token }))).toEqual({ code: 'login_link_spent' })
    const { cookie } = signedIn(await signIn(desk.deps, { token: await linkOf() }))
    later(30 * 24 * hour)
    expect(await findLogin(desk.deps, cookie)).toBeUndefined()
  })

  it('stays the same agent when added again, with a fresh link and the role given now', async () => {
    await linkOf()
    const { created } = await addAgent(desk.deps, {
      shopId,
      email: 'maja@example.test',
      name: 'Maja K.',
      role: 'owner',
    })
    expect(created).toBe(false)
    const agent = await findAgent(desk.deps, { shopId, agent: 'MAJA@example.test' })
    expect(agent).toMatchObject({ name: 'Maja K.', role: 'owner' })
    expect(await findAgent(desk.deps, { shopId, agent: String(agent?.id) })).toEqual(agent)
    const other = await addBareShop(desk.deps)
    expect(await findAgent(desk.deps, { shopId: other, agent: String(agent?.id) })).toBeUndefined()
  })

  it.each([
    [{ email: 'maja' }, ['email']],
    [{ role: 'boss', name: '' }, ['name', 'role']],
  ])('is refused with %j', async (changes, fields) => {
    const agent = { shopId, email: 'a@example.test', name: 'A', role: 'agent', ...changes }
    expect(await refusalOf(addAgent(desk.deps, agent))).toMatchObject({
      code: 'invalid',
      fields: fields.map((field) => ({ field })),
    })
  })

  it('is not found by what is no cookie or link', async () => {
    for (const text of [
      '',
      'x',
      '1.x',
      `${shopId}.${'a'.repeat(43)}`,
      `99999999999999999999.${'a'.repeat(43)}`,
    ]) {
      expect(await findLogin(desk.deps, text)).toBeUndefined()
      expect(await findLoginLink(desk.deps, text)).toEqual({ state: 'unknown' })
      await expect(signOut(desk.deps, text)).resolves.toBeUndefined()
    }
  })
})

describe('an API key', () => {
  it('is shown once, kept as a hash and found with its scopes', async () => {
    const { key } = await addApiKey(desk.deps, { shopId, scopes: ['read', 'supervise', 'read'] })
    expect(key).toMatch(new RegExp(`^cd_${shopId}_`))
    expect(await findApiKey(desk.deps, key)).toEqual({
      shopId,
      id: expect.any(BigInt),
      scopes: ['read', 'supervise'],
    })
    const [row] = await desk.db.query<{ stored: string }>(
      'test-key-row',
      'select k::text as stored from api_key k where shop_id = $1',
      [shopId],
    )
    expect(row?.stored).not.toContain(key.slice(-20))
  })

  it('is not found when revoked, altered, of another shop or malformed', async () => {
    const { key } = await addApiKey(desk.deps, { shopId, scopes: ['read'] })
    const other = await addBareShop(desk.deps)
    for (const wrong of [`${key}x`, key.replace(`_${shopId}_`, `_${other}_`), 'cd_1_', '', key.slice(3)]) {
      expect(await findApiKey(desk.deps, wrong)).toBeUndefined()
    }
    await desk.db.query('test-revoke', 'update api_key set revoked_at = now() where shop_id = $1', [shopId])
    expect(await findApiKey(desk.deps, key)).toBeUndefined()
  })

  it('is refused with a scope that is not known, naming it', async () => {
    expect(await refusalOf(addApiKey(desk.deps, { shopId, scopes: ['read', 'root'] }))).toMatchObject({
      code: 'invalid',
      fields: [{ field: 'scopes', message: expect.stringMatching(/^root: .*supervise/) }],
    })
    expect(await refusalOf(addApiKey(desk.deps, { shopId: 999_999n, scopes: ['read'] }))).toEqual({
      code: 'not_found',
      what: 'shop',
    })
  })
})
