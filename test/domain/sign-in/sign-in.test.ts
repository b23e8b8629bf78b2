import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { generate } from 'otplib'
import { addAgent } from '../../../src/domain/agents/add-agent.ts'
import { findLogin } from '../../../src/domain/agents/find-login.ts'
import { makeLoginLink } from '../../../src/domain/agents/login-link.ts'
import { signIn } from '../../../src/domain/agents/sign-in.ts'
import type { Refused } from '../../../src/domain/refusal.ts'
import { askForPassword } from '../../../src/domain/sign-in/ask-for-password.ts'
import { changePassword } from '../../../src/domain/sign-in/change-password.ts'
import { confirmCode } from '../../../src/domain/sign-in/confirm-code.ts'
import { endOwnLogins } from '../../../src/domain/sign-in/end-logins.ts'
import { listLogins } from '../../../src/domain/sign-in/list-logins.ts'
import {
  offerSecondFactor,
  renewRecoveryCodes,
  turnSecondFactorOff,
  turnSecondFactorOn,
} from '../../../src/domain/sign-in/second-factor.ts'
import { findPasswordLink, setPasswordByLink } from '../../../src/domain/sign-in/set-password-by-link.ts'
import { chooseShop, signInWithPassword } from '../../../src/domain/sign-in/sign-in-with-password.ts'
import { purgeTries } from '../../../src/domain/sign-in/tries.ts'
import { signedIn } from '../../support/signed-in.ts'
import { addBareShop, type OrderDesk, openOrderDesk } from '../orders/order-desk.ts'

let desk: OrderDesk
let shopId: bigint
let email: string
let agentId: bigint
let count = 0

beforeAll(async () => {
  desk = await openOrderDesk()
})
afterAll(() => desk.close())
beforeEach(async () => {
  shopId = await addBareShop(desk.deps)
  count += 1
  email = `maja${count}@example.test`
  agentId = await addTo(shopId)
})

const password = 'lipa raste ob potoku'
const origin = (address = `203.0.113.${count}`) => ({ device: 'Firefox on Linux', address })
const own = () => ({ shopId, agentId })

async function addTo(shop: bigint): Promise<bigint> {
  const agent = { shopId: shop, email, name: 'Maja Kos', role: 'agent' }
  return BigInt((await addAgent(desk.deps, agent)).id)
}

/** Chooses a password by a link as it comes by mail. */
async function choose(words = password, of = own()) {
  const token = await makeLoginLink(desk.db, { ...of, at: desk.now.at, kind: 'password', hours: 1 })
  return await setPasswordByLink(desk.deps, { token, password: words, origin: origin() })
}

const enter = (words = password, from = origin()) =>
  signInWithPassword(desk.deps, { email: email.toUpperCase(), password: words, origin: from })

async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => 'not refused',
    (error: unknown) => (error as Refused).refusal,
  )
}

function later(minutes: number): void {
  desk.now.at = new Date(desk.now.at.getTime() + minutes * 60_000)
}

const auditOf = async (shop = shopId) =>
  (await desk.db.prisma.auditLog.findMany({ where: { shopId: shop }, orderBy: { id: 'asc' } })).map(
    ({ action, data }) => ({ action, ...(data as object) }),
  )

const loginOf = async (cookie: string) => {
  const login = await findLogin(desk.deps, cookie)
  if (!login) throw new Error('not signed in')
  return login
}

/** A second factor as a person turns it on; the clock then goes on, so that the next code is another one. */
async function enrol(): Promise<{ secret: string; codes: string[]; code(): Promise<string> }> {
  const { loginId } = await loginOf(signedIn(await choose()).cookie)
  const { secret, sealed } = offerSecondFactor(desk.deps, own())
  const code = () => generate({ secret, epoch: Math.floor(desk.now.at.getTime() / 1000) })
  const codes = await turnSecondFactorOn(desk.deps, { ...own(), loginId, sealed, code: await code() })
  later(1)
  return { secret, codes, code }
}

