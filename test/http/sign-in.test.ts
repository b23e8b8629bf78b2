import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { generate } from 'otplib'
import request, { type Response } from 'supertest'
import { addAgent } from '../../src/domain/agents/add-agent.ts'
import { requireSecondFactor } from '../../src/domain/agents/require-second-factor.ts'
import { sendNotice } from '../../src/domain/agents/send-notice.ts'
import { jobs } from '../../src/jobs/catalog.ts'
import type { OutgoingMail } from '../../src/ports/mail.ts'
import { openTestApp, seedShop, type TestApp, type TestShop } from './open-app.ts'
import { hiddenFields, readText, type Visitor, visitor } from './visit.ts'

let test: TestApp
let shop: TestShop
let email: string
beforeAll(async () => {
  test = await openTestApp()
})
afterAll(() => test.close())
beforeEach(async () => {
  shop = await seedShop(test.deps)
  // Of one shop only, or signing in would ask which.
  email = `maja-${shop.shopId}@shop.example`
})

const password = 'lipa raste ob potoku'
const chosen = { password, again: password }

/** What was queued for an agent about their account, sent to a list. */
async function mailsOf(): Promise<OutgoingMail[]> {
  const sent: OutgoingMail[] = []
  const mail = {
    ...test.deps.mail,
    send: async (one: OutgoingMail) => {
      sent.push(one)
      return { kind: 'accepted', providerId: '' } as const
    },
  }
  const agent = await test.deps.db.prisma.agent.findFirstOrThrow({ where: { shopId: shop.shopId, email } })
  const queued = await test.deps.db.query<{ payload: unknown }>(
    'test-account-notices',
    `select payload from graphile_worker._private_jobs where payload ->> 'shopId' = $1 and payload ->> 'agentId' = $2
       and payload ->> 'template' = 'account' order by id`,
    [String(shop.shopId), String(agent.id)],
  )
  for (const { payload } of queued) {
    await sendNotice({ ...test.deps, mail }, { ...jobs.send_notice.payload.parse(payload), lastTry: true })
  }
  return sent
}

const cookieOf = (answer: Response) => String(answer.get('Set-Cookie')?.[0]).split(';')[0] ?? ''
const linkIn = (mail: OutgoingMail | undefined) =>
  new URL(/https:\S+\/login\/password\/\S+/.exec(mail?.text ?? '')?.[0] ?? '').pathname

/** Opens a fresh link of the agent, as the command line prints it. */
async function openLink(): Promise<Response> {
  const agent = { shopId: shop.shopId, email, name: 'Maja', role: 'supervisor' }
  const { loginUrl } = await addAgent(test.deps, agent)
  return await visitor(test.app).get(new URL(loginUrl).pathname)
}

/** An agent with a password, as they choose one after the link. */
async function newAgent(): Promise<Visitor & { secret(): Promise<string> }> {
  const maja = visitor(test.app, cookieOf(await openLink()))
  const page = await maja.get('/desk/me/password').expect(200)
  await maja.submit(page, '/desk/me/password', chosen).expect(303)
  return {
    ...maja,
    async secret() {
      const enrol = await maja.get('/desk/me/second-factor').expect(200)
      const secret = /<code>([A-Z2-7 ]+)<\/code>/.exec(enrol.text)?.[1]?.replaceAll(' ', '') ?? ''
      const on = '/desk/me/second-factor/on'
      const codes = await maja.submit(enrol, on, { code: await generate({ secret }) }).expect(200)
      expect(codes.text.match(/<code>([a-z2-7]{4}-){3}[a-z2-7]{4}<\/code>/g)).toHaveLength(10)
      // The next code would otherwise be the one that was used up just now.
      await test.deps.db.prisma.agent.updateMany({ where: { shopId: shop.shopId }, data: { totpStep: 1 } })
      return secret
    },
  }
}

