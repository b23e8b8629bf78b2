import { once } from 'node:events'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import untrustedCertificate from 'smtp-server/lib/tls-options.js'
import { isPrivateHost } from '../../../connectors/woocommerce/addresses.ts'
import { readFailure } from '../../../connectors/woocommerce/failure.ts'
import { createWooCommerceShop } from '../../../connectors/woocommerce/woocommerce.ts'
import { freePort } from '../../../src/db/embedded/ports.ts'
import { ShopApiError, type ShopKeys } from '../../../src/ports/shop.ts'
import { loadExchanges } from '../../support/fakes/captures.ts'
import { finalShopStates } from '../../support/fakes/final-states.ts'
import { type FakeShop, fakeShopKeys, type ShopTrouble, startFakeShop } from '../../support/fakes/shop.ts'

const quick = { allowPrivateAddresses: true, retryDelaysMs: [1, 1] }
const port = createWooCommerceShop(quick)
const hasty = createWooCommerceShop({ ...quick, timeoutMs: 2_000 })
let shop: FakeShop
let keys: ShopKeys

beforeAll(async () => {
  shop = await startFakeShop({ state: finalShopStates().main })
})
afterAll(() => shop.close())
beforeEach(() => {
  shop.behave()
  shop.requests.length = 0
  shop.notes.length = 0
  keys = { ...fakeShopKeys, url: shop.url }
})

async function failureOf(work: Promise<unknown>): Promise<ShopApiError> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(thrown instanceof ShopApiError)) throw new Error(`expected a ShopApiError, got ${inspect(thrown)}`)
  const everything = inspect(thrown, { depth: 10, showHidden: true })
  for (const secret of [keys.consumerKey, keys.consumerSecret, 'oauth_signature', 'Basic ']) {
    expect(everything).not.toContain(secret)
  }
  return thrown
}

describe('a shop in trouble', () => {
  const cases: [ShopTrouble, boolean, number, RegExp][] = [
    ['error500', true, 3, /failed with 500/],
    ['error429', true, 3, /slow down/],
    ['drop', true, 3, /connection to the shop broke/],
    ['short', true, 3, /broke|cut off/],
    ['hang', true, 3, /in time/],
    ['drip', true, 3, /in time/],
    ['html', true, 3, /JSON/],
    ['huge', false, 1, /too large/],
    ['redirect', false, 1, /https:\/\/www\.shop\.example\./],
    ['noRoute', false, 1, /WooCommerce is active/],
    ['plain404', false, 1, /Permalinks/],
  ]
  it.each(cases)('%s: retriable %s after %i requests', async (trouble, retriable, requests, message) => {
    shop.misbehave(trouble)
    const silent = trouble === 'hang' || trouble === 'drip'
    const error = await failureOf((silent ? hasty : port).api.fetchOrder(keys, '18'))
    expect(error.retriable).toBe(retriable)
    expect(error.message).toMatch(message)
    expect(shop.requests).toHaveLength(requests)
  })

  it('gets the order when the trouble passes', async () => {
    shop.misbehave('error500', 2)
    expect((await port.api.fetchOrder(keys, '18'))?.orderId).toBe('18')
    shop.misbehave('drop', 1)
    expect((await port.api.fetchOrder(keys, '20'))?.refundedTotal).toBe('230.50')
  })

  it('waits as long as the shop asks, and not beyond the deadline', async () => {
    const { retryAfterMs } = readFailure(
      { response: { status: 429, headers: { 'retry-after': '2' } } },
      keys,
      false,
    )
    expect(retryAfterMs).toBe(2_000)
    const dated = { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() }
    const named = readFailure({ response: { status: 429, headers: dated } }, keys, false).retryAfterMs
    expect(named).toBeGreaterThan(3_000_000)
    const impatient = createWooCommerceShop({ ...quick, deadlineMs: 10_000 })
    shop.misbehave('busy')
    expect((await failureOf(impatient.api.fetchOrder(keys, '18'))).status).toBe(429)
    expect(shop.requests).toHaveLength(1)
  })

  it('never repeats a note', async () => {
    shop.misbehave('error500', 1)
    expect((await failureOf(port.api.addOrderNote(keys, '18', 'x'))).retriable).toBe(true)
    expect(shop.requests).toHaveLength(1)
    expect(shop.notes).toHaveLength(0)
  })

  it('ends at the deadline even when each request is within its own time', async () => {
    const timeoutMs = 10_000
    const impatient = createWooCommerceShop({ ...quick, timeoutMs, deadlineMs: 250 })
    shop.misbehave('drip')
    const started = Date.now()
    await failureOf(impatient.api.fetchOrder(keys, '18'))
    expect(Date.now() - started).toBeLessThan(timeoutMs)
  })
})