const stepOf = async (from = enter()) => {
  const result = await from
  if (result.kind !== 'code') throw new Error(`signing in is at ${result.kind}`)
  return result.step
}

describe('a password', () => {
  it('is chosen by a mailed link, once, and then signs in whatever the case of the e-mail', async () => {
    const token = await makeLoginLink(desk.db, { ...own(), at: desk.now.at, kind: 'password', hours: 1 })
    expect(await findPasswordLink(desk.deps, token)).toMatchObject({ name: 'Maja Kos', hasPassword: false })
    const input = { token, password, origin: origin() }
    const both = await Promise.allSettled([1, 2].map(() => setPasswordByLink(desk.deps, input)))
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await findPasswordLink(desk.deps, token)).toBeUndefined()
    const { cookie } = signedIn(await enter())
    expect(await loginOf(cookie)).toMatchObject({ shopId, id: agentId })
    expect(await auditOf()).toEqual([
      { action: 'agent_add', agentId: String(agentId), role: 'agent' },
      { action: 'password_set', by: 'link' },
      { action: 'sign_in', by: 'link', second: 'none' },
      { action: 'sign_in', by: 'password', second: 'none' },
    ])
    const [row] = await desk.db.query<{ stored: string }>(
      'test-password-row',
      'select a::text as stored from agent a where shop_id = $1',
      [shopId],
    )
    expect(row?.stored).toContain('$argon2id$v=19$m=19456,t=2,p=1$')
    expect(row?.stored).not.toContain(password)
  })

  it('is refused when it is short, common or personal, and the link still works', async () => {
    const token = await makeLoginLink(desk.db, { ...own(), at: desk.now.at, kind: 'password', hours: 1 })
    const tries = { čćž: 'short', password12345: 'common', qwertyuiop12: 'common', MajaKos2026: 'personal' }
    for (const [words, why] of Object.entries({ ...tries, ['x'.repeat(201)]: 'long' })) {
      const input = { token, password: words, origin: origin() }
      expect(await refusalOf(setPasswordByLink(desk.deps, input))).toEqual({ code: 'weak_password', why })
    }
    expect((await setPasswordByLink(desk.deps, { token, password, origin: origin() })).kind).toBe('in')
  })

  it('is not said to be wrong in another way than an unknown e-mail, none yet, or somebody who left', async () => {
    const wrong = { code: 'sign_in_wrong' }
    expect(await refusalOf(enter())).toEqual(wrong)
    await choose()
    expect(await refusalOf(enter('another long password'))).toEqual(wrong)
    email = 'nobody@example.test'
    expect(await refusalOf(enter())).toEqual(wrong)
    email = `maja${count}@example.test`
    await desk.db.prisma.agent.updateMany({ where: { shopId }, data: { deactivatedAt: desk.now.at } })
    expect(await refusalOf(enter())).toEqual(wrong)
  })

  it('is the same when its letters are composed differently', async () => {
    await choose('žaba in šilo nad')
    expect((await enter('žaba in šilo nad'.normalize('NFD'))).kind).toBe('in')
  })

  it('that is changed ends all other logins and links, and the old one', async () => {
    const first = signedIn(await choose())
    const second = signedIn(await enter())
    const link = await makeLoginLink(desk.db, { ...own(), at: desk.now.at })
    const { loginId } = await loginOf(second.cookie)
    const change = { ...own(), loginId, password: 'povsem drugo geslo tu' }
    expect(await refusalOf(changePassword(desk.deps, { ...change, current: 'not this one' }))).toEqual({
      code: 'password_wrong',
    })
    await changePassword(desk.deps, { ...change, current: password })
    expect(await findLogin(desk.deps, first.cookie)).toBeUndefined()
    expect(await findLogin(desk.deps, second.cookie)).toBeDefined()
    expect(await refusalOf(signIn(desk.deps, { token: link }))).toEqual({ code: 'login_link_spent' })
    expect(await refusalOf(enter())).toEqual({ code: 'sign_in_wrong' })
    expect((await enter('povsem drugo geslo tu')).kind).toBe('in')
  })

  it('that was forgotten: mail to each shop of that e-mail, at most three times an hour, and none to strangers', async () => {
    const other = await addBareShop(desk.deps)
    await addTo(other)
    const ask = (of = email) => askForPassword(desk.deps, { email: of, origin: origin() })
    const jobs = async () =>
      await desk.db.query<{ payload: { shopId: string; data: { news: string } } }>(
        'test-notices',
        `select payload from graphile_worker._private_jobs where payload ->> 'template' = 'account'
           and payload ->> 'shopId' = any ($1)`,
        [[String(shopId), String(other)]],
      )
    await ask('nobody@example.test')
    for (let times = 0; times < 5; times += 1) await ask(` ${email} `)
    const found = await jobs()
    expect(found.map(({ payload }) => payload.data.news)).toEqual(Array(6).fill('password_link'))
    expect(new Set(found.map(({ payload }) => payload.shopId)).size).toBe(2)
    later(61)
    await ask()
    expect((await jobs()).length).toBe(8)
  })
})

