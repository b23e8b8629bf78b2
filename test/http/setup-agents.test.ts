import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Response } from 'supertest'
import { mailOff } from '../../connectors/off/off.ts'
import { addPackage } from '../../src/domain/packages/add-package.ts'
import type { OutgoingMail } from '../../src/ports/mail.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from './open-app.ts'
import { readText, signInAs, type Visitor, visitor } from './visit.ts'

let test: TestApp
let shop: TestShop
let owner: Visitor & { agentId: string }
const sent: OutgoingMail[] = []
beforeAll(async () => {
  test = await openTestApp()
})
afterAll(() => test.close())
beforeEach(async () => {
  sent.length = 0
  shop = await seedShop(test.deps)
  owner = await signInAs(test.app, test.deps, shop.shopId, 'owner')
})

const page = '/desk/setup/agents'
const agents = () =>
  test.deps.db.prisma.agent.findMany({ where: { shopId: shop.shopId }, orderBy: { id: 'asc' } })
const act = async (id: string, form: Record<string, string>): Promise<Response> =>
  await owner.submit(await owner.get(`${page}?open=${id}`), `${page}/${id}`, form)
const invite = async (form: Record<string, string>): Promise<Response> =>
  await owner.submit(await owner.get(page), page, form)
const actions = async () =>
  (
    await test.deps.db.prisma.auditLog.findMany({ where: { shopId: shop.shopId }, orderBy: { id: 'asc' } })
  ).map(({ action, actor }) => `${actor} ${action}`)

describe('agents', () => {
  it('are invited by mail; what is wrong, or taken, is said at its field', async () => {
    expect(readText(await invite({ email: 'luka', name: '', role: 'agent' }))).toContain(
      'Give an e-mail address.',
    )
    await invite({ email: 'Luka@shop.example', name: 'Luka', role: 'agent' }).then((answer) =>
      expect(answer.status).toBe(303),
    )
    const again = await invite({ email: 'luka@shop.example', name: 'Luka', role: 'owner' })
    expect(again.status).toBe(409)
    expect(readText(again)).toContain('works here already')
    const jobs = await test.deps.db.query<{ data: object }>(
      'test-invitations',
      `select payload -> 'data' as data from graphile_worker._private_jobs
       where payload ->> 'shopId' = $1 and payload ->> 'template' = 'account'`,
      [String(shop.shopId)],
    )
    expect(jobs).toEqual([{ data: { news: 'invitation', by: 'Maja owner', at: expect.any(String) } }])
    expect((await actions()).at(-1)).toBe(`agent:${owner.agentId} agent_add`)
  })

  it('are signed out when their role changes', async () => {
    const ana = await signInAs(test.app, test.deps, shop.shopId, 'agent')
    await act(ana.agentId, { act: 'change', name: 'Maja agent', role: 'agent' })
    await ana.get('/desk').expect(200)
    expect((await act(ana.agentId, { act: 'change', name: 'Maja agent', role: 'supervisor' })).status).toBe(
      303,
    )
    await ana.get('/desk').expect(303)
    expect((await actions()).filter((one) => one.endsWith('agent_change'))).toHaveLength(1)
  })

  it('end at once with their tickets given on, and come back', async () => {
    const ana = await signInAs(test.app, test.deps, shop.shopId, 'agent')
    const { ticketId } = await seedTicket(test.app, test.deps, shop)
    const ticket = { shopId_id: { shopId: shop.shopId, id: BigInt(ticketId) } }
    const { prisma } = test.deps.db
    await prisma.ticket.update({ where: ticket, data: { assigneeId: BigInt(ana.agentId) } })
    expect((await act(ana.agentId, { act: 'deactivate', to: ana.agentId })).status).toBe(404)
    expect((await act(ana.agentId, { act: 'deactivate', to: owner.agentId })).status).toBe(303)
    await ana.get('/desk').expect(303)
    await visitor(test.app).get(ana.loginPath).expect(410)
    expect((await prisma.ticket.findUniqueOrThrow({ where: ticket })).assigneeId).toBe(BigInt(owner.agentId))
    expect(readText(await owner.get(page))).toContain('works here no more')
    expect((await act(ana.agentId, { act: 'activate' })).status).toBe(303)
    expect((await agents()).every(({ deactivatedAt }) => deactivatedAt === null)).toBe(true)
  })

  it('keep one owner, also when two owners end each other at once', async () => {
    const last = await act(owner.agentId, { act: 'deactivate' })
    expect(last.status).toBe(409)
    expect(readText(last)).toContain('A shop keeps at least one owner')
    const demoted = await act(owner.agentId, { act: 'change', name: 'Maja owner', role: 'agent' })
    expect(demoted.status).toBe(409)
    await owner.get('/desk').expect(200)
  })

  it('need a second factor when the owner says so, and have a lost one taken off', async () => {
    const ana = await signInAs(test.app, test.deps, shop.shopId, 'agent')
    const form = await owner.get(page)
    await owner.submit(form, `${page}/second-factor`, { required: 'yes' }).expect(303)
    expect((await ana.get('/desk').expect(303)).headers.location).toBe('/desk/me/second-factor')
    const where = { shopId_id: { shopId: shop.shopId, id: BigInt(ana.agentId) } }
    await test.deps.db.prisma.agent.update({ where, data: { totpSecret: Buffer.from('x') } })
    await test.deps.db.prisma.shop.update({
      where: { id: shop.shopId },
      data: { requiresSecondFactor: false },
    })
    expect((await act(ana.agentId, { act: 'reset' })).status).toBe(303)
    expect((await test.deps.db.prisma.agent.findUniqueOrThrow({ where })).totpSecret).toBeNull()
    await ana.get('/desk').expect(303)
  })
})

