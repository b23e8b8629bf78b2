import { afterEach, describe, expect, it } from '@jest/globals'
import { createWooCommerceShop } from '../../../connectors/woocommerce/woocommerce.ts'
import { fakeShopKeys, startFakeShop } from '../../support/fakes/shop.ts'
import { failureOf, openTalk, type Talk } from './talk.ts'

let talk: Talk
afterEach(() => talk.shop.close())

const page = { page: 1, pageSize: 10 }

describe('how the shop is asked', () => {
  it('signs in with Basic over https, and tells no key in an address', async () => {
    talk = await openTalk({ https: true })
    talk.shop.createOrder()
    expect((await talk.api.listOrders(talk.keys, page)).orders).toHaveLength(1)
    for (const { url, headers } of talk.shop.requests) {
      expect(headers.authorization).toMatch(/^Basic /)
      expect(url).not.toContain(fakeShopKeys.consumerKey)
    }
  })

  it('sends WordPress itself no keys', async () => {
    talk = await openTalk({ https: true })
    await talk.api.readFacts(talk.keys)
    const index = talk.shop.requests.find(({ url }) => url.startsWith('/wp-json/?'))
    expect(index?.headers.authorization).toBeUndefined()
    expect(index?.url).not.toContain(fakeShopKeys.consumerKey)
  })

  it('trusts a certificate of its own only when told to', async () => {
    talk = await openTalk({ https: true })
    const careful = createWooCommerceShop({ allowPrivateAddresses: true, retryDelaysMs: [] })
    expect((await failureOf(careful.api.listOrders(talk.keys, page))).message).toMatch(/certificate/)
  })

  it('names clocks that differ', async () => {
    talk = await openTalk({ clockSkewMs: 3_600_000 })
    expect(await failureOf(talk.api.listOrders(talk.keys, page))).toMatchObject({
      status: 401,
      message: expect.stringMatching(/clock/),
    })
  })

  it('says which key is gone after the merchant deleted it', async () => {
    talk = await openTalk()
    talk.shop.revokeKey(talk.keys.consumerKey)
    expect((await failureOf(talk.api.listOrders(talk.keys, page))).message).toMatch(
      /does not know the consumer key/,
    )
  })

  it.each(['https://user:pass@shop.example', 'https://shop.example/?a=b', 'https://shop.example/#top'])(
    'refuses %s',
    async (url) => {
      talk = await openTalk()
      expect((await failureOf(talk.api.listWebhooks({ ...talk.keys, url }))).retriable).toBe(false)
      expect(talk.shop.requests).toEqual([])
    },
  )
})

describe('a shop that is slow or lies', () => {
  it('waits as long as the shop asks, also when it names a date', async () => {
    talk = await openTalk()
    talk.shop.misbehave('briefly', 1)
    await talk.api.listWebhooks(talk.keys)
    talk.shop.misbehave('dated', 1)
    await talk.api.listWebhooks(talk.keys)
    expect(talk.shop.requests).toHaveLength(4)
  })

  it('stops at the limit of an answer, packed or not, without asking again', async () => {
    talk = await openTalk()
    for (const trouble of ['huge', 'bomb'] as const) {
      talk.shop.misbehave(trouble)
      talk.shop.requests.length = 0
      const error = await failureOf(talk.api.fetchOrder(talk.keys, '1'))
      expect(error).toMatchObject({ retriable: false, message: expect.stringMatching(/too large/) })
      expect(talk.shop.requests).toHaveLength(1)
    }
  })

  it('holds up no other shop, and lets at most two requests wait for it', async () => {
    talk = await openTalk()
    const other = await startFakeShop()
    try {
      const connector = createWooCommerceShop({
        allowPrivateAddresses: true,
        retryDelaysMs: [],
        timeoutMs: 3_000,
        deadlineMs: 5_000,
      })
      talk.shop.misbehave('hang')
      const stuck = Array.from({ length: 6 }, () => failureOf(connector.api.listWebhooks(talk.keys)))
      await connector.api.listWebhooks({ ...talk.keys, url: other.url })
      expect(talk.shop.requests.length).toBeLessThanOrEqual(2)
      for (const error of await Promise.all(stuck)) expect(error.message).toMatch(/in time/)
      talk.shop.behave()
      expect(await connector.api.listWebhooks(talk.keys)).toEqual([])
    } finally {
      await other.close()
    }
  })
})
