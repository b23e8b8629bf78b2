import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { readCatalogueState } from '../../../src/domain/products/catalogue-state.ts'
import { listProducts } from '../../../src/domain/products/list-products.ts'
import { readCatalogues } from '../../../src/domain/products/read-catalogues.ts'
import { refreshProduct } from '../../../src/domain/products/refresh-product.ts'
import { refreshProducts } from '../../../src/domain/products/refresh-products.ts'
import { saveProducts } from '../../../src/domain/products/save-products.ts'
import type { Refused } from '../../../src/domain/refusal.ts'
import { changeSettings } from '../../../src/domain/shops/change-settings.ts'
import type { ShopProduct } from '../../../src/ports/shop.ts'
import { type FakeShop, startFakeShop } from '../../support/fakes/shop.ts'
import { addBareShop, type OrderDesk, openOrderDesk } from '../orders/order-desk.ts'
import { addShopOf, found, readAll, waiting, workOff, workOffAgain } from './product-desk.ts'

let desk: OrderDesk
let fake: FakeShop
let shopId: bigint
beforeAll(async () => {
  desk = await openOrderDesk()
})
afterAll(() => desk.close())
beforeEach(async () => {
  fake = await startFakeShop()
  shopId = await addShopOf(desk, fake)
})
afterEach(() => fake.close())

const state = () => readCatalogueState(desk.deps, shopId)
const captured = ['product:17', 'product:15', 'product:11', 'variation:14', 'variation:13', 'product:16']

function pagesAsked(): string[] {
  return fake.requests
    .map(({ url }) => new URL(url, fake.url))
    .filter(({ pathname }) => pathname.endsWith('/products'))
    .map(({ searchParams }) => searchParams.get('page') ?? '')
}

