import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { acceptDelivery } from '../../../src/domain/orders/accept-delivery.ts'
import { listDeliveries } from '../../../src/domain/orders/list-deliveries.ts'
import { processDelivery } from '../../../src/domain/orders/process-delivery.ts'
import { captureNumber } from '../../support/fakes/captures.ts'
import {
  addRecordedShop,
  balanceOf,
  deliver,
  deliverOrder,
  type MadeOrder,
  type OrderDesk,
  openOrderDesk,
  orderBody,
  trashOrder,
} from './order-desk.ts'

let desk: OrderDesk
let shopId: bigint
beforeAll(async () => {
  desk = await openOrderDesk()
})
afterAll(() => desk.close())
beforeEach(async () => {
  desk.now.at = new Date('2026-11-22T02:00:00Z')
  shopId = await addRecordedShop(desk.deps)
})

function stored(made: MadeOrder): object {
  return JSON.parse(orderBody(made).toString())
}

async function outcomes(shop: bigint): Promise<unknown[]> {
  const { deliveries } = await listDeliveries(desk.deps, { shopId: shop, limit: 100 })
  return deliveries.map(({ topic, resourceId, state, reason }) => ({ topic, resourceId, state, reason }))
}

describe('a delivery', () => {
  it('is kept once, unless it is a trashing or restoring, which carries only an id', async () => {
    const order = { shopId, topic: 'order.updated', headers: {}, body: orderBody({ id: 1, age: 0 }) }
    expect(await acceptDelivery(desk.deps, order)).toEqual(expect.any(BigInt))
    expect(await acceptDelivery(desk.deps, order)).toBeUndefined()
    const trash = { shopId, topic: 'order.deleted', headers: {}, body: Buffer.from('{"id":1}') }
    expect(await acceptDelivery(desk.deps, trash)).toEqual(expect.any(BigInt))
    expect(await acceptDelivery(desk.deps, trash)).toEqual(expect.any(BigInt))
    const jobs = await desk.db.query(
      'test-jobs',
      `select count(*)::int as n from graphile_worker._private_jobs where payload ->> 'shopId' = $1 and payload ->> 'deliveryId' is not null`,
      [String(shopId)],
    )
    expect(jobs).toEqual([{ n: 3 }])
  })

  it('that cannot be read, or changes no credits, is kept with the reason', async () => {
    await deliver(desk.deps, shopId, 'order.created', captureNumber(44).rawBody)
    await deliver(desk.deps, shopId, 'order.created', Buffer.from('{"id": 1'))
    await deliver(desk.deps, shopId, 'product.updated', captureNumber(51).rawBody)
    await deliver(desk.deps, shopId, 'customer.created', captureNumber(29).rawBody)
    expect(await outcomes(shopId)).toEqual([
      {
        topic: 'customer.created',
        resourceId: null,
        state: 'ignored',
        reason: expect.stringMatching(/topic/),
      },
      {
        topic: 'product.updated',
        resourceId: null,
        state: 'ignored',
        reason: expect.stringMatching(/REST keys/),
      },
      { topic: 'order.created', resourceId: null, state: 'failed', reason: expect.stringMatching(/JSON/) },
      {
        topic: 'order.created',
        resourceId: null,
        state: 'failed',
        reason: expect.stringMatching(/error instead/),
      },
    ])
  })

  it('with text or figures that the database refuses costs nobody else anything', async () => {
    const strange = stored({ id: 1, age: 0, note: 'a\u0000b \ud800' })
    await deliver(desk.deps, shopId, 'order.updated', Buffer.from(JSON.stringify(strange)))
    expect(await balanceOf(desk.db, shopId, 1)).toEqual({ available: 1000, deficit: 0 })
    await deliverOrder(desk.deps, shopId, { id: 2, age: 0, lines: [{ id: 1, quantity: 1e15 }] })
    await deliverOrder(desk.deps, shopId, { id: 3, age: 0, total: '9'.repeat(60) })
    expect(await outcomes(shopId)).toMatchObject([
      { resourceId: '3', state: 'failed', reason: expect.stringMatching(/longer than any price/) },
      { resourceId: '2', state: 'failed', reason: expect.stringMatching(/beyond what can be right/) },
      { resourceId: '1', state: 'processed' },
    ])
  })

  it('processed by two at once counts once', async () => {
    const body = orderBody({ id: 1, age: 0, note: 'please' })
    const deliveryId = await acceptDelivery(desk.deps, { shopId, topic: 'order.updated', headers: {}, body })
    const key = { shopId, deliveryId: deliveryId ?? 0n }
    await Promise.all([1, 2, 3, 4].map(() => processDelivery(desk.deps, key)))
    expect(await balanceOf(desk.db, shopId, 1)).toEqual({ available: 1000, deficit: 0 })
    const messages = await desk.db.query(
      'test-once',
      'select direction, template from message where shop_id = $1 order by id',
      [shopId],
    )
    expect(messages).toEqual([
      { direction: 'inbound', template: null },
      { direction: 'outbound', template: 'welcome' },
    ])
  })

  it('is listed by state, page by page', async () => {
    for (const id of [1, 2, 3]) await deliverOrder(desk.deps, shopId, { id, age: 0 })
    const first = await listDeliveries(desk.deps, { shopId, state: 'processed', limit: 2 })
    expect(first.deliveries.map((delivery) => delivery.resourceId)).toEqual(['3', '2'])
    const { next = 0n } = first
    const second = await listDeliveries(desk.deps, { shopId, state: 'processed', before: next, limit: 2 })
    expect(second).toMatchObject({ deliveries: [{ resourceId: '1' }] })
    expect(second.next).toBeUndefined()
    expect(await listDeliveries(desk.deps, { shopId, state: 'failed', limit: 2 })).toEqual({ deliveries: [] })
  })
})

