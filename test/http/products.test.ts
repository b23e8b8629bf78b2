import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { addPackage } from '../../src/domain/packages/add-package.ts'
import { listUnmatched } from '../../src/domain/packages/list-unmatched.ts'
import { readCatalogueState } from '../../src/domain/products/catalogue-state.ts'
import { saveProducts } from '../../src/domain/products/save-products.ts'
import type { ShopProduct } from '../../src/ports/shop.ts'
import { deliverOrder } from '../domain/orders/order-desk.ts'
import { openTestApp, seedShop, type TestApp, type TestShop } from './open-app.ts'
import { hiddenFields, readText, signInAs, type Visitor } from './visit.ts'

let test: TestApp
let shop: TestShop
let owner: Visitor
beforeAll(async () => {
  test = await openTestApp()
})
afterAll(() => test.close())
beforeEach(async () => {
  shop = await seedShop(test.deps)
  owner = await signInAs(test.app, test.deps, shop.shopId, 'owner')
})

const list = '/desk/packages'
const products = `${list}/products`

const plan: ShopProduct = {
  productId: '12',
  variationId: '14',
  name: 'Support plan – 20 <b>',
  sku: 'SUPPORT-20',
  price: '220.50',
  published: true,
  categories: ['support'],
  proposedCredits: '20',
  modifiedAt: undefined,
}
const mug: ShopProduct = {
  ...{ productId: '15', name: 'Mug', sku: 'MUG-1', price: '9.90', published: false },
  ...{ categories: [], proposedCredits: 'ten', modifiedAt: undefined },
}

/** The shop has keys, told its currency, and its products were read. */
async function knowProducts(...known: ShopProduct[]): Promise<void> {
  const { db, clock } = test.deps
  const { shopId } = shop
  const at = clock.now()
  await db.prisma.shop.update({
    where: { id: shopId },
    data: { consumerKey: Buffer.from('x'), consumerSecret: Buffer.from('x') },
  })
  await db.prisma.catalogueRead.create({
    data: { shopId, startedAt: at, endedAt: at, completeAt: at, found: known.length, page: 0 },
  })
  await db.prisma.shopConnection.create({
    data: {
      ...{ shopId, state: 'connected', url: 'https://shop.example', startedBy: 'cli', startedAt: at },
      currency: 'EUR',
    },
  })
  await db.transaction((sql) => saveProducts(sql, { shopId, askedAt: at, products: known, whole: [] }))
}

describe('the page of the products', () => {
  it('is for owners', async () => {
    for (const role of ['supervisor', 'agent'] as const) {
      const other = await signInAs(test.app, test.deps, shop.shopId, role)
      await other.get(products).expect(403)
      const { csrf = '' } = hiddenFields((await other.get('/desk')).text, '/logout')
      for (const path of [`${products}/refresh`, `${products}/settings`, `${list}/unmatched`]) {
        expect([path, (await other.post(path, { csrf })).status]).toEqual([path, 403])
      }
    }
  })

  it('shows what each costs, carries and proposes, and leads to a filled form', async () => {
    await knowProducts(plan, mug)
    await addPackage(test.deps, { shopId: shop.shopId, actor: 'cli', match: 'sku:SUPPORT-*', credits: 15 })
    const page = await owner.get(products).expect(200)
    const text = readText(page)
    expect(text).toContain('2 products, read now')
    expect(text).toContain(
      'Support plan – 20 <b> SUPPORT-20 · €220.50 · support carries 15 credits proposes 20 credits',
    )
    expect(text).toContain('Mug MUG-1 · €9.90 proposes no number: ten not published')
    expect(page.text).toContain(`href="${list}?pick=variation%3A14#add"`)
    const form = await owner.get(`${list}?pick=variation%3A14`).expect(200)
    expect(form.text).toMatch(/<details class="card fold" id="add" open/)
    expect(form.text).toMatch(/id="add-match"[^>]*value="variation:14"/)
    expect(form.text).toMatch(/id="add-name"[^>]*value="Support plan – 20 &lt;b>"/)
    expect(form.text).toMatch(/id="add-credits"[^>]*value="20"/)
    expect((await owner.get(`${list}?pick=product%3A15`)).text).toMatch(/id="add-credits"[^>]*value /)
    expect((await owner.get(`${list}?pick=sku%3AX-1`)).text).toMatch(/id="add-match"[^>]*value="sku:X-1"/)
  })

  it('offers no second package of what a package names itself', async () => {
    await knowProducts(plan)
    const { id } = await addPackage(test.deps, {
      shopId: shop.shopId,
      actor: 'cli',
      match: 'variation:14',
      credits: 20,
    })
    const page = await owner.get(products)
    expect(page.text).not.toContain('pick=')
    expect(page.text).toContain(`class="tag carries" href="${list}/${id}"`)
    expect(readText(page)).not.toContain('proposes 20')
  })

  it('searches as a plain form and goes on page by page', async () => {
    await knowProducts(
      ...Array.from({ length: 60 }, (_, n) => ({ ...mug, productId: String(100 + n), name: `Mug ${n}` })),
      plan,
    )
    expect(readText(await owner.get(`${products}?q=supp+20`))).toContain('Support plan – 20')
    const first = await owner.get(`${products}?q=mug`)
    const [, more = ''] = /rel="next" href="([^"]+)"/.exec(first.text) ?? []
    const second = await owner.get(more.replaceAll('&amp;', '&'))
    expect(first.text.match(/class="button" href="[^"]*pick=/g)).toHaveLength(50)
    expect(second.text.match(/class="button" href="[^"]*pick=/g)).toHaveLength(10)
    expect(readText(await owner.get(`${products}?q=lipa`))).toContain('Nothing like it')
    for (const odd of ['q=%00', 'q=a&q=b', 'after=x', `q=${'x'.repeat(3_000)}`, 'q=%F0%9F']) {
      await owner.get(`${products}?${odd}`).expect(200)
    }
  })

  it('says what to do in a shop without keys', async () => {
    const page = await owner.get(products).expect(200)
    expect(readText(page)).toContain('The products cannot be read')
    expect(page.text).not.toContain(`${products}/refresh`)
    const { csrf = '' } = hiddenFields(page.text, '/logout')
    await owner.post(`${products}/refresh`, { csrf }).expect(409)
  })

  it('has the products read again, and changes where they say their credits', async () => {
    await knowProducts(plan)
    const page = await owner.get(products)
    await owner.submit(page, `${products}/refresh`, {}).expect(303)
    expect(readText(await owner.get(products))).toContain('Being read from the shop')
    const wrong = await owner.submit(page, `${products}/settings`, { creditsKey: 'a b' })
    expect(wrong.status).toBe(422)
    expect(wrong.text).toMatch(/id="settings-creditsKey-wrong"[^>]*>Give a key without spaces/)
    expect(wrong.text).toMatch(/id="settings-creditsKey"[^>]*value="a b"/)
    await owner.submit(page, `${products}/settings`, { creditsKey: '_credits' }).expect(303)
    expect(await readCatalogueState(test.deps, shop.shopId)).toMatchObject({
      creditsKey: '_credits',
      reading: true,
    })
  })
})