describe('an e-mail of several shops', () => {
  let other: bigint
  let otherAgent: bigint
  beforeEach(async () => {
    other = await addBareShop(desk.deps)
    otherAgent = await addTo(other)
    await choose()
  })

  it('is in by the password of the one shop without a word of the other', async () => {
    await choose('a second password here', { shopId: other, agentId: otherAgent })
    expect((await loginOf(signedIn(await enter()).cookie)).shopId).toBe(shopId)
    expect((await loginOf(signedIn(await enter('a second password here')).cookie)).shopId).toBe(other)
  })

  it('chooses when the password is right in both, and shares one salt so that both cost one computation', async () => {
    await choose(password, { shopId: other, agentId: otherAgent })
    const result = await enter()
    if (result.kind !== 'shop') throw new Error(result.kind)
    expect(result.shops).toHaveLength(2)
    const step = result.shops[1]?.step ?? ''
    const { cookie } = signedIn(await chooseShop(desk.deps, { step, origin: origin() }))
    expect((await loginOf(cookie)).shopId).toBe(other)
    const rows = await desk.db.prisma.agent.findMany({ where: { email } })
    expect(new Set(rows.map(({ passwordHash }) => passwordHash?.split('$')[4])).size).toBe(1)
  })

  it('cannot choose with what is not ours, for a code, too late, or after the password changed', async () => {
    await choose(password, { shopId: other, agentId: otherAgent })
    const result = await enter()
    if (result.kind !== 'shop') throw new Error(result.kind)
    const step = result.shops[0]?.step ?? ''
    const over = { code: 'sign_in_over' }
    expect(
      await refusalOf(chooseShop(desk.deps, { step: `${step.slice(0, -4)}aaaa`, origin: origin() })),
    ).toEqual(over)
    expect(await refusalOf(confirmCode(desk.deps, { step, code: '1', origin: origin() }))).toEqual(over)
    later(1)
    await choose('povsem drugo geslo tu')
    expect(await refusalOf(chooseShop(desk.deps, { step, origin: origin() }))).toEqual(over)
    later(10)
    const second = result.shops[1]?.step ?? ''
    expect(await refusalOf(chooseShop(desk.deps, { step: second, origin: origin() }))).toEqual(over)
  })
})

