import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { saveProducts } from '../../src/domain/products/save-products.ts'
import { makeWorld, type World } from '../support/world.ts'
import { commandLine } from './command-line.ts'

let world: World
let shopId: bigint
beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  shopId = await world.addShop()
})

const cli = commandLine(() => world.deps)
const ofShop = () => ['--shop', String(shopId)]

async function know(count: number): Promise<void> {
  const products = Array.from({ length: count }, (_, n) => ({
    ...{
      productId: String(n + 1),
      name: `Mug ${n + 1}`,
      sku: `MUG-${n + 1}`,
      price: '9.90',
      published: n !== 1,
    },
    ...{ categories: ['mugs'], modifiedAt: undefined, ...(n === 0 && { proposedCredits: '2.5' }) },
  }))
  await world.db.transaction((sql) =>
    saveProducts(sql, { shopId, askedAt: world.clock.at, products, whole: [] }),
  )
}

describe('product:list', () => {
  it('prints all that the shop sells, with what it carries and proposes', async () => {
    await know(2)
    await cli.json('package:add', ...ofShop(), '--match', 'category:Mugs', '--credits', '3')
    const { products } = await cli.json('product:list', ...ofShop())
    expect(products).toMatchObject([
      {
        match: 'product:1',
        name: 'Mug 1',
        proposedCredits: 2.5,
        package: { match: 'category:mugs', credits: 3 },
      },
      { match: 'product:2', name: 'Mug 2', published: false, proposedCredits: null },
    ])
    expect((await cli.run('product:list', ...ofShop(), '--search', 'mug-2')).out).toBe(
      'product:2 · Mug 2 · MUG-2 · 9.90 · mugs · not published · carries 3 credits by category:mugs\n',
    )
    expect((await cli.run('product:list', ...ofShop())).out).toContain('proposes 2.5 credits')
  })

  it('prints more than a page of them', async () => {
    await know(1_001)
    expect((await cli.json('product:list', ...ofShop())).products).toHaveLength(1_001)
  })

  it('knows no product of another shop, and no shop that is not there', async () => {
    await know(1)
    shopId = await world.addShop()
    expect(await cli.json('product:list', ...ofShop())).toEqual({ products: [] })
    expect((await cli.run('product:list', '--shop', '999999')).failed).toMatch(/nothing here under that id/)
  })
})

describe('product:refresh', () => {
  it('has a worker read the products, and refuses where the shop cannot be asked', async () => {
    expect((await cli.run('product:refresh', ...ofShop())).failed).toMatch(/^This shop cannot be asked/)
    const keys = { consumerKey: Buffer.from('x'), consumerSecret: Buffer.from('x') }
    await world.db.prisma.shop.update({ where: { id: shopId }, data: keys })
    expect(await cli.json('product:refresh', ...ofShop())).toEqual({
      reading: true,
      found: 0,
      completeAt: null,
    })
  })
})

describe('shop:settings', () => {
  it('sets where products say their credits', async () => {
    expect(await cli.json('shop:settings', ...ofShop(), '--credits-key', 'credits')).toMatchObject({
      creditsKey: 'credits',
    })
    expect((await cli.run('shop:settings', ...ofShop(), '--credits-key', 'a b')).failed).toMatch(
      /^--credits-key: give/,
    )
  })
})
