import { afterEach, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { askForKeys } from '../../src/domain/connect/ask-for-keys.ts'
import { connectWithKeys } from '../../src/domain/connect/connect-with-keys.ts'
import { disconnectShop } from '../../src/domain/connect/disconnect-shop.ts'
import { Refused } from '../../src/domain/refusal.ts'
import { shopForIntake, shopKeys } from '../../src/domain/shops/find-shop.ts'
import { type FakeShopOptions, fakeShopKeys } from '../support/fakes/shop.ts'
import { type ConnectDesk, openConnectDesk } from './connect-desk.ts'

let desk: ConnectDesk
afterEach(() => desk.close())
const open = async (options: FakeShopOptions = {}) => {
  desk = await openConnectDesk(options)
}

const actor = 'agent:1'
const topics = ['order.created', 'order.updated', 'order.deleted', 'order.restored', 'product.updated']
const allActive = topics.map((topic) => `${topic} active`)
const { consumerKey: key, consumerSecret: secret } = fakeShopKeys
const paste = (shopId: bigint, more: object = {}) =>
  connectWithKeys(desk.deps, { shopId, url: desk.shop.url, key, secret, actor, ...more })

/** What was refused, field by field. */
async function wrongFields(work: Promise<unknown>): Promise<Record<string, string>> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(thrown instanceof Refused) || thrown.refusal.code !== 'invalid') throw thrown
  return Object.fromEntries(thrown.refusal.fields.map(({ field, message }) => [field, message]))
}

async function jobs(): Promise<string[]> {
  const rows = await desk.deps.db.query<{ name: string }>(
    'test-jobs',
    'select t.identifier as name from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id order by 1',
    [],
  )
  return rows.map(({ name }) => name)
}

