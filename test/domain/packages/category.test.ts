import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { addPackage } from '../../../src/domain/packages/add-package.ts'
import { editPackage } from '../../../src/domain/packages/edit-package.ts'
import { listPackages } from '../../../src/domain/packages/list-packages.ts'
import { retirePackage } from '../../../src/domain/packages/retire-package.ts'
import { type FakeShop, startFakeShop } from '../../support/fakes/shop.ts'
import {
  addBareShop,
  balanceOf,
  deliver,
  deliverOrder,
  type OrderDesk,
  openOrderDesk,
} from '../orders/order-desk.ts'
import { addShopOf, readAll, waiting, workOff, workOffAgain } from '../products/product-desk.ts'

let desk: OrderDesk
let fake: FakeShop
let shopId: bigint
beforeAll(async () => {
  desk = await openOrderDesk()
})
afterAll(() => desk.close())
beforeEach(async () => {
  desk.now.at = new Date('2026-11-22T10:00:00Z')
  fake = await startFakeShop({ now: () => desk.now.at })
  shopId = await addShopOf(desk, fake)
})
afterEach(() => fake.close())

const later = (minutes = 1) => {
  desk.now.at = new Date(desk.now.at.getTime() + minutes * 60_000)
}
const pack = (match: string, credits: number, terms: { priority?: number } = {}) =>
  addPackage(desk.deps, { shopId, actor: 'cli', match, credits, ...terms })
const inCategory = (id: number, ...slugs: string[]) =>
  fake.editProduct(id, { categories: slugs.map((slug, place) => ({ id: 900 + place, name: slug, slug })) })

/** A paid order of one piece of a product or a variation, as the shop has it and as its delivery tells of it. */
async function buy(productId: number): Promise<number> {
  const id = fake.createOrder({ status: 'processing', lines: [{ productId }] })
  await hearOf(id)
  return id
}
const hearOf = (id: number) =>
  deliver(desk.deps, shopId, 'order.updated', Buffer.from(JSON.stringify(fake.order(id))))

async function creditsOf(order: number): Promise<number> {
  const [row] = await desk.db.query<{ units: number }>(
    'test-credits-of-order',
    `select coalesce(sum(g.entitled), 0)::int as units from credit_grant g join shop_order o on o.shop_id = g.shop_id and o.id = g.order_id
     where g.shop_id = $1 and o.external_id = $2`,
    [shopId, String(order)],
  )
  return (row?.units ?? 0) / 100
}

async function unmatched(): Promise<string[]> {
  const rows = await desk.db.query<{ subject: string }>(
    'test-unmatched',
    'select subject from unmatched_line where shop_id = $1 order by subject',
    [shopId],
  )
  return rows.map(({ subject }) => subject)
}

