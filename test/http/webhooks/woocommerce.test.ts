import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { openDatabase } from '../../../src/db/database.ts'
import { createApp } from '../../../src/http/app.ts'
import { capturedSecret, captureNumber, signedDelivery } from '../../support/fakes/captures.ts'
import { openTestApp, seedShop, type TestApp, type TestShop, testDeps } from '../open-app.ts'

let test: TestApp
let shop: TestShop

beforeAll(async () => {
  test = await openTestApp()
})
afterAll(() => test.close())

async function freshShop(): Promise<string> {
  shop = await seedShop(test.deps)
  return `/webhooks/woocommerce/${shop.shopId}`
}

function sign(body: Buffer | string, secret = capturedSecret): string {
  return createHmac('sha256', secret).update(body).digest('base64')
}

const stored = () => test.deps.db.prisma.delivery.findMany({ where: { shopId: shop.shopId } })
const jobs = async () =>
  (
    await test.deps.db.query<{ n: number }>(
      'jobs-of-shop',
      `select count(*)::int as n from graphile_worker._private_jobs where payload ->> 'shopId' = $1`,
      [String(shop.shopId)],
    )
  )[0]?.n

describe('POST /webhooks/woocommerce/{shopId}', () => {
  it('answers the unsigned form ping with exactly 200 and stores nothing', async () => {
    const url = await freshShop()
    const ping = captureNumber(1)
    const { headers, body } = signedDelivery(ping)
    const answer = await request(test.app).post(url).set(headers).send(body.toString())
    expect(answer.status).toBe(200)
    expect(await stored()).toHaveLength(0)
  })

  it('stores a recorded delivery with its job and answers 200', async () => {
    const url = await freshShop()
    const { headers, body } = signedDelivery(captureNumber(3))
    await request(test.app).post(url).set(headers).set('Cookie', 'a=b').send(body.toString()).expect(200)
    const [delivery, ...others] = await stored()
    expect(others).toHaveLength(0)
    expect(delivery).toMatchObject({ topic: 'order.created', state: 'pending' })
    expect(Buffer.from(delivery?.body ?? [])).toEqual(body)
    expect(Object.keys(delivery?.headers as object).sort()).toEqual([
      'content-type',
      'user-agent',
      'x-wc-webhook-delivery-id',
      'x-wc-webhook-event',
      'x-wc-webhook-id',
      'x-wc-webhook-resource',
      'x-wc-webhook-source',
      'x-wc-webhook-topic',
    ])
    expect(await jobs()).toBe(1)
  })

  it('takes one statement for a delivery once the shop is known', async () => {
    const url = await freshShop()
    const first = signedDelivery(captureNumber(3))
    await request(test.app).post(url).set(first.headers).send(first.body.toString()).expect(200)
    test.statements()
    const second = signedDelivery(captureNumber(4))
    await request(test.app).post(url).set(second.headers).send(second.body.toString()).expect(200)
    expect(test.statements()).toEqual(['accept-delivery'])
  })

  it('stores a duplicate once, and each deletion', async () => {
    const url = await freshShop()
    const created = signedDelivery(captureNumber(3))
    const deleted = signedDelivery(captureNumber(33))
    for (const { headers, body } of [created, created, deleted, deleted]) {
      await request(test.app).post(url).set(headers).send(body.toString()).expect(200)
    }
    expect((await stored()).map((one) => one.topic).sort()).toEqual([
      'order.created',
      'order.deleted',
      'order.deleted',
    ])
    expect(await jobs()).toBe(3)
  })

  it('refuses a bad or missing signature with 401, stores nothing and counts it', async () => {
    const url = await freshShop()
    const body = '{"id":1}'
    for (const signature of [sign('other'), 'x', '', sign(body, 'another secret')]) {
      const answer = await request(test.app)
        .post(url)
        .set('X-WC-Webhook-Signature', signature)
        .type('json')
        .send(body)
      expect([answer.status, answer.body.code]).toEqual([401, 'bad_signature'])
      expect(answer.type).toBe('application/problem+json')
    }
    await request(test.app).post(url).type('json').send(body).expect(401)
    await request(test.app).post(url).type('form').send('webhook_id=2&x=1').expect(401)
    expect(await stored()).toHaveLength(0)
    expect(await badSignaturesAfter(1_300)).toBe(6n)
  })

  it('keeps what is signed and makes no sense: broken JSON, an unknown topic, no topic', async () => {
    const url = await freshShop()
    const bodies = ['{"id":', 'not json at all', Buffer.from([0, 255, 254, 1]), '']
    for (const body of bodies) {
      await request(test.app)
        .post(url)
        .set('X-WC-Webhook-Signature', sign(body))
        .set('X-WC-Webhook-Topic', 'coupon.created')
        .set('Content-Type', 'application/octet-stream')
        .send(body)
        .expect(200)
    }
    await request(test.app).post(url).set('X-WC-Webhook-Signature', sign('{}')).send('{}').expect(200)
    expect((await stored()).map((one) => one.topic).sort()).toEqual([
      '',
      'coupon.created',
      'coupon.created',
      'coupon.created',
      'coupon.created',
    ])
  })

  it('keeps a body whatever encoding the headers claim, and a topic of any length', async () => {
    const url = await freshShop()
    const body = '{"id":5}'
    for (const encoding of ['gzip', 'br', 'nonsense']) {
      await request(test.app)
        .post(url)
        .set('Content-Encoding', encoding)
        .set('X-WC-Webhook-Signature', sign(body + encoding))
        .set('X-WC-Webhook-Topic', `order.${'x'.repeat(7_000)}`)
        .send(body + encoding)
        .expect(200)
    }
    expect(await stored()).toHaveLength(3)
  })

  it('knows no shop under a strange id', async () => {
    for (const id of ['999999', 'abc', '0', '-1', '99999999999999999999', '1%00', '1.5']) {
      const answer = await request(test.app)
        .post(`/webhooks/woocommerce/${id}`)
        .set('X-WC-Webhook-Signature', sign('{}'))
        .send('{}')
      expect([id, answer.status]).toEqual([id, 404])
    }
  })

  it('refuses a broken percent-encoding with 400 and another method with 405', async () => {
    await request(test.app).post('/webhooks/woocommerce/%E0%A4%A').send('{}').expect(400)
    await request(test.app).get('/webhooks/woocommerce/1').expect(405).expect('Allow', 'POST')
  })

  it('refuses more than 1 MB with 413, announced or not, and takes exactly 1 MB', async () => {
    const url = await freshShop()
    const tooMuch = Buffer.alloc(1024 * 1024 + 1, 'x')
    await request(test.app).post(url).set('X-WC-Webhook-Signature', sign(tooMuch)).send(tooMuch).expect(413)
    expect(await sendChunked(url, tooMuch)).toBe(413)
    const just = tooMuch.subarray(1)
    await request(test.app).post(url).set('X-WC-Webhook-Signature', sign(just)).send(just).expect(200)
  })

  it('answers 503 with Retry-After when the database is away', async () => {
    const db = openDatabase({ connectionString: 'postgres://x:y@127.0.0.1:9/none', poolSize: 2 })
    const app = createApp(testDeps(db))
    const { headers, body } = signedDelivery(captureNumber(3))
    const answer = await request(app).post('/webhooks/woocommerce/1').set(headers).send(body.toString())
    expect([answer.status, answer.body.code, answer.get('Retry-After')]).toEqual([503, 'unavailable', '5'])
    await db.close()
  })
})

/** The count is written down about a second after the first. */
async function badSignaturesAfter(milliseconds: number): Promise<bigint | undefined> {
  await sleep(milliseconds)
  const row = await test.deps.db.prisma.shop.findUnique({ where: { id: shop.shopId } })
  return row?.badSignatures
}

/** Without a Content-Length, as a proxy may send it. */
async function sendChunked(path: string, body: Buffer): Promise<number> {
  const server = createServer(test.app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const half = body.length / 2
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(body.subarray(0, half))
      controller.enqueue(body.subarray(half))
      controller.close()
    },
  })
  const options: RequestInit & { duplex: 'half' } = { method: 'POST', body: stream, duplex: 'half' }
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, options)
  await answer.arrayBuffer()
  server.close()
  server.closeAllConnections()
  return answer.status
}