describe('without keys', () => {
  it('two states of one date go before a supervisor, and end alike in either order', async () => {
    const both: MadeOrder[] = [
      { id: 1, age: 5, lines: [{ id: 1, quantity: 1 }] },
      { id: 1, age: 5, status: 'completed', lines: [{ id: 1, quantity: 2 }] },
    ]
    for (const states of [both, [...both].reverse()]) {
      shopId = await addRecordedShop(desk.deps)
      for (const state of states) await deliverOrder(desk.deps, shopId, state)
      expect(await balanceOf(desk.db, shopId, 1)).toEqual({ available: 2000, deficit: 0 })
      const reviews = await desk.db.query('test-conflicts', 'select kind from review where shop_id = $1', [
        shopId,
      ])
      expect(reviews).toEqual([{ kind: 'conflicting_bodies' }])
    }
    await deliverOrder(desk.deps, shopId, { id: 1, age: 6 })
    expect(
      await desk.db.query('test-conflicts', 'select kind from review where shop_id = $1', [shopId]),
    ).toEqual([])
  })

  it('trash, restore and trash again, with the ticket telling it', async () => {
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0 })
    await trashOrder(desk.deps, shopId, 1)
    expect(await balanceOf(desk.db, shopId, 1)).toEqual({ available: 0, deficit: 0 })
    // A state from before the trashing does not bring it back.
    await deliverOrder(desk.deps, shopId, { id: 1, age: 60 })
    expect(await balanceOf(desk.db, shopId, 1)).toEqual({ available: 0, deficit: 0 })
    await deliver(desk.deps, shopId, 'order.restored', orderBody({ id: 1, age: 2 * 3_600 }))
    expect(await balanceOf(desk.db, shopId, 1)).toEqual({ available: 1000, deficit: 0 })
    desk.now.at = new Date('2026-11-22T04:00:00Z')
    await trashOrder(desk.deps, shopId, 1)
    expect(await balanceOf(desk.db, shopId, 1)).toEqual({ available: 0, deficit: 0 })
    const events = await desk.db.query<{ kind: string }>(
      'test-trash-events',
      'select kind from ticket_event where shop_id = $1 order by id',
      [shopId],
    )
    expect(events.map(({ kind }) => kind)).toEqual([
      'ticket_opened',
      'grant',
      'order_trashed',
      'revoke',
      'order_restored',
      'restore',
      'order_trashed',
      'revoke',
    ])
  })

  it('knows a trashing that arrives before the order', async () => {
    await trashOrder(desk.deps, shopId, 1)
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0 })
    const accounts = await desk.db.query('test-no-accounts', 'select 1 from account where shop_id = $1', [
      shopId,
    ])
    expect(accounts).toEqual([])
  })

  it('flags credits that stay in a status of the shop’s own', async () => {
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0 })
    await deliverOrder(desk.deps, shopId, { id: 1, age: 1, status: 'in-wrapping' })
    expect(await balanceOf(desk.db, shopId, 1)).toEqual({ available: 1000, deficit: 0 })
    const reviews = () =>
      desk.db.query('test-custom-status', 'select kind, data from review where shop_id = $1', [shopId])
    expect(await reviews()).toEqual([
      { kind: 'custom_status', data: { orderNumber: '1', status: 'in-wrapping' } },
    ])
    await deliverOrder(desk.deps, shopId, { id: 1, age: 2, status: 'completed' })
    expect(await reviews()).toEqual([])
  })
})
