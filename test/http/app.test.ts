import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { openDatabase } from '../../src/db/database.ts'
import { createApp } from '../../src/http/app.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, testDeps } from './open-app.ts'

let test: TestApp

beforeAll(async () => {
  test = await openTestApp()
})
afterAll(() => test.close())

describe('health', () => {
  it('tells that it lives, that it is ready, and its figures', async () => {
    const shop = await seedShop(test.deps)
    const { ticketId } = await seedTicket(test.app, test.deps, shop, { credits: 1 })
    await request(test.app)
      .post(`/api/v1/tickets/${ticketId}/replies`)
      .set('Authorization', `Bearer ${shop.key}`)
      .send({ channel: 'email', body: 'x', idempotencyKey: 'k' })
      .expect(201)
    await request(test.app).get('/healthz').expect(200, { status: 'ok' })
    await request(test.app).get('/readyz').expect(200, { status: 'ready' })
    const { text, type } = await request(test.app).get('/metrics').expect(200)
    expect(type).toBe('text/plain')
    expect(text).toContain(
      'creditdesk_http_request_seconds_count{method="POST",route="/api/v1/tickets/:id/replies",status="201"} 1',
    )
    // The answer is to be sent, and agents are to be told of the ticket.
    expect(text).toContain('creditdesk_jobs{state="due"} 2')
    expect(text).toContain('process_resident_memory_bytes')
  })

  it('says why it is not ready, and lives on, while the database is away', async () => {
    const db = openDatabase({ connectionString: 'postgres://x:y@127.0.0.1:9/none', poolSize: 2 })
    const app = createApp(testDeps(db))
    await request(app).get('/healthz').expect(200)
    const ready = await request(app).get('/readyz').expect(503)
    expect(ready.body).toEqual({ status: 'not_ready', reason: 'the database is away' })
    const metrics = await request(app).get('/metrics').expect(200)
    expect(metrics.text).not.toContain('creditdesk_jobs{')
    const api = await request(app)
      .get('/api/v1/tickets')
      .set('Authorization', `Bearer cd_1_${'x'.repeat(43)}`)
    expect([api.status, api.body.code, api.get('Retry-After')]).toEqual([503, 'unavailable', '5'])
    await db.close()
  })
})

describe('every answer', () => {
  it('carries a strict policy and no name of the software', async () => {
    const { headers } = await request(test.app).get('/healthz')
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("connect-src 'self' wss://desk.example")
    expect(policy).not.toContain('unsafe')
    expect(headers['strict-transport-security']).toContain('max-age')
    expect(headers['referrer-policy']).toBe('same-origin')
    expect(headers['x-powered-by']).toBeUndefined()
  })

  it('is a problem for programs and a page for browsers where there is nothing', async () => {
    const program = await request(test.app).get('/nowhere').set('Accept', 'application/json')
    expect([program.status, program.type, program.body.code]).toEqual([
      404,
      'application/problem+json',
      'no_such_address',
    ])
    const browser = await request(test.app).get('/nowhere').set('Accept', 'text/html,*/*;q=0.8')
    expect([browser.status, browser.type]).toEqual([404, 'text/html'])
    expect(browser.text).toContain(browser.get('X-Request-Id'))
    const api = await request(test.app).get('/api/v2/tickets').set('Accept', 'text/html')
    expect(api.type).toBe('application/problem+json')
  })

  it('to a method that a route does not take is 405 with those that it takes', async () => {
    const shop = await seedShop(test.deps)
    const answer = await request(test.app)
      .delete('/api/v1/tickets')
      .set('Authorization', `Bearer ${shop.key}`)
    expect([answer.status, answer.get('Allow'), answer.body.code]).toEqual([
      405,
      'GET, POST',
      'method_not_allowed',
    ])
  })

  it('to a mistake of ours is a bare 500 that names the request', async () => {
    const deps = { ...test.deps, readiness: () => Promise.reject(new Error('secret of the inside')) }
    const answer = await request(createApp(deps)).get('/readyz').set('Accept', 'application/json')
    expect([answer.status, answer.body.code]).toEqual([500, 'internal'])
    expect(answer.body.requestId).toBe(answer.get('X-Request-Id'))
    expect(JSON.stringify(answer.body)).not.toContain('secret')
  })
})

describe('assets', () => {
  it('are served for good under their hashed names', async () => {
    const { hrefs } = test.deps.assets
    const css = await request(test.app).get(hrefs.css).expect(200)
    expect([css.type, css.get('Cache-Control')]).toEqual(['text/css', 'public, max-age=31536000, immutable'])
    await request(test.app)
      .get(hrefs.css)
      .set('If-None-Match', String(css.get('ETag')))
      .expect(304)
    await request(test.app).get('/assets/other.css').expect(404)
  })
})

describe('the request log', () => {
  it('holds method, path and status, and nothing that opens a door or that somebody wrote', async () => {
    test.logged.length = 0
    const token = 'a'.repeat(32)
    await request(test.app)
      .post(`/portal/${token}?q=private`)
      .set('Authorization', 'Bearer cd_1_very-secret-key-that-nobody-sees')
      .set('Cookie', 'creditdesk_login=1.secret')
      .set('X-WC-Webhook-Signature', 'signature')
      .send('{"body":"my words"}')
    // The line of the request before may be written after its answer was read.
    const line = test.logged.find((one) => one.includes('/portal/')) ?? '{}'
    expect(JSON.parse(line)).toMatchObject({
      method: 'POST',
      path: '/portal/[token]',
      status: 404,
    })
    for (const secret of [token, 'private', 'secret', 'signature', 'my words', 'cookie', 'authorization']) {
      expect(line.toLowerCase()).not.toContain(secret)
    }
  })
})
