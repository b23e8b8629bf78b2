import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { example } from '../../../connectors/generic/contract.ts'
import { processDelivery } from '../../../src/domain/orders/process-delivery.ts'
import { addShop } from '../../../src/domain/shops/add-shop.ts'
import { openTestApp, seedShop, type TestApp } from '../open-app.ts'

const secret = 'a long secret'
let test: TestApp
let shopId: bigint
let address: string

beforeAll(async () => {
  test = await openTestApp()
  const url = 'https://shop.example'
  const { id, webhookUrl } = await addShop(test.deps, {
    kind: 'generic',
    name: 'Shop',
    url,
    webhookSecret: secret,
  })
  shopId = BigInt(id)
  address = new URL(webhookUrl).pathname
})
afterAll(() => test.close())

function post(body: string | Buffer, { to = address, key = secret } = {}) {
  const t = '1772361002'
  const v1 = createHmac('sha256', key).update(`${t}.`).update(body).digest('hex')
  return request(test.app)
    .post(to)
    .set('X-CreditDesk-Signature', `t=${t},v1=${v1}`)
    .type('application/json')
    .send(body.toString())
}

const orderOf = (id: string) => JSON.stringify({ ...example, order: { ...example.order, id } })
const deliveries = () => test.deps.db.prisma.delivery.findMany({ where: { shopId }, orderBy: { id: 'asc' } })

describe('POST /webhooks/generic/{shopId}', () => {
  it('keeps an order with its job and answers 200, in one statement once the shop is known, and once for a repeat', async () => {
    expect(address).toBe(`/webhooks/generic/${shopId}`)
    await post(orderOf('1')).expect(200)
    test.statements()
    await post(orderOf('2')).expect(200)
    expect(test.statements()).toEqual(['accept-delivery'])
    await post(orderOf('2')).expect(200)
    const kept = await deliveries()
    expect(kept.map(({ topic, state }) => [topic, state])).toEqual([
      ['order', 'pending'],
      ['order', 'pending'],
    ])
    expect(kept[0]?.headers).toEqual({ 'content-type': 'application/json' })
  })

  it('tells a sender which fields are wrong, and keeps what it sent with the reason', async () => {
    const body = JSON.stringify({ event: 'order', order: { ...example.order, status: 'sold', lines: [{}] } })
    const answer = await post(body)
    expect([answer.status, answer.type, answer.body.code]).toEqual([
      422,
      'application/problem+json',
      'invalid',
    ])
    expect(answer.body.errors).toContainEqual({
      field: 'order.status',
      message: 'give one of paid, unpaid, cancelled, refunded, failed',
    })
    expect(answer.body.errors.map((one: { field: string }) => one.field)).toContain('order.lines.0.quantity')
    const kept = (await deliveries()).at(-1)
    expect(Buffer.from(kept?.body ?? []).toString()).toBe(body)
    await processDelivery(test.deps, { shopId, deliveryId: kept?.id ?? 0n })
    expect((await deliveries()).at(-1)).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('order.status: give one of paid'),
    })
  })

  it('refuses a signature that does not hold with 401, and keeps nothing', async () => {
    const before = await deliveries()
    const answer = await post(orderOf('3'), { key: 'another' })
    expect([answer.status, answer.body.code]).toEqual([401, 'bad_signature'])
    await request(test.app).post(address).send(example).expect(401)
    // WooCommerce's knock is nothing here.
    await request(test.app).post(address).type('form').send('webhook_id=1').expect(401)
    expect(await deliveries()).toEqual(before)
  })

  it('is not found by a delivery for a shop of another kind, whatever its signature', async () => {
    const other = await seedShop(test.deps, 'Another shop')
    const before = await test.deps.db.prisma.delivery.count()
    for (const [kind, id] of [
      ['generic', other.shopId],
      ['woocommerce', shopId],
      ['shopify', shopId],
      ['constructor', shopId],
    ]) {
      const answer = await post(orderOf('4'), { to: `/webhooks/${kind}/${id}` })
      expect([kind, answer.status]).toEqual([kind, 404])
    }
    const knock = request(test.app).post(`/webhooks/woocommerce/${shopId}`).type('form')
    await knock.send('webhook_id=1').expect(404)
    expect(await test.deps.db.prisma.delivery.count()).toBe(before)
  })

  it('takes no more than 1 MB', async () => {
    await post(Buffer.alloc(1024 * 1024 + 1, 'x')).expect(413)
  })
})