describe('the page of packages', () => {
  const deliverHelp = (id: number, productId = 21) =>
    deliverOrder(test.deps, shop.shopId, {
      ...{ id, age: 0 },
      lines: [{ id: 1, productId, sku: '', name: `Podpora <i> ${productId}` }],
    })
  it('says how many paid orders may need a package, leads to its form, and takes a no', async () => {
    await deliverHelp(1)
    await deliverHelp(2)
    await deliverHelp(3, 22)
    const page = await owner.get(list)
    const text = readText(page)
    expect(text).toContain('3 orders may need a package')
    expect(text).toContain('Podpora <i> 21 its name says support')
    expect(text.replace(/[\u2068\u2069]/g, '')).toContain('orders 2 and 1')
    expect(page.text).toContain(`href="${list}?pick=product%3A22#add"`)
    await owner.submit(page, `${list}/unmatched`, { subject: 'product:22', dismissed: 'true' }).expect(303)
    const after = await owner.get(list)
    expect(readText(after)).toContain('2 orders may need a package')
    expect(readText(after)).not.toContain('Podpora <i> 22')
    const said = await owner.get(`${list}?dismissed=true`)
    expect(readText(said)).toContain('Podpora <i> 22')
    await owner.submit(said, `${list}/unmatched`, { subject: 'product:22', dismissed: 'false' }).expect(303)
    expect((await listUnmatched(test.deps, { shopId: shop.shopId, limit: 5 })).orderCount).toBe(3)
    await owner.submit(page, `${list}/unmatched`, { subject: 'product:99' }).expect(404)
    await owner.submit(page, `${list}/unmatched`, { subject: 'a\u0000' }).expect(404)
    await owner.get(`${list}?newest=5&subject=%00`).expect(200)
  })

  it('flags a package whose product customers cannot buy, and a category in a shop without keys', async () => {
    const add = (match: string) =>
      addPackage(test.deps, { shopId: shop.shopId, actor: 'cli', match, credits: 1 })
    const { id } = await add('category:support')
    expect(readText(await owner.get(`${list}/${id}`))).toContain('It matches nothing')
    await knowProducts(plan, mug)
    await add('variation:14')
    await add('product:15')
    await add('sku:OTHER')
    const page = readText(await owner.get(list))
    expect(page).not.toContain('It matches nothing')
    expect(page.match(/Its product is gone: customers cannot buy it any more/g)).toHaveLength(1)
    expect(page.match(/Its product is not published/g)).toHaveLength(1)
  })
})
