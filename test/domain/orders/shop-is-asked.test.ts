import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { acceptDelivery } from '../../../src/domain/orders/accept-delivery.ts'
import { failDelivery } from '../../../src/domain/orders/fail-delivery.ts'
import { listDeliveries } from '../../../src/domain/orders/list-deliveries.ts'
import { processDelivery } from '../../../src/domain/orders/process-delivery.ts'
import { ShopApiError } from '../../../src/ports/shop.ts'
import { type FakeShop, fakeShopKeys, startFakeShop } from '../../support/fakes/shop.ts'
import {
  addRecordedShop,
  balanceOf,
  deliverOrder,
  type MadeOrder,
  type OrderDesk,
  openOrderDesk,
  orderBody,
} from './order-desk.ts'

let desk: OrderDesk
let shopId: bigint
let fake: FakeShop
beforeAll(async () => {
  desk = await openOrderDesk()
  fake = await startFakeShop()
})
afterAll(async () => {
  await desk.close()
  await fake.close()
})
beforeEach(() => {
  fake.behave()
})

async function shopWithKeys(): Promise<bigint> {
  return await addRecordedShop(desk.deps, {
    url: fake.url,
    key: fakeShopKeys.consumerKey,
    secret: fakeShopKeys.consumerSecret,
  })
}

function stored(made: MadeOrder): object {
  return JSON.parse(orderBody(made).toString())
}

async function outcomes(shop: bigint): Promise<unknown[]> {
  const { deliveries } = await listDeliveries(desk.deps, { shopId: shop, limit: 100 })
  return deliveries.map(({ state, reason }) => ({ state, reason }))
}

describe('a delivery of a shop with keys', () => {
  it('the shop is asked, whatever the body says', async () => {
    shopId = await shopWithKeys()
    fake.state.orders = { '1': stored({ id: 1, age: 9, lines: [{ id: 1, quantity: 3 }] }) }
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, status: 'pending', paid: false })
    expect(await balanceOf(desk.db, shopId, 1)).toEqual({ available: 3000, deficit: 0 })
  })

  it('an order that was deleted for good loses its credits, and a person is asked', async () => {
    shopId = await shopWithKeys()
    fake.state.orders = { '1': stored({ id: 1, age: 0 }) }
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0 })
    fake.state.orders = {}
    await deliverOrder(desk.deps, shopId, { id: 1, age: 1 })
    expect(await balanceOf(desk.db, shopId, 1)).toEqual({ available: 0, deficit: 0 })
    const reviews = await desk.db.query('test-vanished', 'select kind from review where shop_id = $1', [
      shopId,
    ])
    expect(reviews).toEqual([{ kind: 'order_vanished' }])
  })

  it('a shop that does not answer leaves the delivery pending with the reason, and nothing is lost', async () => {
    shopId = await shopWithKeys()
    fake.state.orders = { '1': stored({ id: 1, age: 0 }) }
    const body = orderBody({ id: 1, age: 0 })
    const deliveryId =
      (await acceptDelivery(desk.deps, { shopId, topic: 'order.updated', headers: {}, body })) ?? 0n
    fake.misbehave('error500')
    await expect(processDelivery(desk.deps, { shopId, deliveryId })).rejects.toThrow(ShopApiError)
    expect(await outcomes(shopId)).toMatchObject([{ state: 'pending', reason: expect.stringMatching(/\S/) }])
    fake.behave()
    await processDelivery(desk.deps, { shopId, deliveryId })
    expect(await outcomes(shopId)).toMatchObject([{ state: 'processed', reason: null }])
    expect(await balanceOf(desk.db, shopId, 1)).toEqual({ available: 1000, deficit: 0 })
  })

  it('keys that the shop refuses are named, and the delivery waits', async () => {
    shopId = await addRecordedShop(desk.deps, { url: fake.url, key: 'ck_wrong', secret: 'cs_wrong' })
    await expect(deliverOrder(desk.deps, shopId, { id: 1, age: 0 })).rejects.toThrow(ShopApiError)
    const [waiting] = (await outcomes(shopId)) as { state: string; reason: string }[]
    expect(waiting?.state).toBe('pending')
    expect(waiting?.reason).toMatch(/key/i)
    expect(waiting?.reason).not.toContain('cs_wrong')
    const { deliveries } = await listDeliveries(desk.deps, { shopId, limit: 1 })
    await failDelivery(desk.deps, { shopId, deliveryId: deliveries[0]?.id ?? 0n, reason: 'gave up' })
    expect(await outcomes(shopId)).toMatchObject([{ state: 'failed', reason: 'gave up' }])
  })
})