describe('reading what a shop sells', () => {
  it('begins by itself when a shop is added with keys, and keeps each product and variation', async () => {
    await workOff(desk)
    expect(await state()).toMatchObject({ reading: false, found: 6, completeAt: desk.now.at, trouble: null })
    const { products } = await listProducts(desk.deps, { shopId, limit: 10 })
    expect(products.map(({ match }) => match)).toEqual(captured)
    expect(products[2]).toMatchObject({
      productId: '11',
      variationId: null,
      name: 'Support pack 10',
      sku: 'SUPPORT-10',
      price: '125.00',
      published: true,
      categories: ['uncategorized'],
      proposal: '10',
      proposedUnits: 1000n,
    })
    expect(products[3]).toMatchObject({
      productId: '12',
      variationId: '14',
      name: 'Support plan – 20 credits',
      sku: 'SUPPORT-20',
      proposedUnits: 2000n,
    })
    expect(products[1]).toMatchObject({ name: 'Mug', proposal: null, proposedUnits: null })
  })

  it('is nothing for a shop without keys, and says so to who asks', async () => {
    const keyless = await addBareShop(desk.deps)
    expect(await waiting(desk, keyless)).toEqual([])
    const refusal = await refreshProducts(desk.deps, { shopId: keyless }).catch(
      (error: unknown) => (error as Refused).refusal,
    )
    expect(refusal).toEqual({ code: 'shop_not_askable' })
    await refreshProduct({ ...desk.deps }, { shopId: keyless, productId: '11' })
    expect(await found(desk, keyless)).toEqual([])
  })

  it('goes on after a failure where it stood, and asks for no page twice', async () => {
    for (let n = 0; n < 50; n += 1) fake.addProduct({ name: `Mug ${n}` })
    fake.misbehave('error500', 1, /[?&]page=2/)
    await workOff(desk)
    expect(await state()).toMatchObject({ reading: true, found: 21, completeAt: null })
    expect((await state()).trouble).toMatch(/500/)
    await workOffAgain(desk)
    expect(await state()).toMatchObject({ reading: false, found: 56, trouble: null })
    expect(pagesAsked()).toEqual(['1', '2', '2', '3'])
    expect(await found(desk, shopId)).toHaveLength(56)
  })

  it('that is asked for while it is under way goes on, and is one job', async () => {
    for (let n = 0; n < 30; n += 1) fake.addProduct({ name: `Mug ${n}` })
    fake.misbehave('error500', 1, /[?&]page=2/)
    await workOff(desk)
    await refreshProducts(desk.deps, { shopId })
    await refreshProducts(desk.deps, { shopId })
    expect(await waiting(desk, shopId)).toHaveLength(1)
    await workOff(desk)
    expect(pagesAsked()).toEqual(['1', '2', '2'])
    expect(await state()).toMatchObject({ reading: false, found: 36 })
  })

  it('begins anew when it is older than a day', async () => {
    fake.misbehave('error500', 1)
    await workOff(desk)
    const { at } = desk.now
    desk.now.at = new Date(at.getTime() + 25 * 3_600_000)
    fake.addProduct({ name: 'Late' })
    await readCatalogues(desk.deps)
    await workOffAgain(desk)
    expect(await state()).toMatchObject({ reading: false, found: 7 })
    desk.now.at = at
  })

  it('does not go on by itself when the shop refuses for good; it says why, and goes on when asked', async () => {
    fake.revokeKey('ck_0123456789abcdef0123456789abcdef01234567')
    await workOff(desk)
    expect((await state()).trouble).toMatch(/key/i)
    expect(await waiting(desk, shopId)).toEqual([])
    fake.addKey({
      consumerKey: 'ck_0123456789abcdef0123456789abcdef01234567',
      consumerSecret: 'cs_89abcdef0123456789abcdef0123456789abcdef',
    })
    await readAll(desk, shopId)
    expect(await state()).toMatchObject({ reading: false, found: 6, trouble: null })
  })

  it('takes the products of all shops with keys every night, none of them twice', async () => {
    await workOff(desk)
    fake.addProduct({ name: 'New in the shop' })
    desk.now.at = new Date(desk.now.at.getTime() + 86_400_000)
    await readCatalogues(desk.deps)
    await readCatalogues(desk.deps)
    expect(await waiting(desk, shopId)).toEqual([{ task: 'read_catalogue', productId: null }])
    await workOffAgain(desk)
    expect(await found(desk, shopId, 'new')).toHaveLength(1)
  })

  it('keeps what a shop writes without end or sense', async () => {
    const wild = fake.addProduct({
      name: `Mug\u0000 ${'ü'.repeat(5_000)}😀`,
      sku: 'x'.repeat(900),
      credits: 'ten',
    })
    fake.editProduct(15, { name: '😀', price: '' })
    await workOff(desk)
    const { products } = await listProducts(desk.deps, { shopId, search: 'mug', limit: 10 })
    expect(products).toMatchObject([
      { match: `product:${wild}`, proposal: 'ten', proposedUnits: null },
      { match: 'product:15', name: '😀', price: '' },
    ])
    expect(products[0]?.name.length).toBeLessThanOrEqual(500)
    expect(await found(desk, shopId, '15')).toEqual(['product:15'])
  })

  it('of another shop is seen by nobody else', async () => {
    const other = await startFakeShop()
    const otherId = await addShopOf(desk, other)
    fake.addProduct({ name: 'Ours alone' })
    await workOff(desk)
    expect(await found(desk, shopId, 'ours')).toHaveLength(1)
    expect(await found(desk, otherId, 'ours')).toEqual([])
    expect(await found(desk, otherId)).toEqual(captured)
    await other.close()
  })
})

