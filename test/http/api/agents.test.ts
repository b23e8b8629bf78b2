import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { mailOff } from '../../../connectors/off/off.ts'
import { addApiKey } from '../../../src/domain/agents/add-api-key.ts'
import { openTestApp, seedShop, type TestApp, type TestShop } from '../open-app.ts'
import { visitor } from '../visit.ts'
import { answerMisfit } from './documented.ts'

let test: TestApp
let shop: TestShop
let configured: TestApp['deps']['mail']
beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
  configured = test.deps.mail
})
afterEach(() => {
  test.deps.mail = configured
})
afterAll(() => test.close())

const get = (path: string, key = shop.key) =>
  request(test.app).get(`/api/v1${path}`).set('Authorization', `Bearer ${key}`)
const post = (path: string, body: object = {}, key = shop.key) =>
  request(test.app).post(`/api/v1${path}`).set('Authorization', `Bearer ${key}`).send(body)
const eva = { email: 'eva@shop.example', name: 'Eva', role: 'owner', invitedBy: 'Maja Kos' }
const keyOf = async (...scopes: string[]) => (await addApiKey(test.deps, { shopId: shop.shopId, scopes })).key
const lastAudit = () =>
  test.deps.db.prisma.auditLog.findFirst({ where: { shopId: shop.shopId }, orderBy: { id: 'desc' } })

describe('agents', () => {
  it('are for keys that administer, and for no other', async () => {
    const lesser = await keyOf('read', 'write', 'supervise')
    for (const call of [get('/agents', lesser), post('/agents', eva, lesser), get('/keys', lesser)]) {
      expect((await call.expect(403)).body.missing).toBe('administer')
    }
  })

  it('are invited, changed, ended and taken back, each written in the log', async () => {
    const made = await post('/agents', eva).expect(201)
    expect(answerMisfit('post', '/agents', 201, made.body)).toBeUndefined()
    expect(made.body).toMatchObject({
      agent: { name: 'Eva', role: 'owner', active: true, hasPassword: false },
      link: null,
    })
    const { id } = made.body.agent
    expect((await post('/agents', eva).expect(409)).body.code).toBe('agent_exists')
    const wrong = await post('/agents', { ...eva, email: 'eva', role: 'boss' }).expect(422)
    expect(wrong.body.errors.map(({ field }: { field: string }) => field)).toEqual(['email', 'role'])
    // Eva is the only owner.
    expect((await post(`/agents/${id}`, { role: 'agent' }).expect(409)).body.code).toBe('last_owner')
    await post(`/agents/${id}/deactivate`).expect(409)
    const ana = shop.agent.id
    const changed = await post(`/agents/${ana}`, { role: 'agent' }).expect(200)
    expect(answerMisfit('post', '/agents/{id}', 200, changed.body)).toBeUndefined()
    expect(changed.body).toMatchObject({ name: 'Ana Kos', role: 'agent' })
    expect(await lastAudit()).toMatchObject({
      action: 'agent_change',
      actor: expect.stringMatching(/^api:\d+$/),
    })
    const ended = await post(`/agents/${ana}/deactivate`, { heirId: id }).expect(200)
    expect(answerMisfit('post', '/agents/{id}/deactivate', 200, ended.body)).toBeUndefined()
    expect(ended.body).toMatchObject({ agent: { active: false }, tickets: 0 })
    expect((await post(`/agents/${ana}/activate`).expect(200)).body.active).toBe(true)
    const list = await get('/agents').expect(200)
    expect(answerMisfit('get', '/agents', 200, list.body)).toBeUndefined()
    expect(list.body.data.map(({ name }: { name: string }) => name)).toEqual(['Ana Kos', 'Eva'])
  })

  it('get their link in the answer where mail is not configured', async () => {
    test.deps.mail = mailOff
    const made = await post('/agents', { ...eva, email: 'luka@shop.example', name: 'Luka' }).expect(201)
    const again = await post(`/agents/${made.body.agent.id}/invitation`, { invitedBy: 'Maja' }).expect(200)
    expect(answerMisfit('post', '/agents/{id}/invitation', 200, again.body)).toBeUndefined()
    const { pathname } = new URL(again.body.link.url)
    const password = 'lipa raste ob potoku'
    await visitor(test.app).post(pathname, { password, again: password }).expect(303)
    await visitor(test.app).get(new URL(made.body.link.url).pathname).expect(410)
  })
})

describe('API keys', () => {
  it('are made, shown once, listed and revoked', async () => {
    const made = await post('/keys', { name: 'Shop sync', scopes: ['read'] }).expect(201)
    expect(answerMisfit('post', '/keys', 201, made.body)).toBeUndefined()
    await get('/tickets', made.body.key).expect(200)
    const list = await get('/keys').expect(200)
    expect(answerMisfit('get', '/keys', 200, list.body)).toBeUndefined()
    expect(list.body.data[0]).toMatchObject({
      id: made.body.id,
      name: 'Shop sync',
      scopes: ['read'],
      revokedAt: null,
    })
    expect(list.text).not.toContain(made.body.key)
    await post(`/keys/${made.body.id}/revoke`).expect(200)
    await get('/tickets', made.body.key).expect(401)
    expect((await lastAudit())?.action).toBe('api_key_revoke')
  })

  it('may no more than the key that makes them', async () => {
    const narrow = await keyOf('administer')
    const beyond = await post('/keys', { scopes: ['administer', 'supervise'] }, narrow).expect(422)
    expect(beyond.body.errors).toMatchObject([
      { field: 'scopes', message: expect.stringContaining('supervise') },
    ])
    expect((await post('/keys', { scopes: ['root'] }, narrow).expect(422)).body.errors[0].field).toBe(
      'scopes',
    )
    await post('/keys', { scopes: ['administer'] }, narrow).expect(201)
  })
})