describe('tries', () => {
  it('of one address for one account end after ten, also when they come at once, and a quarter of an hour later go on', async () => {
    await choose()
    const all = await Promise.all(Array.from({ length: 14 }, () => refusalOf(enter('wrong wrong wrong'))))
    expect(all.filter((one) => (one as { code: string }).code === 'sign_in_wrong')).toHaveLength(10)
    expect(await refusalOf(enter())).toMatchObject({ code: 'too_many_tries', retryAfterSeconds: 900 })
    expect((await auditOf()).filter(({ action }) => action === 'sign_in_blocked')).toHaveLength(1)
    later(15)
    expect((await enter()).kind).toBe('in')
  })

  it('from everywhere keep out who was never here, and not the one who signs in from where they did before', async () => {
    await choose()
    signedIn(await enter(password, origin('198.51.100.7')))
    for (let at = 0; at < 31; at += 1) await refusalOf(enter('wrong wrong wrong', origin(`192.0.2.${at}`)))
    expect(await refusalOf(enter(password, origin('192.0.2.200')))).toMatchObject({ code: 'too_many_tries' })
    expect((await enter(password, origin('198.51.100.7'))).kind).toBe('in')
  })

  it('of one address for many accounts end after sixty, but not of an address that many share', async () => {
    const address = '2001:db8:1:2:3:4:5:6'
    for (let at = 0; at < 60; at += 1) {
      email = `nobody${count}-${at}@example.test`
      await refusalOf(enter('wrong', { device: '', address: `2001:db8:1:2:${at}::1` }))
    }
    expect(await refusalOf(enter('wrong', { device: '', address }))).toMatchObject({ code: 'too_many_tries' })
    for (let at = 0; at < 70; at += 1) {
      email = `somebody${count}-${at}@example.test`
      expect(await refusalOf(enter('wrong', origin('127.0.0.1')))).toEqual({ code: 'sign_in_wrong' })
    }
  })

  it('are forgotten when their time is over', async () => {
    await refusalOf(enter())
    later(16)
    await purgeTries(desk.db, desk.now.at)
    const left = await desk.db.prisma.signInTry.findMany({ where: { until: { lte: desk.now.at } } })
    expect(left).toEqual([])
  })
})

describe('the second factor', () => {
  it('is asked for after the password and after a link; a code works once, also for two at once', async () => {
    const { code } = await enrol()
    const step = await stepOf()
    const typed = await code()
    const tries = await Promise.allSettled(
      [1, 2].map(() => confirmCode(desk.deps, { step, code: typed, origin: origin() })),
    )
    expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await refusalOf(confirmCode(desk.deps, { step, code: typed, origin: origin() }))).toEqual({
      code: 'code_wrong',
    })
    later(1)
    const token = await makeLoginLink(desk.db, { ...own(), at: desk.now.at })
    const byLink = await stepOf(signIn(desk.deps, { token }))
    const { cookie } = await confirmCode(desk.deps, { step: byLink, code: await code(), origin: origin() })
    expect((await loginOf(cookie)).id).toBe(agentId)
    expect((await auditOf()).at(-1)).toEqual({ action: 'sign_in', by: 'link', second: 'code' })
  })

  it('takes a code of a clock that is half a minute off, and none that is older than the last', async () => {
    const { secret } = await enrol()
    const seconds = Math.floor(desk.now.at.getTime() / 1000)
    const at = (offset: number) => generate({ secret, epoch: seconds + offset })
    const confirm = async (typed: string) =>
      await refusalOf(confirmCode(desk.deps, { step: await stepOf(), code: typed, origin: origin() }))
    expect(await confirm(await at(-90))).toEqual({ code: 'code_wrong' })
    expect(await confirm(await at(30))).toBe('not refused')
    expect(await confirm(await at(0))).toEqual({ code: 'code_wrong' })
  })

  it('is stood in for by each recovery code once, however it is typed, until they are made anew', async () => {
    const { codes, code } = await enrol()
    expect(codes).toHaveLength(10)
    const confirm = async (typed: string) =>
      await refusalOf(confirmCode(desk.deps, { step: await stepOf(), code: typed, origin: origin() }))
    const [first = '', second = ''] = codes
    expect(await confirm(` ${first.toUpperCase().replaceAll('-', ' ')}`)).toBe('not refused')
    expect(await confirm(first)).toEqual({ code: 'code_wrong' })
    const fresh = await renewRecoveryCodes(desk.deps, { ...own(), password, code: await code() })
    expect(await confirm(second)).toEqual({ code: 'code_wrong' })
    expect(await confirm(fresh[0] ?? '')).toBe('not refused')
    const [row] = await desk.db.query<{ stored: string }>(
      'test-code-rows',
      `select string_agg(c::text, ' ') || (select string_agg(a::text, ' ') from agent a) as stored from recovery_code c`,
      [],
    )
    expect(row?.stored).not.toContain(fresh[1]?.replaceAll('-', ''))
  })

  it('allows ten wrong codes in a quarter of an hour', async () => {
    const { code } = await enrol()
    const step = await stepOf()
    const confirm = async (typed: string) =>
      await refusalOf(confirmCode(desk.deps, { step, code: typed, origin: origin() }))
    for (let at = 0; at < 10; at += 1) expect(await confirm('abc')).toEqual({ code: 'code_wrong' })
    expect(await confirm(await code())).toMatchObject({ code: 'too_many_tries' })
  })

  it('goes on only by a code of the phone, and off only by password and code', async () => {
    const first = signedIn(await choose())
    const { loginId } = await loginOf(first.cookie)
    const { secret, sealed } = offerSecondFactor(desk.deps, own())
    const input = { ...own(), loginId, sealed }
    expect(await refusalOf(turnSecondFactorOn(desk.deps, { ...input, code: '000000' }))).toEqual({
      code: 'code_wrong',
    })
    const elsewhere = await addTo(await addBareShop(desk.deps))
    const code = await generate({ secret, epoch: Math.floor(desk.now.at.getTime() / 1000) })
    const stolen = { ...input, agentId: elsewhere, code }
    expect(await refusalOf(turnSecondFactorOn(desk.deps, stolen))).toEqual({ code: 'sign_in_over' })
    const other = signedIn(await enter())
    await turnSecondFactorOn(desk.deps, { ...input, code })
    expect(await findLogin(desk.deps, other.cookie)).toBeUndefined()
    expect(await findLogin(desk.deps, first.cookie)).toBeDefined()
    expect(await refusalOf(turnSecondFactorOn(desk.deps, { ...input, code }))).toEqual({
      code: 'second_factor_on',
    })
    const off = { ...own(), password, code }
    expect(await refusalOf(turnSecondFactorOff(desk.deps, off))).toEqual({ code: 'code_wrong' })
    later(1)
    off.code = await generate({ secret, epoch: Math.floor(desk.now.at.getTime() / 1000) })
    expect(await refusalOf(turnSecondFactorOff(desk.deps, { ...off, password: 'wrong' }))).toEqual({
      code: 'password_wrong',
    })
    await turnSecondFactorOff(desk.deps, off)
    expect((await enter()).kind).toBe('in')
  })
})