describe('where mail is not configured', () => {
  const linkIn = (answer: Response) =>
    /https:\/\/desk\.example(\/login\/password\/[\w.-]+)/.exec(answer.text)?.[1] ?? ''
  const choose = (link: string, password: string) =>
    visitor(test.app).post(link, { password, again: password })
  let configured: TestApp['deps']['mail']
  beforeEach(() => {
    configured = test.deps.mail
    test.deps.mail = mailOff
  })
  afterEach(() => {
    test.deps.mail = configured
  })

  it('the owner is shown the invitation once; it works, and only the newest does', async () => {
    const made = await invite({ email: 'luka@shop.example', name: 'Luka', role: 'agent' })
    expect(made.status).toBe(200)
    expect(readText(made)).toContain(
      'The invitation of Luka Mail is not set up, so hand this link over yourself',
    )
    const link = linkIn(made)
    expect((await owner.get(page)).text).not.toContain(link)
    const luka = (await agents()).find(({ name }) => name === 'Luka')
    const again = await act(String(luka?.id), { act: 'invite' })
    expect(readText(again)).toContain('The invitation of Luka')
    await choose(link, 'lipa raste ob potoku').expect(410)
    expect((await choose(linkIn(again), 'lipa raste ob potoku').expect(303)).headers.location).toBe('/desk')
  })

  it('a forgotten password is reset the same way, written in the log, at most three times an hour', async () => {
    await choose(
      linkIn(await invite({ email: 'luka@shop.example', name: 'Luka', role: 'agent' })),
      'lipa raste ob potoku',
    )
    const { id } = (await agents()).at(-1) ?? { id: 0n }
    const reset = await act(String(id), { act: 'invite' })
    expect(readText(reset)).toContain('A new password for Luka')
    await choose(linkIn(reset), 'mnogo besed ob potoku').expect(303)
    expect(await actions()).toContain(`agent:${owner.agentId} password_offer`)
    expect(readText(await owner.get('/desk/audit'))).toContain(
      'made a link with which Luka chooses a new password',
    )
    await act(String(id), { act: 'invite' })
    await act(String(id), { act: 'invite' })
    expect((await act(String(id), { act: 'invite' })).status).toBe(429)
  })
})

