import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { readDelivery } from '../../../connectors/woocommerce/delivery.ts'
import { captureNumber } from '../../support/fakes/captures.ts'
import { type FakeServer, type ReceivedRequest, startServer } from '../../support/fakes/http-server.ts'
import { findDrift } from '../../support/fakes/shape.ts'
import { type FakeShop, startFakeShop } from '../../support/fakes/shop.ts'

const publicOrigin = 'https://desk.example.test'
let shop: FakeShop
let desk: FakeServer
let received: ReceivedRequest[]
let status: number
let now: Date
beforeEach(async () => {
  now = new Date('2026-11-22T10:00:00Z')
  received = []
  status = 200
  desk = await startServer(0, (request, response) => {
    received.push(request)
    response.writeHead(status).end()
  })
  shop = await startFakeShop({ now: () => now })
  shop.reach(publicOrigin, desk.url)
})
afterEach(async () => {
  await shop.close()
  await desk.close()
})

async function subscribe(...topics: string[]): Promise<number[]> {
  const ids: number[] = []
  for (const topic of topics) {
    const made = { name: topic, topic, deliveryUrl: `${publicOrigin}/${topic}`, secret: 'whisper' }
    ids.push((await shop.webhooks.add(made)).id)
  }
  return ids
}

const topicOf = ({ headers }: ReceivedRequest) => headers['x-wc-webhook-topic']
const deliveries = () => received.filter((request) => topicOf(request) !== undefined)
const pings = () => received.filter((request) => topicOf(request) === undefined)
const statusOf = (id: number) => shop.webhooks.bodies().find((body) => body.id === id)?.status

describe('a ping', () => {
  it('comes unsigned as a form when a webhook is made or moved', async () => {
    const [id = 0] = await subscribe('order.updated')
    const captured = captureNumber(1)
    expect(pings()).toEqual([
      expect.objectContaining({ method: 'POST', url: '/order.updated', body: `webhook_id=${id}` }),
    ])
    expect(Object.keys(pings()[0]?.headers ?? {}).sort()).toEqual(
      Object.keys(captured.headers)
        .map((name) => name.toLowerCase())
        .sort(),
    )
    await shop.webhooks.change(id, { status: 'paused' })
    await shop.webhooks.change(id, { delivery_url: `${publicOrigin}/moved` })
    expect(pings().map(({ url }) => url)).toEqual(['/order.updated', '/moved'])
  })

  it('follows every delivery until it gets exactly 200', async () => {
    status = 204
    await subscribe('order.updated')
    const id = shop.createOrder()
    await shop.deliver()
    expect(received).toHaveLength(3)
    status = 200
    shop.save(id)
    await shop.deliver()
    expect(received).toHaveLength(5)
    shop.save(id)
    await shop.deliver()
    expect(received).toHaveLength(6)
  })
})

describe('a delivery', () => {
  it('is signed over its raw bytes and has the captured headers and body', async () => {
    await subscribe('order.created')
    shop.createOrder({ lastName: 'Žagar', note: 'a/b' })
    await shop.deliver()
    const [delivery] = deliveries()
    const captured = captureNumber(3)
    expect(Object.keys(delivery?.headers ?? {}).sort()).toEqual(
      Object.keys(captured.headers)
        .map((name) => name.toLowerCase())
        .sort(),
    )
    expect(delivery?.headers['x-wc-webhook-signature']).toBe(
      createHmac('sha256', 'whisper')
        .update(delivery?.body ?? '')
        .digest('base64'),
    )
    expect(delivery?.body).toContain('\\u017dagar')
    expect(delivery?.body).toContain('a\\/b')
    expect(findDrift([JSON.parse(delivery?.body ?? '')], [captured.body, captureNumber(5).body])).toEqual([])
    expect(readDelivery('order.created', Buffer.from(delivery?.body ?? '')).kind).toBe('order')
  })

  it('tells the state when it is sent, and merges what waits', async () => {
    await subscribe('order.created', 'order.updated')
    const id = shop.createOrder({ status: 'pending' })
    shop.setStatus(id, 'on-hold')
    shop.setStatus(id, 'completed')
    await shop.deliver()
    expect(deliveries().map((sent) => [topicOf(sent), JSON.parse(sent.body).status])).toEqual([
      ['order.created', 'completed'],
      ['order.updated', 'completed'],
    ])
  })

  it('says on trashing only the id, on deletion for good nothing, and of a lost order an error', async () => {
    await subscribe('order.created', 'order.deleted', 'order.restored')
    const id = shop.createOrder()
    await shop.deliver()
    shop.trash(id)
    await shop.deliver()
    shop.untrash(id)
    await shop.deliver()
    shop.removeForGood(id)
    await shop.deliver()
    const lost = shop.createOrder()
    shop.removeForGood(lost)
    await shop.deliver()
    expect(deliveries().map(topicOf)).toEqual([
      'order.created',
      'order.deleted',
      'order.restored',
      'order.created',
    ])
    expect(deliveries()[1]?.body).toBe(`{"id":${id}}`)
    expect(JSON.parse(deliveries()[2]?.body ?? '').status).toBe('processing')
    expect(JSON.parse(deliveries()[3]?.body ?? '')).toEqual(captureNumber(44).body)
  })

  it('shares its id with the others of the same webhook and second', async () => {
    await subscribe('order.created', 'order.updated')
    shop.createOrder()
    shop.createOrder()
    const { sent } = await shop.deliver()
    const idsOf = (topic: string) =>
      new Set(sent.filter((entry) => entry.topic === topic).map(({ deliveryId }) => deliveryId))
    expect([idsOf('order.created').size, idsOf('order.updated').size]).toEqual([1, 1])
    expect([...idsOf('order.created')]).not.toEqual([...idsOf('order.updated')])
  })

  it('of a deleted refund never comes, and the order looks as if nothing had changed', async () => {
    await subscribe('order.updated')
    const id = shop.createOrder()
    const refundId = shop.refundAmount(id, '10.00')
    await shop.deliver()
    const before = shop.order(id).date_modified_gmt
    now = new Date(now.getTime() + 60_000)
    shop.deleteRefund(id, refundId)
    expect((await shop.deliver()).sent).toEqual([])
    expect(shop.order(id)).toMatchObject({ date_modified_gmt: before, refunds: [] })
  })

  it('comes first as order.updated from the block checkout', async () => {
    await subscribe('order.created', 'order.updated')
    shop.createOrder({}, 'block')
    await shop.deliver()
    expect(deliveries().map(topicOf)).toEqual(['order.updated', 'order.created'])
  })

  it('tells of a product, and of a variation with its own id', async () => {
    await subscribe('product.updated')
    shop.editProduct(11, { price: '130.00' })
    shop.setCredits(14, '25')
    await shop.deliver()
    const [simple, variation] = deliveries().map(({ body }) => JSON.parse(body))
    expect(simple).toMatchObject({ id: 11, price: '130.00', type: 'simple' })
    expect(variation).toMatchObject({ id: 14, parent_id: 12, type: 'variation' })
    expect(findDrift([simple], [captureNumber(51).body])).toEqual([])
  })
})

