import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { saveProducts } from '../../../src/domain/products/save-products.ts'
import { deliverOrder } from '../../domain/orders/order-desk.ts'
import { openTestApp, seedShop, type TestApp, type TestShop } from '../open-app.ts'
import { answerMisfit } from './documented.ts'

let test: TestApp
let shop: TestShop
beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
})
afterAll(() => test.close())

const get = (path: string, key = shop.key) =>
  request(test.app).get(`/api/v1${path}`).set('Authorization', `Bearer ${key}`)
const post = (path: string, body: object = {}, key = shop.key) =>
  request(test.app).post(`/api/v1${path}`).set('Authorization', `Bearer ${key}`).send(body)

describe('products', () => {
  it('are listed and searched, with what they propose and carry', async () => {
    const { db, clock } = test.deps
    const product = {
      productId: '11',
      name: 'Support pack',
      sku: 'SUPPORT-10',
      price: '125.00',
      published: true,
    }
    await db.transaction((sql) =>
      saveProducts(sql, {
        ...{ shopId: shop.shopId, askedAt: clock.now(), whole: [] },
        products: [
          { ...product, categories: ['help'], proposedCredits: '10', modifiedAt: undefined },
          { ...product, variationId: '13', name: 'Plan – 5', sku: '', categories: [], modifiedAt: undefined },
        ],
      }),
    )
    await post('/packages', { match: 'category:help', credits: 2.5 }).expect(201)
    const all = await get('/products').expect(200)
    expect(answerMisfit('get', '/products', 200, all.body)).toBeUndefined()
    expect(all.body.data).toMatchObject([
      { match: 'variation:13', productId: '11', variationId: '13', proposedCredits: null, package: null },
      {
        match: 'product:11',
        ...{
          name: 'Support pack',
          sku: 'SUPPORT-10',
          price: '125.00',
          published: true,
          categories: ['help'],
        },
        ...{ proposal: '10', proposedCredits: 10, package: { match: 'category:help', credits: 2.5 } },
      },
    ])
    const first = await get('/products?limit=1').expect(200)
    const second = await get(`/products?limit=1&cursor=${first.body.next}`).expect(200)
    expect([second.body.data[0].match, second.body.next]).toEqual(['product:11', null])
    expect((await get('/products?q=supp').expect(200)).body.data).toHaveLength(1)
    await get('/products?cursor=x').expect(422)
    const stranger = await seedShop(test.deps, 'Other')
    expect((await get('/products', stranger.key)).body.data).toEqual([])
  })

  it('are read again when asked, where the shop can be asked', async () => {
    const refused = await post('/products/refresh')
    expect([refused.status, refused.body.code]).toEqual([409, 'shop_not_askable'])
    const { prisma } = test.deps.db
    const keyed = await seedShop(test.deps, 'Keyed')
    const data = { consumerKey: Buffer.from('x'), consumerSecret: Buffer.from('x') }
    await prisma.shop.update({ where: { id: keyed.shopId }, data })
    const asked = await post('/products/refresh', {}, keyed.key).expect(200)
    expect(answerMisfit('post', '/products/refresh', 200, asked.body)).toBeUndefined()
    expect(asked.body).toEqual({ reading: true, found: 0, completeAt: null, trouble: null })
    await post('/products/refresh', {}, keyed.readKey).expect(403)
  })

  it('say in the settings under which key they propose', async () => {
    expect((await get('/settings')).body.creditsKey).toBe('_support_credits')
    expect((await post('/settings', { creditsKey: 'credits' }).expect(200)).body.creditsKey).toBe('credits')
    const wrong = await post('/settings', { creditsKey: 'a b' })
    expect([wrong.status, wrong.body.errors[0].field]).toEqual([422, 'creditsKey'])
  })
})

describe('packages', () => {
  it('tell whether customers can buy what they name', async () => {
    const { body } = await post('/packages', { match: 'sku:NOTHING', credits: 1 }).expect(201)
    expect(answerMisfit('post', '/packages', 201, body)).toBeUndefined()
    expect(body.inShop).toBeNull()
    const at = new Date()
    await test.deps.db.prisma.catalogueRead.create({
      data: { shopId: shop.shopId, startedAt: at, endedAt: at, completeAt: at },
    })
    expect((await get(`/packages/${body.id}`)).body.inShop).toBe('gone')
  })
})

describe('what may need a package', () => {
  it('is listed by article, dismissed by who may, and asked about again', async () => {
    for (const id of [1, 2]) {
      const lines = [{ id: 1, productId: 20 + id, sku: '', name: 'Podpora' }]
      await deliverOrder(test.deps, shop.shopId, { id, age: 0, lines })
    }
    const { body } = await get('/unmatched').expect(200)
    expect(answerMisfit('get', '/unmatched', 200, body)).toBeUndefined()
    expect(body).toMatchObject({
      orders: 2,
      data: [
        { subject: 'product:22', name: 'Podpora', hint: 'name', orders: [{ id: '2', number: '2' }] },
        { subject: 'product:21', orderCount: 1, proposedCredits: null },
      ],
      next: null,
    })
    const first = await get('/unmatched?limit=1').expect(200)
    const second = await get(`/unmatched?limit=1&cursor=${first.body.next}`).expect(200)
    expect([second.body.data[0].subject, second.body.next]).toEqual(['product:21', null])
    await post('/unmatched/dismiss', { subject: 'product:22' }, shop.writeKey).expect(403)
    const done = await post('/unmatched/dismiss', { subject: 'product:22' }).expect(200)
    expect(answerMisfit('post', '/unmatched/dismiss', 200, done.body)).toBeUndefined()
    expect((await get('/unmatched')).body.data).toHaveLength(1)
    expect((await get('/unmatched?dismissed=true')).body.data).toMatchObject([{ subject: 'product:22' }])
    await post('/unmatched/dismiss', { subject: 'product:22', dismissed: false }).expect(200)
    expect((await get('/unmatched')).body.data).toHaveLength(2)
    await post('/unmatched/dismiss', { subject: 'product:404' }).expect(404)
    await get('/unmatched?cursor=MQ').expect(422)
  })
})