describe('a package by category', () => {
  it('serves a line by the categories of its product, also of a variation', async () => {
    inCategory(15, 'help')
    inCategory(12, 'plans')
    await workOff(desk)
    await pack('category:help', 3)
    await pack('category: Plans ', 7)
    expect(await creditsOf(await buy(15))).toBe(3)
    expect(await creditsOf(await buy(13))).toBe(7)
    expect(await creditsOf(await buy(17))).toBe(0)
  })

  it('asks for a product that it never heard of before the order is served, once', async () => {
    await workOff(desk)
    await pack('category:help', 3)
    const id = fake.addProduct({ name: 'New help', categories: ['help'] })
    fake.requests.length = 0
    expect(await creditsOf(await buy(id))).toBe(3)
    expect(await creditsOf(await buy(id))).toBe(3)
    expect(fake.requests.filter(({ url }) => url.includes('/products/'))).toHaveLength(1)
  })

  it('asks for no product while no package goes by category', async () => {
    await workOff(desk)
    await pack('sku:SUPPORT-10', 3)
    const id = fake.addProduct({ name: 'New help', sku: 'SUPPORT-10' })
    fake.requests.length = 0
    expect(await creditsOf(await buy(id))).toBe(3)
    expect(fake.requests.filter(({ url }) => url.includes('/products'))).toEqual([])
  })

  it('serves the line later when the shop could not be asked for its product', async () => {
    await workOff(desk)
    await pack('category:help', 3)
    await workOff(desk)
    const id = fake.addProduct({ name: 'New help', categories: ['help'] })
    fake.misbehave('error500', undefined, /\/products\//)
    const order = await buy(id)
    expect(await creditsOf(order)).toBe(0)
    expect(await unmatched()).toEqual([`product:${id}`])
    expect(await waiting(desk, shopId)).toEqual([{ task: 'refresh_product', productId: String(id) }])
    fake.behave()
    await workOffAgain(desk)
    expect(await creditsOf(order)).toBe(3)
    expect(await unmatched()).toEqual([])
  })

  it('that is added later serves earlier orders, with products that were never read', async () => {
    // The job that reads the products has not run yet.
    const id = fake.addProduct({ name: 'Old help', categories: ['help'] })
    const [first, mug] = [await buy(id), await buy(15)]
    expect(await creditsOf(first)).toBe(0)
    later()
    await pack('category:help', 3)
    await workOff(desk)
    expect(await creditsOf(first)).toBe(3)
    expect(await creditsOf(mug)).toBe(0)
    expect(await unmatched()).toEqual(['product:15'])
  })

  it('leaves what it served when the product moves, and serves what matched nothing when one moves in', async () => {
    inCategory(15, 'help')
    await workOff(desk)
    await pack('category:help', 3)
    await pack('category:premium', 9)
    const [served, bare] = [await buy(15), await buy(17)]
    later()
    inCategory(15, 'premium')
    inCategory(17, 'premium')
    await readAll(desk, shopId)
    later()
    fake.save(served)
    await hearOf(served)
    expect([await creditsOf(served), await creditsOf(bare)]).toEqual([3, 9])
    expect(await creditsOf(await buy(15))).toBe(9)
    later()
    inCategory(15)
    await readAll(desk, shopId)
    // The line grows by what it was sold for, not by what the product stands in now.
    const [line] = fake.order(served).line_items
    fake.editLine(served, line?.id ?? 0, { quantity: 2 })
    await hearOf(served)
    expect(await creditsOf(served)).toBe(6)
  })

  it('serves orders of a product that is gone by what it said last', async () => {
    inCategory(15, 'help')
    await workOff(desk)
    const order = fake.createOrder({ status: 'processing', lines: [{ productId: 15 }] })
    later()
    fake.removeProduct(15)
    await readAll(desk, shopId)
    await pack('category:help', 3)
    await hearOf(order)
    expect(await creditsOf(order)).toBe(3)
  })

  it('gives way to closer matches; of several categories the higher priority wins, then the older package', async () => {
    inCategory(11, 'help', 'premium', 'basic')
    await workOff(desk)
    await pack('category:basic', 1)
    await pack('category:premium', 2)
    expect(await creditsOf(await buy(11))).toBe(1)
    await pack('category:help', 3, { priority: 5 })
    later()
    expect(await creditsOf(await buy(11))).toBe(3)
    await pack('sku:SUPPORT-*', 4)
    later()
    expect(await creditsOf(await buy(11))).toBe(4)
  })

  it('counts by the terms that were in force at the payment', async () => {
    inCategory(15, 'help')
    await workOff(desk)
    const { id } = await pack('category:help', 3)
    later()
    const order = fake.createOrder({ status: 'processing', lines: [{ productId: 15 }] })
    later()
    await editPackage(desk.deps, { shopId, actor: 'cli', packageId: BigInt(id), credits: 8 })
    await hearOf(order)
    expect(await creditsOf(order)).toBe(3)
    later()
    expect(await creditsOf(await buy(15))).toBe(8)
    await retirePackage(desk.deps, { shopId, actor: 'cli', packageId: BigInt(id) })
    later()
    expect(await creditsOf(await buy(15))).toBe(0)
  })

  it('of a slug in letters beyond ASCII is met as the shop writes it', async () => {
    inCategory(15, encodeURIComponent('پشتیبانی').toLowerCase())
    inCategory(17, 'Hilfe-Für-Alle')
    await workOff(desk)
    await pack('category:پشتیبانی', 3)
    await pack('category:hilfe-für-alle', 4)
    expect(await creditsOf(await buy(15))).toBe(3)
    expect(await creditsOf(await buy(17))).toBe(4)
  })

  it('serves nothing in a shop without keys, which does not tell categories', async () => {
    const keyless = await addBareShop(desk.deps)
    await addPackage(desk.deps, {
      shopId: keyless,
      actor: 'cli',
      match: 'category:uncategorized',
      credits: 1,
    })
    await addPackage(desk.deps, { shopId: keyless, actor: 'cli', match: 'sku:SUPPORT-10', credits: 10 })
    await deliverOrder(desk.deps, keyless, { id: 1, age: 0, lines: [{ id: 1 }, { id: 2, sku: 'MUG' }] })
    expect(await balanceOf(desk.db, keyless, 1)).toEqual({ available: 1000, deficit: 0 })
  })

  it('of one shop serves no other', async () => {
    const other = await startFakeShop()
    const otherId = await addShopOf(desk, other)
    await addPackage(desk.deps, {
      shopId: otherId,
      actor: 'cli',
      match: 'category:uncategorized',
      credits: 1,
    })
    await workOff(desk)
    expect(await creditsOf(await buy(15))).toBe(0)
    await other.close()
  })
})

describe('a package whose product customers cannot buy any more', () => {
  const states = async () =>
    Object.fromEntries(
      (await listPackages(desk.deps, { shopId, limit: 20 })).packages.map(({ match, inShop }) => [
        match,
        inShop,
      ]),
    )
  const matches = [
    ...['variation:13', 'product:12', 'product:15', 'sku:MUG-1', 'sku:SUPPORT-*', 'sku:NONE-*'],
    ...['category:uncategorized', 'category:help', 'sku:SUPPORT-1', 'product:999'],
  ]

  it('is flagged once all products were read: gone, or not published', async () => {
    for (const match of matches) await pack(match, 1)
    expect(Object.values(await states())).toEqual(matches.map(() => null))
    await workOff(desk)
    expect(await states()).toEqual({
      ...{
        'variation:13': 'on_sale',
        'product:12': 'on_sale',
        'product:15': 'on_sale',
        'sku:MUG-1': 'on_sale',
      },
      ...{ 'sku:SUPPORT-*': 'on_sale', 'sku:NONE-*': 'gone', 'category:uncategorized': 'on_sale' },
      ...{ 'category:help': 'gone', 'sku:SUPPORT-1': 'gone', 'product:999': 'gone' },
    })
    fake.editProduct(15, { status: 'draft' })
    fake.removeProduct(12)
    await readAll(desk, shopId)
    expect(await states()).toMatchObject({
      ...{
        'variation:13': 'gone',
        'product:12': 'gone',
        'product:15': 'unpublished',
        'sku:MUG-1': 'unpublished',
      },
      ...{ 'sku:SUPPORT-*': 'on_sale', 'category:uncategorized': 'on_sale' },
    })
    inCategory(11)
    inCategory(16)
    inCategory(17)
    await readAll(desk, shopId)
    expect(await states()).toMatchObject({ 'category:uncategorized': 'unpublished' })
  })
})