describe('a webhook that fails', () => {
  const fail = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time += 1) {
      shop.createOrder()
      await shop.deliver()
    }
  }

  it('is off after the seventh time in a row, and after one more when it is made active again', async () => {
    const [id = 0] = await subscribe('order.created')
    status = 503
    await fail(6)
    expect([statusOf(id), shop.webhooks.failuresOf(id)]).toEqual(['active', 6])
    await fail(1)
    expect([statusOf(id), shop.webhooks.failuresOf(id)]).toEqual(['disabled', 6])
    received.length = 0
    await fail(1)
    expect(deliveries()).toEqual([])
    await shop.webhooks.change(id, { status: 'active' })
    await fail(1)
    expect(statusOf(id)).toBe('disabled')
  })

  it('starts to count anew after a success, and a redirect is one', async () => {
    const [id = 0] = await subscribe('order.created')
    status = 303
    await fail(6)
    status = 302
    await fail(1)
    expect(shop.webhooks.failuresOf(id)).toBe(0)
  })

  it('sends what was queued before it was off', async () => {
    const [id = 0] = await subscribe('order.created')
    status = 500
    for (let order = 0; order < 9; order += 1) shop.createOrder()
    expect((await shop.deliver({ atOnce: 3 })).sent).toHaveLength(9)
    expect(statusOf(id)).toBe('disabled')
  })

  it('never sends a delivery again', async () => {
    await subscribe('order.created')
    status = 500
    await fail(1)
    status = 200
    await shop.deliver()
    expect(deliveries()).toHaveLength(1)
  })
})

describe('running the queue badly', () => {
  it('loses, doubles, reorders and keeps back as much as is asked for, the same for the same seed', async () => {
    await subscribe('order.created')
    for (let order = 0; order < 200; order += 1) shop.createOrder()
    const before = shop.webhooks.waiting()
    const bad = { loss: 0.2, duplicate: 0.1, reorder: 0.3, delay: 0.1, seed: 7 }
    const { sent, lost, delayed } = await shop.deliver(bad)
    const ids = sent.map(({ resourceId }) => resourceId)
    expect(lost.length).toBeGreaterThan(20)
    expect(lost.length).toBeLessThan(60)
    expect(delayed.length).toBeGreaterThan(5)
    expect(ids.length).toBeGreaterThan(new Set(ids).size)
    expect(ids).not.toEqual([...ids].sort((left, right) => left - right))
    expect(new Set(ids).size + lost.length + delayed.length).toBe(200)
    expect(shop.webhooks.waiting()).toEqual(delayed)
    shop.webhooks.take()
    shop.webhooks.putBack(before)
    expect((await shop.deliver(bad)).sent.map(({ resourceId }) => resourceId)).toEqual(ids)
  })
})

describe('the drift of a shape', () => {
  it('is told for what is more, less or other than captured', () => {
    const captured = [
      { id: 1, lines: [{ price: 1, sku: 'a' }], paid: null },
      { id: 2, lines: [], paid: 'x', note: '' },
    ]
    expect(findDrift([{ id: 3, lines: [{ price: 2.5, sku: '' }], paid: null }], captured)).toEqual([])
    const made = [
      { id: '3', lines: [{ price: 2 }], paid: 'y', extra: 1 },
      { id: 4, lines: [] },
    ]
    expect(findDrift(made, captured)).toEqual([
      '.id is never string',
      '.extra is in no capture',
      '.paid is missing',
      '.lines[].sku is missing',
    ])
  })
})