describe('signing in', () => {
  it('by a link leads to choosing a password, which then opens the page that was wanted', async () => {
    const first = await openLink()
    expect(first.headers.location).toBe('/desk/me/password')
    const maja = visitor(test.app, cookieOf(first))
    await maja.get('/desk').expect(200)
    const page = await maja.get('/desk/me/password').expect(200)
    expect(readText(page)).toContain('Later')
    const differs = await maja.submit(page, '/desk/me/password', { password, again: 'x' }).expect(422)
    expect(readText(differs)).toContain('not the same')
    const weak = { password: 'password123', again: 'password123' }
    expect(readText(await maja.submit(page, '/desk/me/password', weak).expect(422))).toContain(
      'among the first',
    )
    await maja.submit(page, '/desk/me/password', chosen).expect(303)

    const stranger = visitor(test.app)
    const away = await stranger.get('/desk/reports?from=2026-01-01').expect(303)
    const form = await stranger.get(String(away.headers.location)).expect(200)
    const wrong = await stranger.submit(form, '/login', { email, password: 'not this one' }).expect(422)
    expect(readText(wrong)).toContain('E-mail or password is not right')
    const inside = await stranger
      .submit(wrong, '/login', { email: `${email.toUpperCase()} `, password })
      .expect(303)
    expect(inside.headers.location).toBe('/desk/reports?from=2026-01-01')
    const cookie = String(inside.get('Set-Cookie')?.[0])
    for (const part of ['__Host-', 'HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/'])
      expect(cookie).toContain(part)
    await visitor(test.app, cookieOf(inside)).get('/desk').expect(200)
  })

  it('goes to no page of somebody else', async () => {
    for (const next of [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      '/deskevil',
      '/desk/..//evil.example',
    ]) {
      const page = await visitor(test.app)
        .get(`/login?${new URLSearchParams({ next })}`)
        .expect(200)
      expect(page.text).not.toContain('evil')
    }
  })

  it('is refused from a form of another site', async () => {
    for (const path of ['/login', '/login/shop', '/login/code', '/login/forgotten', '/login/password/1.x']) {
      await request(test.app)
        .post(path)
        .set('Origin', 'https://evil.example')
        .type('form')
        .send({})
        .expect(403)
    }
  })

  it('says when it was tried too often, and how long to wait', async () => {
    await newAgent()
    const stranger = visitor(test.app)
    for (let at = 0; at < 10; at += 1) await stranger.post('/login', { email, password: 'wrong' }).expect(422)
    const over = await stranger.post('/login', { email, password }).expect(429)
    expect(Number(over.headers['retry-after'])).toBeGreaterThan(800)
    expect(readText(over)).toContain('Wait 15 minutes')
  })

  it('asks for a code when the second factor is on, after a link, too; a recovery code works once', async () => {
    const maja = await newAgent()
    const secret = await maja.secret()
    const stranger = visitor(test.app)
    const asked = await stranger.post('/login', { email, password }).expect(200)
    expect(asked.get('Set-Cookie')).toBeUndefined()
    expect(readText(await stranger.submit(asked, '/login/code', { code: '000000' }).expect(422))).toContain(
      'This code is not right',
    )
    const code = await generate({ secret })
    const inside = await stranger.submit(asked, '/login/code', { code }).expect(303)
    await visitor(test.app, cookieOf(inside)).get('/desk').expect(200)
    await stranger.submit(asked, '/login/code', { code }).expect(422)

    const byLink = await openLink()
    expect(readText(byLink)).toContain('The code of your phone')
    expect(byLink.get('Set-Cookie')).toBeUndefined()
    const void_ = await stranger.post('/login/code', { step: 'nonsense', code }).expect(410)
    expect(readText(void_)).toContain('Begin again')
  })
})