describe.each([{ https: false }, { https: true }])("the shop's own page, %p", (options) => {
  it('gives keys, which are verified, and the shop gets its webhooks and knocks', async () => {
    await open({ ...options, folder: '/store' })
    const shopId = await desk.addShop('https://elsewhere.example')
    const { pageUrl } = await askForKeys(desk.deps, { shopId, url: desk.shop.url, actor })
    expect((await desk.health(shopId)).connection?.state).toBe('asked')
    const { returnUrl } = await desk.shop.approve(pageUrl)
    expect(returnUrl).toMatch(/^https:\/\/desk\.example\/desk\/setup\/shop\?success=1/)
    // Nothing is trusted before it was tried.
    expect(await shopKeys(desk.deps, shopId)).toBeUndefined()
    await desk.connect(shopId)
    expect(desk.webhooks()).toEqual(allActive)
    expect(desk.shop.webhooks.pings.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    const health = await desk.health(shopId)
    expect(health).toMatchObject({
      shop: { url: desk.shop.url, hasKeys: true },
      connection: { state: 'connected', version: '10.5.0', currency: 'EUR', homeUrl: desk.shop.url },
      backfill: { state: 'running', days: 30, startedBy: actor },
    })
    expect(await jobs()).toEqual(
      expect.arrayContaining(['backfill_orders', 'read_catalogue', 'reconcile_shop']),
    )
    // What the webhooks bring is signed with the secret that we made.
    desk.shop.createOrder({})
    const { sent } = await desk.shop.deliver()
    expect(sent.map(({ status }) => status)).toEqual([200, 200])
  })

  it('is believed once, for an hour, and only with the state that went there', async () => {
    await open(options)
    const shopId = await desk.addShop()
    const ask = async () => (await askForKeys(desk.deps, { shopId, url: desk.shop.url, actor })).pageUrl
    const first = await ask()
    const second = await ask()
    // The shop deletes a key that it could not hand over.
    await expect(desk.shop.approve(first)).rejects.toThrow(/consumer data/)
    await desk.shop.approve(second)
    await expect(desk.shop.approve(second)).rejects.toThrow(/consumer data/)
    const third = await ask()
    desk.pass(3_601)
    await expect(desk.shop.approve(third)).rejects.toThrow(/consumer data/)
    for (const body of ['', '{}', `{"user_id":"${shopId}.${'x'.repeat(43)}"}`]) {
      const answer = await request(desk.app).post('/connect/woocommerce').type('json').send(body)
      expect([body, answer.status]).toEqual([body, 404])
    }
  })

  it('takes keys that are pasted, tried at once', async () => {
    await open(options)
    const shopId = await desk.addShop('https://elsewhere.example')
    expect(await paste(shopId, { key: ` ${key} `, days: 0 })).toMatchObject({ state: 'webhooks' })
    expect((await desk.health(shopId)).status).toBe('connecting')
    await desk.connect(shopId)
    expect(desk.webhooks()).toEqual(allActive)
    expect(await desk.health(shopId)).toMatchObject({
      connection: { state: 'connected' },
      backfill: undefined,
    })
  })
})

describe('keys of another shop', () => {
  it('that come to the callback are not trusted', async () => {
    await open()
    const other = await openConnectDesk()
    try {
      const shopId = await desk.addShop()
      const { pageUrl } = await askForKeys(desk.deps, { shopId, url: desk.shop.url, actor })
      const state = new URL(pageUrl).searchParams.get('user_id')
      const stolen = other.shop.addKey()
      await request(desk.app)
        .post('/connect/woocommerce')
        .send({
          user_id: state,
          consumer_key: stolen.consumerKey,
          consumer_secret: stolen.consumerSecret,
          key_permissions: 'read_write',
        })
        .expect(200)
      await desk.connect(shopId)
      expect((await desk.health(shopId)).connection).toMatchObject({
        state: 'failed',
        problem: expect.stringMatching(/does not know the consumer key/),
      })
      expect(await shopKeys(desk.deps, shopId)).toBeUndefined()
      expect(desk.webhooks()).toEqual([])
    } finally {
      await other.close()
    }
  })
})

describe('a mistake names what to mend', () => {
  it('in the keys', async () => {
    await open()
    const shopId = await desk.addShop()
    const clerk = desk.shop.addKey({ permissions: 'read' })
    expect(await wrongFields(paste(shopId, { key: secret, secret: key }))).toEqual({
      key: expect.stringMatching(/swapped/),
      secret: expect.stringMatching(/swapped/),
    })
    expect(await wrongFields(paste(shopId, { key: key.slice(0, -1), secret: '' }))).toEqual({
      key: expect.stringMatching(/has 43 letters and digits; this has 42/),
      secret: expect.stringMatching(/secret is missing/),
    })
    expect(await wrongFields(paste(shopId, { key: `ck_${'0'.repeat(40)}` }))).toEqual({
      key: expect.stringMatching(/does not know the consumer key/),
    })
    expect(await wrongFields(paste(shopId, { secret: `cs_${'0'.repeat(40)}` }))).toEqual({
      secret: expect.stringMatching(/secret does not belong to the consumer key/),
    })
    const readOnly = { key: clerk.consumerKey, secret: clerk.consumerSecret }
    expect(await wrongFields(paste(shopId, readOnly))).toEqual({
      key: expect.stringMatching(/may only read. Give it Read\/Write permission/),
    })
    expect(await shopKeys(desk.deps, shopId)).toBeUndefined()
    expect(desk.webhooks()).toEqual([])
  })

  it('in the address, before the merchant is sent there', async () => {
    await open()
    const shopId = await desk.addShop()
    const ask = (url: string) => wrongFields(askForKeys(desk.deps, { shopId, url, actor }))
    expect(await ask('my shop')).toEqual({ url: expect.stringMatching(/such as https/) })
    expect(await ask('http://127.0.0.1:9')).toEqual({ url: expect.stringMatching(/refused the connection/) })
    desk.shop.misbehave('plain404')
    expect(await ask(desk.shop.url)).toEqual({ url: expect.stringMatching(/set Settings > Permalinks/) })
    desk.shop.misbehave('redirect')
    expect(await ask(desk.shop.url)).toEqual({
      url: expect.stringMatching(/on to https:\/\/www\.shop\.example/),
    })
    desk.shop.misbehave('html')
    expect(await ask(desk.shop.url)).toEqual({ url: expect.stringMatching(/set to Plain/) })
    desk.shop.misbehave('wall')
    expect(await ask(desk.shop.url)).toEqual({
      url: expect.stringMatching(/login of its web server.*wc-auth/),
    })
    expect(await wrongFields(paste(shopId))).toEqual({
      url: expect.stringMatching(/login of its web server/),
    })
    desk.shop.behave()
    // Typed without http://, which means https.
    const bare = desk.shop.url.replace('http://', '')
    expect(await ask(bare)).toEqual({ url: expect.stringMatching(/Write http:\/\/ before its address/) })
    desk.shop.misbehave('noRoute')
    expect(await ask(desk.shop.url)).toEqual({ url: expect.stringMatching(/WooCommerce is active/) })
  })

  it('in an address that is private, or under which the shop does not see itself', async () => {
    await open({ https: true })
    const shopId = await desk.addShop()
    const named = desk.shop.url.replace('127.0.0.1', 'localhost')
    const home = { url: expect.stringMatching(/says that it is at https:\/\/127\.0\.0\.1/) }
    expect(await wrongFields(askForKeys(desk.deps, { shopId, url: named, actor }))).toEqual(home)
    expect(await wrongFields(paste(shopId, { url: named }))).toEqual(home)
    await paste(shopId, { url: named, anyHome: true })
    expect((await desk.health(shopId)).shop.url).toBe(named)

    const { createWooCommerceShop } = await import('../../connectors/woocommerce/woocommerce.ts')
    desk.deps.shops.woocommerce = createWooCommerceShop({ retryDelaysMs: [] })
    for (const url of [desk.shop.url, named, 'http://169.254.169.254', 'http://[::1]']) {
      expect(await wrongFields(askForKeys(desk.deps, { shopId, url, actor }))).toEqual({
        url: expect.stringMatching(/ALLOW_PRIVATE_SHOP_URLS/),
      })
    }
  })

  it('in the shop: one that does not have our orders is another', async () => {
    await open()
    const shopId = await desk.addShop()
    await paste(shopId, { days: 0 })
    await desk.connect(shopId)
    desk.shop.createOrder({})
    const [first] = (await desk.shop.deliver()).sent
    expect(first?.status).toBe(200)
    const { processDelivery } = await import('../../src/domain/orders/process-delivery.ts')
    for (const { id } of await desk.deps.db.prisma.delivery.findMany({ where: { shopId } })) {
      await processDelivery(desk.deps, { shopId, deliveryId: id })
    }
    const other = await openConnectDesk()
    try {
      const to = { url: other.shop.url }
      expect(await wrongFields(paste(shopId, to))).toEqual({ url: expect.stringMatching(/another shop/) })
      // The same shop at a new address has them.
      Object.assign(other.shop.state.orders, structuredClone(desk.shop.state.orders))
      expect(await paste(shopId, to)).toMatchObject({ url: other.shop.url })
    } finally {
      await other.close()
    }
  })
})

describe('connecting again', () => {
  it('uses new keys and the same webhooks, and those that somebody made by hand', async () => {
    await open()
    const shopId = await desk.addShop()
    const deliveryUrl = `https://desk.example/webhooks/woocommerce/${shopId}`
    const byHand = { name: 'Orders to the desk', topic: 'order.updated', deliveryUrl, secret: 'typed' }
    const made = await desk.shop.webhooks.add(byHand)
    const others = await desk.shop.webhooks.add({ ...byHand, deliveryUrl: 'https://erp.example/orders' })
    await paste(shopId)
    await desk.connect(shopId)
    const ids = () => desk.shop.webhooks.bodies().map(({ id }) => id)
    const before = ids()
    expect(before).toHaveLength(6)
    expect(before).toContain(made.id)
    const fresh = desk.shop.addKey()
    await paste(shopId, { key: fresh.consumerKey, secret: fresh.consumerSecret })
    desk.shop.revokeKey(key)
    await desk.connect(shopId)
    expect(ids()).toEqual(before)
    expect((await shopKeys(desk.deps, shopId))?.consumerKey).toBe(fresh.consumerKey)
    desk.shop.createOrder({})
    for (const { webhookId, status } of (await desk.shop.deliver()).sent) {
      if (webhookId !== others.id) expect(status).toBe(200)
    }
  })

  it('keeps the keys in use when the new ones are wrong', async () => {
    await open()
    const shopId = await desk.addShop()
    await paste(shopId)
    await desk.connect(shopId)
    await wrongFields(paste(shopId, { secret: `cs_${'0'.repeat(40)}` }))
    const { pageUrl } = await askForKeys(desk.deps, { shopId, url: desk.shop.url, actor })
    const { key: made } = await desk.shop.approve(pageUrl)
    desk.shop.revokeKey(made?.consumerKey ?? '')
    await desk.connect(shopId)
    expect(await desk.health(shopId)).toMatchObject({ status: 'attention', connection: { state: 'failed' } })
    expect((await shopKeys(desk.deps, shopId))?.consumerKey).toBe(key)
  })

  it('waits for a shop that fails, says so, and goes on when it is back', async () => {
    await open()
    const shopId = await desk.addShop()
    const { pageUrl } = await askForKeys(desk.deps, { shopId, url: desk.shop.url, actor })
    await desk.shop.approve(pageUrl)
    desk.shop.misbehave('error500')
    await expect(desk.connect(shopId)).rejects.toThrow(/failed with 500/)
    expect(await desk.health(shopId)).toMatchObject({
      status: 'trouble',
      connection: { state: 'verifying', problem: expect.stringMatching(/failed with 500/) },
    })
    desk.shop.behave()
    await desk.connect(shopId)
    expect((await desk.health(shopId)).connection).toMatchObject({ state: 'connected', problem: null })
  })
})

describe('disconnecting', () => {
  it('takes our webhooks out of the shop, forgets the keys and shuts the door', async () => {
    await open()
    const shopId = await desk.addShop()
    await paste(shopId)
    await desk.connect(shopId)
    const before = await shopForIntake(desk.deps, shopId, { fresh: true })
    expect(await disconnectShop(desk.deps, { shopId, actor })).toEqual({ webhooksRemoved: true })
    expect(desk.webhooks()).toEqual([])
    expect(await shopKeys(desk.deps, shopId)).toBeUndefined()
    const after = await shopForIntake(desk.deps, shopId, { fresh: true })
    expect(after?.webhookSecrets).not.toEqual(before?.webhookSecrets)
    expect(await desk.health(shopId)).toMatchObject({ status: 'not_connected', webhooks: [], problems: [] })
    await desk.check(shopId)
    expect(desk.webhooks()).toEqual([])
    await paste(shopId)
    await desk.connect(shopId)
    expect(desk.webhooks()).toEqual(allActive)
  })

  it('works while the shop is away, and says that its webhooks are left', async () => {
    await open()
    const shopId = await desk.addShop()
    await paste(shopId)
    await desk.connect(shopId)
    desk.shop.misbehave('error500')
    expect(await disconnectShop(desk.deps, { shopId, actor })).toEqual({ webhooksRemoved: false })
    expect(await shopKeys(desk.deps, shopId)).toBeUndefined()
    desk.shop.behave()
    // Signed with the secret of before, which is remembered for some seconds.
    desk.pass(11)
    desk.shop.createOrder({})
    expect((await desk.shop.deliver()).sent.map(({ status }) => status)).toEqual([401, 401])
  })
})
