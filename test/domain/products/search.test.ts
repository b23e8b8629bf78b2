import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { addPackage } from '../../../src/domain/packages/add-package.ts'
import {
  everyProduct,
  findProduct,
  listProducts,
  searchedProducts,
} from '../../../src/domain/products/list-products.ts'
import { saveProducts } from '../../../src/domain/products/save-products.ts'
import type { ShopProduct } from '../../../src/ports/shop.ts'
import { addBareShop, type OrderDesk, openOrderDesk } from '../orders/order-desk.ts'
import { found } from './product-desk.ts'

let desk: OrderDesk
let shopId: bigint
let bigId: bigint
beforeAll(async () => {
  desk = await openOrderDesk()
  shopId = await addBareShop(desk.deps)
  bigId = await addBareShop(desk.deps)
  await save(shopId, [
    product('1', 'Podpora – čiščenje', 'POD-1'),
    product('2', 'Υποστήριξη', 'GR'),
    product('3', 'پشتيباني تلفنی', 'FA-3'),
    product('4', 'Поддержка', 'RU.4'),
    product('5', 'Unterstützung groß', 'DE 5'),
    { ...product('6', 'Support plan – 20', 'SUPPORT-20'), variationId: '61' },
    product('7', 'Support plan deluxe', 'DELUXE'),
    { ...product('8', 'Draft of support', ''), published: false },
  ])
  const colours = ['red', 'green', 'blue', 'white', 'black']
  for (let first = 0; first < 10_000; first += 100) {
    const page = Array.from({ length: 100 }, (_, place) => first + place)
    await save(
      bigId,
      page.map((n) => product(String(n + 1), `Mug ${colours[n % 5]} number ${n}`, `MUG-${n}`)),
    )
  }
  await desk.db.pool.query('analyze product, product_word')
})
afterAll(() => desk.close())

function product(productId: string, name: string, sku: string): ShopProduct {
  return {
    productId,
    name,
    sku,
    price: '10.00',
    published: true,
    categories: ['mugs'],
    modifiedAt: undefined,
  }
}

async function save(shop: bigint, products: ShopProduct[]): Promise<void> {
  await desk.db.transaction((sql) =>
    saveProducts(sql, { shopId: shop, askedAt: desk.now.at, products, whole: [] }),
  )
}

describe('searching the products', () => {
  it.each([
    ['', 8],
    [' - ', 8],
    ['podp', 1],
    ['ciscenje', 1],
    ['POD-1', 1],
    ['υποστηρ', 1],
    ['پشتیبانی', 1],
    ['поддерж', 1],
    ['GROSS', 1],
    ['de 5', 1],
    ['support', 3],
    ['supp plan', 2],
    ['plan 20', 1],
    ['61', 1],
    ['support-20', 1],
    ['upport', 0],
    ["'; drop table product --", 0],
    ['%', 8],
    ['support \u0000 \ud800 plan', 2],
    [`${'support '.repeat(100)}`, 3],
  ])('by %j finds %i', async (search, count) => {
    expect(await found(desk, shopId, search)).toHaveLength(count)
  })

  it('goes on page by page without leaving out or repeating one', async () => {
    const seen: string[] = []
    let after: bigint | undefined
    do {
      const page = await listProducts(desk.deps, {
        ...{ shopId: bigId, search: 'mug red', limit: 150 },
        ...(after !== undefined && { after }),
      })
      seen.push(...page.products.map(({ match }) => match))
      after = page.next
    } while (after !== undefined)
    expect(seen).toHaveLength(2_000)
    expect(new Set(seen).size).toBe(2_000)
  })

  it('uses its indexes among 10,000 products, also with a plan for any words', async () => {
    const client = await desk.db.dedicatedClient()
    await client.query('set plan_cache_mode = force_generic_plan')
    const plan = async (name: string, types: string, statement: string, values: string) => {
      await client.query(`prepare ${name} (${types}) as ${statement}`)
      const { rows } = await client.query(`explain execute ${name} (${values})`)
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    }
    const searched = await plan(
      'searched',
      'bigint, bigint, int, text, text, text[]',
      searchedProducts,
      `${bigId}, null, 51, '4711', '4711\u{10ffff}', '{mug,4711}'`,
    )
    expect(searched).toContain('product_word_pkey')
    expect(searched).not.toContain('Seq Scan')
    const every = await plan('every', 'bigint, bigint, int', everyProduct, `${bigId}, null, 51`)
    await client.end()
    expect(every).toContain('product_shop_id_sort_name_id_idx')
    expect(every).not.toMatch(/Seq Scan|Sort/)
  })

  it('tells which package a purchase would carry now, the closest one', async () => {
    const shop = await addBareShop(desk.deps)
    await save(shop, [
      product('1', 'Support 10', 'SUPPORT-10'),
      { ...product('2', 'Plan – 5', 'PLAN'), variationId: '21' },
      product('3', 'Help', ''),
    ])
    const add = (match: string, credits: number) =>
      addPackage(desk.deps, { shopId: shop, actor: 'cli', match, credits })
    await add('sku:SUPPORT-*', 3)
    await add('category:mugs', 1)
    await add('product:2', 5)
    const { products } = await listProducts(desk.deps, { shopId: shop, limit: 10 })
    expect(products.map((one) => [one.match, one.package?.match, one.package?.unitsEach])).toEqual([
      ['product:3', 'category:mugs', 100n],
      ['variation:21', 'product:2', 500n],
      ['product:1', 'sku:SUPPORT-*', 300n],
    ])
  })

  it('finds the product that a package names', async () => {
    expect(await findProduct(desk.deps, { shopId, match: 'variation:61' })).toMatchObject({
      name: 'Support plan – 20',
    })
    expect(await findProduct(desk.deps, { shopId, match: 'product:1' })).toMatchObject({ sku: 'POD-1' })
    for (const match of ['product:6', 'product:61', 'variation:1', 'sku:POD-1', '', 'product:1\u0000']) {
      expect(await findProduct(desk.deps, { shopId, match })).toBeUndefined()
    }
    expect(await findProduct(desk.deps, { shopId: bigId, match: 'variation:61' })).toBeUndefined()
  })
})
