import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type FakeServer, startServer } from '../../support/fakes/http-server.ts'
import { openTalk, type Talk } from './talk.ts'

const desk = 'https://desk.example.test'
const request = {
  appName: 'CreditDesk & co',
  state: 'state-abc123',
  returnUrl: `${desk}/connect/return?from=shop`,
  callbackUrl: `${desk}/connect/callback`,
}
let talk: Talk
let callback: FakeServer
let posted: string[]
let status: number
beforeEach(async () => {
  talk = await openTalk({ folder: '/store' })
  posted = []
  status = 200
  callback = await startServer(0, (received, response) => {
    posted.push(received.body)
    response.writeHead(status).end()
  })
  talk.shop.reach(desk, callback.url)
})
afterEach(async () => {
  await talk.shop.close()
  await callback.close()
})

const pageUrl = (url = talk.shop.url) => talk.connector.authorisation.pageUrl(url, request)
const read = (body: string) => talk.connector.authorisation.readCallback(Buffer.from(body))

describe("the shop's page that lets us in", () => {
  it('hands out keys that work, and sends the browser back with our state', async () => {
    const { returnUrl } = await talk.shop.approve(pageUrl(`${talk.shop.url}/`))
    expect(returnUrl).toBe(`${request.returnUrl}&success=1&user_id=state-abc123`)
    const keys = read(posted[0] ?? '')
    expect(keys).toMatchObject({ state: 'state-abc123', mayWrite: true })
    const facts = await talk.api.readFacts({ ...talk.keys, ...keys, url: talk.shop.url })
    expect(facts.mayWrite).toBe(true)
  })

  it('hands out nothing when the merchant denies it or we do not answer 200', async () => {
    expect(talk.shop.deny(pageUrl()).returnUrl).toContain('success=0&user_id=state-abc123')
    expect(posted).toEqual([])
    status = 204
    await expect(talk.shop.approve(pageUrl())).rejects.toThrow(/consumer data/)
    const refused = read(posted[0] ?? '')
    await expect(talk.api.listWebhooks({ ...talk.keys, ...refused })).rejects.toThrow(/does not know/)
  })
})

describe('reading what the page posts', () => {
  const body = {
    key_id: 5,
    user_id: 'state-abc123',
    consumer_key: 'ck_70495b7690509b4f8ccd20d539196d498720815c',
    consumer_secret: 'cs_1f2afbc9c0151feb3921da693f054bc55e66b4d5',
    key_permissions: 'read_write',
  }

  it('tells the keys, and whether they may write', () => {
    expect(read(JSON.stringify(body))).toEqual({
      state: 'state-abc123',
      consumerKey: body.consumer_key,
      consumerSecret: body.consumer_secret,
      mayWrite: true,
    })
    expect(read(JSON.stringify({ ...body, key_permissions: 'read' }))?.mayWrite).toBe(false)
  })

  it.each([
    '',
    'webhook_id=2',
    'null',
    '[]',
    '"text"',
    JSON.stringify({ ...body, user_id: '' }),
    JSON.stringify({ ...body, user_id: { toString: 'x' } }),
    JSON.stringify({ ...body, consumer_key: 'ck_short' }),
    JSON.stringify({ ...body, consumer_secret: body.consumer_key }),
    JSON.stringify({ ...body, key_permissions: 'admin' }),
  ])('is undefined for %s', (other) => {
    expect(read(other)).toBeUndefined()
  })
})