describe('API keys', () => {
  const keys = '/desk/setup/keys'
  it('are made, shown once, used and revoked', async () => {
    expect((await owner.submit(await owner.get(keys), keys, { name: 'Shop' })).status).toBe(422)
    const made = await owner.submit(await owner.get(keys), keys, { name: 'Shop sync', 'scope.read': 'on' })
    const key = /cd_\d+_[\w-]{43}/.exec(made.text)?.[0] ?? ''
    const call = () =>
      visitor(test.app)
        .get('/api/v1/tickets')
        .set('Accept', 'application/json')
        .set('Authorization', `Bearer ${key}`)
    await call().expect(200)
    const list = await owner.get(keys)
    expect(list.text).not.toContain(key)
    expect(readText(list)).toContain('Shop sync read')
    const revoke = /action="(\/desk\/setup\/keys\/\d+\/revoke)"/.exec(list.text)?.[1] ?? ''
    await owner.submit(list, revoke, {}).expect(303)
    await call().expect(401)
  })
})

describe('the setup', () => {
  it('leads through the first steps, ticked by what there is, on the empty list and on its own page', async () => {
    const own = await openTestApp()
    const { shopId } = await seedShop(own.deps)
    // The seeded supervisor is a colleague.
    const maja = await signInAs(own.app, own.deps, shopId, 'owner')
    own.statements()
    const list = await maja.get('/desk')
    expect(own.statements().length).toBeLessThanOrEqual(3)
    expect(readText(list)).toContain('First steps 1 of 6 done')
    expect(readText(list)).toContain('Invite a colleague done')
    expect(readText(list)).toContain('Make a package to do Say which product')
    // Only owners set up.
    const luka = await signInAs(own.app, own.deps, shopId, 'agent')
    expect(readText(await luka.get('/desk'))).not.toContain('First steps')
    const packages = await maja.get('/desk/packages')
    await addPackage(own.deps, { actor: 'cli', shopId, match: 'product:11', credits: 10 })
    await maja.submit(packages, '/desk/rates', {}).expect(303)
    const mail = own.deps.mail
    own.deps.mail = { ...mail, send: async () => ({ kind: 'accepted', providerId: 'x' }) }
    const channels = '/desk/setup/channels'
    await maja.submit(await maja.get(channels), `${channels}/email/test`, {}).expect(200)
    const hub = await maja.get('/desk/setup')
    expect(readText(hub)).toContain('2 steps are left')
    for (const done of [
      'Look at the prices done',
      'Send yourself a test mail done',
      'Connect the shop to do',
    ]) {
      expect(readText(hub)).toContain(done)
    }
    await maja.submit(hub, '/desk/setup/first-steps', { hide: 'yes' }).expect(303)
    expect(readText(await maja.get('/desk'))).not.toContain('First steps')
    const hidden = await maja.get('/desk/setup')
    expect(readText(hidden)).not.toContain('First steps 4')
    await maja.submit(hidden, '/desk/setup/first-steps', { hide: 'no' }).expect(303)
    expect(readText(await maja.get('/desk'))).toContain('First steps 4 of 6 done')
    await own.close()
  })

  it('tests mail and SMS and tells the words of the provider', async () => {
    const channels = '/desk/setup/channels'
    const mail = await owner.submit(await owner.get(channels), `${channels}/email/test`, {}).expect(200)
    expect(readText(mail)).toMatch(/Sent to owner@shop\.example|refused|not taken|not known/)
    const wrong = await owner.submit(mail, `${channels}/sms/test`, { phone: '12' }).expect(422)
    expect(readText(wrong)).toContain('Give the number with its country')
    const text = await owner.submit(mail, `${channels}/sms/test`, { phone: '+386 40 123 456' }).expect(200)
    // Nothing listens where the tests' provider should be.
    expect(readText(text)).toMatch(/It was not taken now|Whether it was taken is not known/)
    expect((await actions()).filter((one) => one.endsWith('channel_test'))).toHaveLength(2)
  })
})
