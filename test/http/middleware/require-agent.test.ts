import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import express from 'express'
import request from 'supertest'
import { signIn } from '../../../src/domain/agents/sign-in.ts'
import { signOut } from '../../../src/domain/agents/sign-out.ts'
import { makeErrorHandler } from '../../../src/http/error-handler.ts'
import { clearLoginCookie, setLoginCookie } from '../../../src/http/middleware/cookies.ts'
import { agentOf, loginTokenOf, requireAgent } from '../../../src/http/middleware/require-agent.ts'
import { signedIn } from '../../support/signed-in.ts'
import { openTestApp, seedShop, type TestApp } from '../open-app.ts'

let test: TestApp
let login: { cookie: string; expiresAt: Date }
let app: express.Express

beforeAll(async () => {
  test = await openTestApp()
  const shop = await seedShop(test.deps)
  login = signedIn(await signIn(test.deps, { token: shop.agent.loginToken }))
  app = express()
  app.post('/in', (_req, res) => {
    setLoginCookie(test.deps.publicUrl, res, login.cookie, login.expiresAt)
    res.end()
  })
  app.post('/out', (_req, res) => {
    clearLoginCookie(test.deps.publicUrl, res)
    res.end()
  })
  app.use(requireAgent(test.deps), (_req, res) => {
    res.json({ name: agentOf(res).name, token: loginTokenOf(res) })
  })
  app.use(makeErrorHandler(test.deps))
})
afterAll(() => test.close())

async function cookieOf(path: string): Promise<string> {
  return String((await request(app).post(path)).get('Set-Cookie')?.[0])
}

describe('the login cookie', () => {
  it('is for our host alone, out of reach of scripts, and only over TLS', async () => {
    const cookie = await cookieOf('/in')
    expect(cookie).toMatch(/^__Host-creditdesk_login=/)
    for (const attribute of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax'])
      expect(cookie).toContain(attribute)
    expect(cookie).not.toContain('Domain')
    expect(await cookieOf('/out')).toContain('Expires=Thu, 01 Jan 1970')
  })
})

describe('requireAgent', () => {
  it('lets a signed-in agent pass in one query and keeps the page out of caches', async () => {
    const cookie = (await cookieOf('/in')).split(';')[0] ?? ''
    test.statements()
    const answer = await request(app).get('/desk').set('Cookie', cookie).expect(200)
    expect(test.statements()).toEqual(['find-login'])
    expect(answer.body).toEqual({ name: 'Ana Kos', token: login.cookie })
    expect(answer.get('Cache-Control')).toBe('no-store')
  })

  it('sends a browser to the sign-in page, and a script or a form gets 401', async () => {
    await request(app).get('/desk').set('Accept', 'text/html').expect(303).expect('Location', '/login')
    await request(app).get('/desk').set('Accept', 'application/json').expect(401)
    const form = await request(app).post('/desk').set('Accept', 'text/html').send('a=b')
    expect([form.status, form.type]).toEqual([401, 'text/html'])
  })

  it('takes no unknown, broken or ended login', async () => {
    const name = '__Host-creditdesk_login'
    for (const value of [
      '',
      'x',
      '1.',
      `1.${'y'.repeat(43)}`,
      `999999999999999999.${'y'.repeat(43)}`,
      '%E0%A4%A',
    ]) {
      await request(app)
        .get('/')
        .set('Cookie', `${name}=${value}`)
        .set('Accept', 'application/json')
        .expect(401)
    }
    const cookie = (await cookieOf('/in')).split(';')[0] ?? ''
    await signOut(test.deps, login.cookie)
    await request(app).get('/').set('Cookie', cookie).set('Accept', 'application/json').expect(401)
  })
})