describe('logins', () => {
  it('are listed with device, shortened address and times, and end one by one or all others at once', async () => {
    const first = signedIn(await choose())
    later(60)
    const second = signedIn(
      await enter(password, { device: 'Safari on iOS', address: '::ffff:198.51.100.77' }),
    )
    const third = signedIn(await enter())
    later(10)
    const here = await loginOf(third.cookie)
    const listed = await listLogins(desk.deps, own())
    expect(listed.map(({ device, address }) => `${device} ${address}`)).toEqual([
      `Firefox on Linux 203.0.113.x`,
      'Safari on iOS 198.51.100.x',
      `Firefox on Linux 203.0.113.x`,
    ])
    expect(listed[0]?.seenAt).toEqual(desk.now.at)
    const { loginId } = await loginOf(second.cookie)
    const stranger = await addTo(await addBareShop(desk.deps))
    const strangers = endOwnLogins(desk.deps, { shopId, agentId: stranger, which: { id: loginId } })
    expect(await refusalOf(strangers)).toEqual({ code: 'not_found', what: 'login' })
    expect(await findLogin(desk.deps, second.cookie)).toBeDefined()
    await endOwnLogins(desk.deps, { ...own(), which: { id: loginId } })
    expect(await findLogin(desk.deps, second.cookie)).toBeUndefined()
    await endOwnLogins(desk.deps, { ...own(), which: { allBut: here.loginId } })
    expect(await findLogin(desk.deps, first.cookie)).toBeUndefined()
    expect(await findLogin(desk.deps, third.cookie)).toBeDefined()
  })
})
