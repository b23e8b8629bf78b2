import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { addAgent } from '../../src/domain/agents/add-agent.ts'
import { openTestApp, seedShop, type TestApp, type TestShop } from './open-app.ts'
import { readText, signInAs, visitor } from './visit.ts'

let test: TestApp
let shop: TestShop

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
})
afterAll(() => test.close())

const newLink = async (email = 'link@shop.example') => {
  const { loginUrl } = await addAgent(test.deps, { shopId: shop.shopId, email, name: 'Maja', role: 'agent' })
  return new URL(loginUrl).pathname
}

describe('the front door', () => {
  it('says what this is and leads to the desk', async () => {
    expect(readText(await visitor(test.app).get('/').expect(200))).toContain('Sign in to the desk')
    const maja = await signInAs(test.app, test.deps, shop.shopId)
    expect(readText(await maja.get('/'))).toContain('To the desk as Maja supervisor')
  })

  it('has a mark', async () => {
    const answer = await request(test.app).get('/favicon.ico').expect(302)
    await request(test.app).get(String(answer.headers.location)).expect(200).expect('Content-Type', /svg/)
  })
})

describe('a login link', () => {
  it('signs in at once, with a cookie that scripts and other sites do not get', async () => {
    const answer = await request(test.app)
      .get(await newLink())
      .expect(303)
    expect(answer.headers.location).toBe('/desk/me/password')
    const cookie = String(answer.get('Set-Cookie')?.[0])
    expect(cookie).toMatch(/^__Host-creditdesk_login=/)
    for (const part of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/']) expect(cookie).toContain(part)
    await visitor(test.app, cookie.split(';')[0]).get('/desk').expect(200)
  })

  it('is not used up by a program that asks for its headers', async () => {
    const link = await newLink()
    await request(test.app).head(link).expect(204)
    await request(test.app).get(link).expect(303)
  })

  it('works once; whoever it signed in is led to the desk, everybody else is told what to do', async () => {
    const maja = await signInAs(test.app, test.deps, shop.shopId)
    expect((await maja.get(maja.loginPath).expect(303)).headers.location).toBe('/desk')
    const answer = await visitor(test.app).get(maja.loginPath).expect(410)
    expect(readText(answer)).toContain('This link was already used')
    const luka = await signInAs(test.app, test.deps, shop.shopId, 'agent')
    await luka.get(maja.loginPath).expect(410)
  })

  it('says when it has expired or is not known', async () => {
    const link = await newLink('late@shop.example')
    await test.deps.db.prisma.loginLink.updateMany({
      where: { usedAt: null },
      data: { expiresAt: new Date(Date.now() - 1000) },
    })
    expect(readText(await visitor(test.app).get(link).expect(410))).toContain('This link has expired')
    const unknown = await visitor(test.app)
      .get(`/login/${shop.shopId}.${'x'.repeat(43)}`)
      .expect(404)
    expect(readText(unknown)).toContain('This link is not known')
    await visitor(test.app).get('/login/nonsense').expect(404)
  })
})

describe('signing out', () => {
  it('ends the login on the server and in the browser', async () => {
    const maja = await signInAs(test.app, test.deps, shop.shopId)
    await maja.post('/logout', { csrf: 'wrong' }).expect(403)
    const answer = await maja.submit(await maja.get('/desk'), '/logout', {}).expect(303)
    expect(String(answer.get('Set-Cookie')?.[0])).toContain('Expires=Thu, 01 Jan 1970')
    expect(readText(await maja.get(String(answer.headers.location)))).toContain('You are signed out')
    await maja.get('/desk').expect(303)
  })

  it('leads from the sign-in page to the desk while signed in', async () => {
    const maja = await signInAs(test.app, test.deps, shop.shopId)
    expect((await maja.get('/login').expect(303)).headers.location).toBe('/desk')
  })
})