describe('a forgotten password', () => {
  it('is replaced by a mailed link, which opens once; all logins end', async () => {
    const maja = await newAgent()
    const stranger = visitor(test.app)
    const form = await stranger.get('/login/forgotten').expect(200)
    const told = await stranger.submit(form, '/login/forgotten', { email }).expect(200)
    const nobody = await stranger.submit(form, '/login/forgotten', { email: 'no@body.example' }).expect(200)
    expect(readText(told)).toBe(readText(nobody))
    const [mail] = (await mailsOf()).filter(({ subject }) => subject.includes('new password'))
    expect(mail?.to).toEqual({ name: 'Maja', address: email })
    const link = linkIn(mail)
    const page = await stranger.get(link).expect(200)
    expect(readText(page)).toContain('A new password for Maja')
    await stranger.get(link).expect(200)
    const better = { password: 'povsem drugo geslo tu', again: 'povsem drugo geslo tu' }
    const inside = await stranger.submit(page, link, better).expect(303)
    await visitor(test.app, cookieOf(inside)).get('/desk').expect(200)
    await maja.get('/desk').expect(303)
    expect(readText(await stranger.get(link).expect(410))).toContain('expired')
    await stranger.submit(page, link, better).expect(410)
    await stranger.post('/login', { email, password }).expect(422)
  })

  it('still asks for the code of the second factor', async () => {
    const maja = await newAgent()
    await maja.secret()
    await visitor(test.app).post('/login/forgotten', { email }).expect(200)
    const [mail] = (await mailsOf()).filter(({ subject }) => subject.includes('new password'))
    const answer = await visitor(test.app).post(linkIn(mail), chosen).expect(200)
    expect(readText(answer)).toContain('The code of your phone')
    expect(answer.get('Set-Cookie')).toBeUndefined()
  })
})

describe('the own account', () => {
  it('changes the name, lists and ends logins', async () => {
    const maja = await newAgent()
    const elsewhere = await request(test.app)
      .post('/login')
      .set('User-Agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')
      .type('form')
      .send({ email, password })
      .expect(303)
    const page = await maja.get('/desk/me').expect(200)
    expect(readText(page)).toMatch(/Firefox on Linux 127\.0\.0\.x/)
    expect(readText(await maja.submit(page, '/desk/me', { name: ' ' }).expect(422))).toContain(
      'Give the name',
    )
    await maja.submit(page, '/desk/me', { name: 'Maja Nova' }).expect(303)
    const end = /action="(\/desk\/me\/logins\/\d+\/end)"/.exec(page.text)?.[1] ?? ''
    await maja.submit(page, end, {}).expect(303)
    await visitor(test.app, cookieOf(elsewhere)).get('/desk').expect(303)
    expect(readText(await maja.get('/desk/me?done=signed_out'))).toMatch(/Maja Nova.*Signed out there/)
    await maja.submit(page, '/desk/me/logins/end', {}).expect(303)
    await maja.get('/desk').expect(200)
  })

  it('is told by mail when the password or the second factor changed', async () => {
    const maja = await newAgent()
    await maja.secret()
    const page = await maja.get('/desk/me/password').expect(200)
    const change = { password: 'povsem drugo geslo tu', again: 'povsem drugo geslo tu' }
    await maja.submit(page, '/desk/me/password', { ...change, current: 'no' }).expect(422)
    await maja.submit(page, '/desk/me/password', { ...change, current: password }).expect(303)
    expect((await mailsOf()).map(({ subject }) => subject)).toEqual([
      'Your second factor for Podpora is on',
      'Your password for Podpora was changed',
    ])
  })

  it('is all that is open until the second factor that the shop asks for is set up', async () => {
    const maja = await newAgent()
    await requireSecondFactor(test.deps, { shopId: shop.shopId, actor: 'cli', required: true })
    expect((await maja.get('/desk').expect(303)).headers.location).toBe('/desk/me/second-factor')
    const page = await maja.get('/desk/me').expect(200)
    const { csrf = '' } = hiddenFields(page.text, '/logout')
    await maja.postJson('/desk/tickets/1/quote', {}, csrf).expect(403)
    await maja.get('/desk/me/password').expect(200)
    await maja.secret()
    await maja.get('/desk').expect(200)
  })
})
