import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { listDeliveries } from '../../../src/domain/orders/list-deliveries.ts'
import { listProducts } from '../../../src/domain/products/list-products.ts'
import { captureNumber } from '../../support/fakes/captures.ts'
import { type FakeShop, startFakeShop } from '../../support/fakes/shop.ts'
import { addBareShop, deliver, type OrderDesk, openOrderDesk } from '../orders/order-desk.ts'
import { addShopOf, found, waiting, workOff } from './product-desk.ts'

let desk: OrderDesk
let fake: FakeShop
let shopId: bigint
beforeAll(async () => {
  desk = await openOrderDesk()
  fake = await startFakeShop()
})
afterAll(async () => {
  await desk.close()
  await fake.close()
})
beforeEach(async () => {
  desk.now.at = new Date(desk.now.at.getTime() + 60_000)
  fake.behave()
  shopId = await addShopOf(desk, fake)
  await workOff(desk)
  fake.requests.length = 0
})

const news = (topic: string, body: object, shop = shopId) =>
  deliver(desk.deps, shop, topic, Buffer.from(JSON.stringify(body)))
const outcomes = async (shop = shopId) =>
  (await listDeliveries(desk.deps, { shopId: shop, limit: 10 })).deliveries.map(({ state, reason }) => ({
    state,
    reason,
  }))
const asked = () => fake.requests.map(({ url }) => new URL(url, fake.url).pathname.replace(/^.*\/v3\//, ''))
const later = () => {
  desk.now.at = new Date(desk.now.at.getTime() + 1_000)
}

describe('a delivery about a product', () => {
  it('is a hint: the product is asked for, whatever the body says', async () => {
    later()
    fake.editProduct(11, { price: '99.00', categories: [{ id: 3, name: 'Help', slug: 'help' }] })
    await deliver(desk.deps, shopId, 'product.updated', captureNumber(51).rawBody)
    expect(await outcomes()).toEqual([{ state: 'processed', reason: null }])
    expect(await waiting(desk, shopId)).toEqual([{ task: 'refresh_product', productId: '11' }])
    await workOff(desk)
    expect(asked()).toEqual(['products/11'])
    const { products } = await listProducts(desk.deps, { shopId, search: 'SUPPORT-10', limit: 5 })
    expect(products).toMatchObject([{ price: '99.00', categories: ['help'] }])
  })

  it('of a variation has its product asked for with all variations', async () => {
    later()
    fake.editProduct(13, { sku: 'HELP-5' })
    await news('product.updated', { id: 13, type: 'variation', parent_id: 12 })
    await workOff(desk)
    expect(asked()).toEqual(['products/12', 'products/12/variations'])
    expect(await found(desk, shopId, 'help-5')).toEqual(['variation:13'])
  })

  it('in a burst is one job for each product', async () => {
    for (let n = 0; n < 20; n += 1) await news('product.updated', { id: 11, n })
    await news('product.updated', { id: 15 })
    expect(await waiting(desk, shopId)).toEqual([
      { task: 'refresh_product', productId: '11' },
      { task: 'refresh_product', productId: '15' },
    ])
    await workOff(desk)
  })

  it('that it is deleted counts each time, also for a variation; what we never saw is not asked for', async () => {
    later()
    const mug = fake.products[15]
    fake.removeProduct(15)
    await news('product.deleted', { id: 15 })
    await workOff(desk)
    expect(await found(desk, shopId, 'mug')).toEqual([])
    later()
    if (mug) fake.products[15] = mug
    await news('product.restored', { ...mug })
    await workOff(desk)
    expect(await found(desk, shopId, 'mug')).toEqual(['product:15'])
    later()
    fake.removeProduct(15)
    await news('product.deleted', { id: 15 })
    await news('product.deleted', { id: 999 })
    await workOff(desk)
    expect(await found(desk, shopId, 'mug')).toEqual([])
    if (mug) fake.products[15] = mug
    later()
    const small = fake.products[13]
    delete fake.products[13]
    await news('product.deleted', { id: 13 })
    await workOff(desk)
    expect(await found(desk, shopId, 'plan')).toEqual(['variation:14'])
    if (small) fake.products[13] = small
    expect((await outcomes()).map(({ state }) => state)).toEqual(Array(5).fill('processed'))
  })

  it('waits for a shop that is away, without holding up the delivery', async () => {
    fake.misbehave('error500')
    await news('product.updated', { id: 11, n: 'away' })
    await workOff(desk)
    expect(await outcomes()).toEqual([{ state: 'processed', reason: null }])
    expect(await waiting(desk, shopId)).toEqual([{ task: 'refresh_product', productId: '11' }])
  })

  it('is ignored for a shop without keys, and says why', async () => {
    const keyless = await addBareShop(desk.deps)
    await news('product.updated', { id: 11 }, keyless)
    expect(await outcomes(keyless)).toEqual([
      { state: 'ignored', reason: expect.stringContaining('REST keys') },
    ])
    expect(await waiting(desk, keyless)).toEqual([])
  })
})