describe('a product that is not in the list', () => {
  beforeEach(() => workOff(desk))

  it('is gone when the shop says so, with its variations', async () => {
    fake.removeProduct(12)
    fake.removeProduct(15)
    await readAll(desk, shopId)
    expect(await found(desk, shopId)).toEqual(['product:17', 'product:11', 'product:16'])
  })

  it('loses one variation and keeps the others', async () => {
    delete fake.products[13]
    await readAll(desk, shopId)
    expect(await found(desk, shopId, 'plan')).toEqual(['variation:14'])
  })

  it('stays when the list only moved while it was read', async () => {
    const ids = Array.from({ length: 40 }, (_, n) => fake.addProduct({ name: `Mug ${n}` }))
    await readAll(desk, shopId)
    // Between the first page and the second something before both goes: what was first on the second page is on none.
    fake.misbehave('error500', 1, /[?&]page=2/)
    await readAll(desk, shopId)
    fake.removeProduct(11)
    await workOffAgain(desk)
    expect(await state()).toMatchObject({ reading: false })
    expect(await found(desk, shopId, 'mug')).toHaveLength(ids.length + 1)
    expect(await found(desk, shopId, 'SUPPORT-10')).toEqual(['product:11'])
    await readAll(desk, shopId)
    expect(await found(desk, shopId, 'SUPPORT-10')).toEqual([])
    expect(await found(desk, shopId, 'mug')).toHaveLength(ids.length + 1)
  })

  it('is back when the shop has it again', async () => {
    const product = fake.products[15]
    fake.removeProduct(15)
    await readAll(desk, shopId)
    if (product) fake.products[15] = product
    await readAll(desk, shopId)
    expect(await found(desk, shopId, 'mug')).toEqual(['product:15'])
  })

  it('is its variations once it has some', async () => {
    fake.editProduct(15, { type: 'variable' })
    const red = fake.addVariation(15, { option: 'red' })
    await readAll(desk, shopId)
    expect(await found(desk, shopId, 'mug')).toEqual([`variation:${red}`])
  })
})

describe('what was asked for later', () => {
  const mug = (name: string): ShopProduct => ({
    ...{ productId: '500', name, sku: '', price: '1', published: true, categories: [] },
    modifiedAt: undefined,
  })
  const save = (seconds: number, products: ShopProduct[]) =>
    desk.db.transaction((sql) =>
      saveProducts(sql, { shopId, askedAt: new Date(seconds * 1_000), products, whole: ['500'] }),
    )

  it('is not overwritten by an answer that comes late', async () => {
    await save(20, [mug('New name')])
    await save(10, [mug('Old name')])
    expect(await found(desk, shopId, 'new')).toEqual(['product:500'])
    expect(await found(desk, shopId, 'old')).toEqual([])
    await save(10, [])
    expect(await found(desk, shopId, 'new')).toEqual(['product:500'])
    await save(30, [])
    await save(20, [mug('Back?')])
    expect(await found(desk, shopId, '500')).toEqual([])
  })
})

describe('the key under which products say their credits', () => {
  it('is read anew when it changes, and written into the audit log', async () => {
    await workOff(desk)
    const set = (creditsKey: string) => changeSettings(desk.deps, { shopId, actor: 'cli', creditsKey })
    fake.editProduct(15, { meta_data: [{ id: 1, key: 'credits', value: '2,5' }] })
    expect(await set(' credits ')).toMatchObject({ creditsKey: 'credits' })
    await workOff(desk)
    const { products } = await listProducts(desk.deps, { shopId, limit: 10 })
    const proposing = products.filter(({ proposal }) => proposal !== null)
    expect(proposing).toMatchObject([{ match: 'product:15', proposal: '2,5', proposedUnits: 250n }])
    const lines = await desk.db.query('test-audit', 'select data from audit_log where shop_id = $1', [shopId])
    expect(lines).toEqual([
      { data: { before: { creditsKey: '_support_credits' }, after: { creditsKey: 'credits' } } },
    ])
    await set('credits')
    expect(await waiting(desk, shopId)).toEqual([])
    for (const wrong of ['', 'a b', 'x'.repeat(256), 'a\u0000']) {
      await expect(set(wrong)).rejects.toThrow('creditsKey')
    }
  })
})