describe('keys and addresses', () => {
  it('names the key that is wrong', async () => {
    const secret = await failureOf(port.api.fetchOrder({ ...keys, consumerSecret: 'cs_wrong' }, '18'))
    expect(secret).toMatchObject({
      status: 401,
      retriable: false,
      message: expect.stringMatching(/consumer secret/),
    })
    const key = await failureOf(port.api.fetchOrder({ ...keys, consumerKey: 'ck_wrong' }, '18'))
    expect(key).toMatchObject({
      status: 401,
      retriable: false,
      message: expect.stringMatching(/consumer key/),
    })
  })

  it('says that a key may only read', async () => {
    const readOnly = await startFakeShop({ state: finalShopStates().main, readOnly: true })
    try {
      const error = await failureOf(port.api.addOrderNote({ ...keys, url: readOnly.url }, '18', 'x'))
      expect(error).toMatchObject({ status: 401, message: expect.stringMatching(/may only read/) })
    } finally {
      await readOnly.close()
    }
  })

  it('explains every recorded refusal without a key', () => {
    const refused = loadExchanges('rest-06-errors.json').filter(({ status }) => status >= 400)
    expect(refused).toHaveLength(9)
    for (const { status, headers, body } of refused) {
      const { error } = readFailure({ response: { status, headers, data: body } }, keys, false)
      expect(error.status).toBe(status)
      expect(error.message.length).toBeGreaterThan(20)
    }
  })

  it('cuts the keys out of what the shop says', () => {
    const data = {
      code: 'x',
      message: `<b>${keys.consumerKey}</b> and cs_${'a'.repeat(40)} ${keys.consumerSecret}`,
    }
    const { error } = readFailure({ response: { status: 400, headers: {}, data } }, keys, false)
    expect(error.message).toContain('[key] and [key] [key]')
  })

  it('tells refused connections, unknown names and bad addresses apart', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    const refused = await failureOf(port.api.fetchOrder({ ...keys, url }, '18'))
    expect(refused).toMatchObject({
      retriable: true,
      message: expect.stringMatching(/refused the connection/),
    })
    const unknown = await failureOf(port.api.fetchOrder({ ...keys, url: 'https://shop.invalid' }, '18'))
    expect(unknown).toMatchObject({ retriable: true, message: expect.stringMatching(/not found/) })
    const bad = await failureOf(port.api.fetchOrder({ ...keys, url: 'ftp://shop.example' }, '18'))
    expect(bad).toMatchObject({ retriable: false })
    const id = await failureOf(port.api.fetchOrder(keys, '../customers'))
    expect(id.retriable).toBe(false)
  })

  it('names a certificate that does not hold', async () => {
    const server = createHttpsServer(untrustedCertificate()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
      const error = await failureOf(port.api.fetchOrder({ ...keys, url }, '18'))
      expect(error).toMatchObject({ retriable: true, message: expect.stringMatching(/certificate/) })
    } finally {
      server.close()
    }
  })

  it('goes into no private network unless it is allowed', async () => {
    const guarded = createWooCommerceShop({ retryDelaysMs: [] })
    const port = new URL(shop.url).port
    const urls = [
      '127.0.0.1',
      'localhost',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '[::127.0.0.1]',
      '[64:ff9b::127.0.0.1]',
      '[2002:7f00:1::]',
      '[fe80::1]',
      '169.254.169.254',
      '10.0.0.1',
      '2130706433',
    ]
    for (const host of urls) {
      const error = await failureOf(guarded.api.fetchOrder({ ...keys, url: `http://${host}:${port}` }, '18'))
      expect(error.message).toMatch(/private network/)
    }
    expect(shop.requests).toHaveLength(0)
    for (const host of ['8.8.8.8', '[::ffff:8.8.8.8]', '[2606:4700::1111]', 'shop.example']) {
      expect(isPrivateHost(new URL(`http://${host}`).hostname)).toBe(false)
    }
  })
})
