import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { ProductQuery } from '../../../src/ports/shop.ts'
import { failureOf, openTalk, type Talk } from './talk.ts'

const creditsKey = '_support_credits'
let talk: Talk
beforeAll(async () => {
  talk = await openTalk()
})
afterAll(() => talk.shop.close())
beforeEach(() => {
  talk.shop.behave()
  talk.shop.requests.length = 0
})

const list = (query: Partial<ProductQuery> = {}) =>
  talk.api.listProducts(talk.keys, { page: 1, pageSize: 20, creditsKey, ...query })
const fetchProduct = (id: string) => talk.api.fetchProduct(talk.keys, id, creditsKey)

describe('the products of a shop', () => {
  it('are listed with their proposals, a variable one as its variations', async () => {
    const { products, more } = await list()
    expect(more).toBe(false)
    expect(products.map(({ name, sku, proposedCredits }) => [name, sku, proposedCredits])).toEqual([
      ['Support pack 10', 'SUPPORT-10', '10'],
      ['Support plan – 20 credits', 'SUPPORT-20', '20'],
      ['Support plan – 5 credits', 'SUPPORT-5', '5'],
      ['Mug', 'MUG-1', undefined],
      ['Trial support credit', 'SUPPORT-TRIAL', '1'],
      ['Consulting (no SKU)', '', undefined],
    ])
    expect(products[1]).toEqual({
      productId: '12',
      variationId: '14',
      name: 'Support plan – 20 credits',
      sku: 'SUPPORT-20',
      price: '220.5',
      published: true,
      categories: ['uncategorized'],
      proposedCredits: '20',
      modifiedAt: new Date('2026-11-22T00:44:29Z'),
    })
  })

  it('come page by page', async () => {
    expect(await list({ pageSize: 3 })).toMatchObject({ more: true })
    const second = await list({ pageSize: 3, page: 2 })
    expect(second.more).toBe(false)
    expect(second.products.map(({ name }) => name)).toEqual(['Trial support credit', 'Consulting (no SKU)'])
  })

  it('are found by a word of the name or by the SKU, that of a variation too', async () => {
    expect((await list({ search: ' mug ' })).products.map(({ sku }) => sku)).toEqual(['MUG-1'])
    expect((await list({ search: 'SUPPORT-20' })).products).toMatchObject([
      {
        productId: '12',
        variationId: '14',
        name: 'Support plan – 20 credits',
        categories: ['uncategorized'],
      },
    ])
    expect((await list({ search: 'SUPPORT-10' })).products).toMatchObject([{ productId: '11' }])
    expect((await list({ search: 'nothing like it' })).products).toEqual([])
  })

  it('are told as unpublished when they or their product are', async () => {
    const id = talk.shop.addProduct({ name: 'Gold plan', type: 'variable', status: 'private' })
    talk.shop.addVariation(id, { option: '50 credits', sku: 'GOLD-50' })
    talk.shop.setCredits(id, '50')
    expect(await fetchProduct(String(id))).toMatchObject([
      { name: 'Gold plan – 50 credits', sku: 'GOLD-50', published: false, proposedCredits: '50' },
    ])
    talk.shop.removeProduct(id)
  })

  it('may have no price, and a proposal that is a number', async () => {
    const id = talk.shop.addProduct({ name: 'Gift', price: '', categories: ['support', 'gifts'] })
    talk.shop.editProduct(id, { meta_data: [{ id: 1, key: creditsKey, value: 2.5 }] })
    expect(await fetchProduct(String(id))).toMatchObject([
      { price: '', proposedCredits: '2.5', categories: ['support', 'gifts'] },
    ])
    talk.shop.editProduct(id, { meta_data: [{ id: 1, key: creditsKey, value: ['no', 'text'] }] })
    expect((await fetchProduct(String(id)))[0]?.proposedCredits).toBeUndefined()
    talk.shop.removeProduct(id)
  })

  it('are looked up by id with all variations, or by the id of a variation', async () => {
    expect((await fetchProduct('12')).map(({ variationId }) => variationId)).toEqual(['14', '13'])
    expect(await fetchProduct('14')).toMatchObject([{ productId: '12', variationId: '14' }])
    expect((await fetchProduct('11')).map(({ productId }) => productId)).toEqual(['11'])
  })

  it('that are gone or in the trash are none', async () => {
    expect(await fetchProduct('9999')).toEqual([])
    const id = talk.shop.addProduct({ name: 'Old', status: 'trash' })
    expect(await fetchProduct(String(id))).toEqual([])
    talk.shop.misbehave('plain404')
    expect((await failureOf(fetchProduct('11'))).message).toMatch(/Permalinks/)
  })

  it('with more variations than a page are read whole', async () => {
    const id = talk.shop.addProduct({ name: 'Many', type: 'variable' })
    for (let option = 0; option < 120; option += 1) talk.shop.addVariation(id, { option: `${option}` })
    expect(await fetchProduct(String(id))).toHaveLength(120)
    talk.shop.removeProduct(id)
  })
})
