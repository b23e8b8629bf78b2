import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { addShop } from '../../src/domain/shops/add-shop.ts'
import { answerMisfit } from './api/documented.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from './open-app.ts'
import { readText, signInAs, type Visitor } from './visit.ts'

let test: TestApp
let shop: TestShop
let visitor: Visitor
beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
  await giveKeys(shop.shopId)
  visitor = await signInAs(test.app, test.deps, shop.shopId, 'agent')
})
afterAll(() => test.close())

/** The keys are sealed for their shop, so they are borrowed with its row. */
async function giveKeys(shopId: bigint): Promise<void> {
  const keys = { key: 'ck_1', secret: 'cs_1', webhookSecret: 'x', url: 'https://shop.example', name: 'x' }
  const other = BigInt((await addShop(test.deps, keys)).id)
  await test.deps.db.query(
    'test-keys',
    `update shop set consumer_key = o.consumer_key, consumer_secret = o.consumer_secret from shop o where shop.id = $1 and o.id = $2`,
    [shopId, other],
  )
}

async function setContext(customerId: string, refreshedAt: Date): Promise<void> {
  await test.deps.db.query(
    'test-context',
    `insert into customer_context (shop_id, customer_id, orders, spent, first_order_at, last_order_at, country, emails, latest, refreshed_at, tried_at)
     values ($1, $2, 3, $3, $4, $4, 'SI', $5, $6, $7, $7)`,
    [
      shop.shopId,
      BigInt(customerId),
      JSON.stringify([{ currency: 'EUR', amount: '300.00' }]),
      new Date('2026-02-01T10:00:00Z'),
      ['boss@example.test'],
      JSON.stringify([
        {
          orderId: '77',
          number: 'N-77',
          status: 'completed',
          total: '100.00',
          currency: 'EUR',
          at: '2026-02-01T10:00:00.000Z',
        },
      ]),
      refreshedAt,
    ],
  )
}

async function asked(customerId: string): Promise<number> {
  const jobs = await test.deps.db.query(
    'test-asked',
    `select 1 as one from graphile_worker._private_jobs where payload ->> 'customerId' = $1`,
    [customerId],
  )
  return jobs.length
}

const url = 'https://shop.example/wp-admin/admin.php?page=wc-orders&action=edit&id=77'
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000)

describe('the customer in the shop', () => {
  it('stands beside the ticket at no further statement, and is not asked for while it is fresh', async () => {
    const { ticketId, customerId } = await seedTicket(test.app, test.deps, shop)
    await setContext(customerId, hoursAgo(1))
    test.statements()
    const page = await visitor.get(`/desk/tickets/${ticketId}`).expect(200)
    expect(test.statements()).toHaveLength(4)
    const text = readText(page)
    expect(text).toContain('€300.00')
    expect(text).toContain('Slovenia')
    expect(text).toContain('boss@example.test')
    expect(page.text).toContain(url.replaceAll('&', '&amp;'))
    expect(await asked(customerId)).toBe(0)
  })

  it('is shown although it is old, and asked for behind the page, once', async () => {
    const { ticketId, customerId } = await seedTicket(test.app, test.deps, shop)
    await setContext(customerId, hoursAgo(7))
    for (let look = 0; look < 3; look += 1) {
      expect(readText(await visitor.get(`/desk/tickets/${ticketId}`).expect(200))).toContain('€300.00')
    }
    await expect(settled(() => asked(customerId))).resolves.toBe(1)
  })

  it('is asked for when nothing is known yet, and the page says so', async () => {
    const { ticketId, customerId } = await seedTicket(test.app, test.deps, shop)
    const page = await visitor.get(`/desk/tickets/${ticketId}`).expect(200)
    expect(readText(page)).toContain('The shop is being asked')
    await expect(settled(() => asked(customerId))).resolves.toBe(1)
  })

  it('is not asked for in a shop without keys', async () => {
    const bare = await seedShop(test.deps, 'Bare')
    const agent = await signInAs(test.app, test.deps, bare.shopId, 'agent')
    const { ticketId, customerId } = await seedTicket(test.app, test.deps, bare)
    expect(readText(await agent.get(`/desk/tickets/${ticketId}`).expect(200))).toContain('gave no keys')
    expect(await asked(customerId)).toBe(0)
  })
})

describe('GET /customers/{id}/context', () => {
  const get = (id: string, key = shop.readKey) =>
    request(test.app).get(`/api/v1/customers/${id}/context`).set('Authorization', `Bearer ${key}`)

  it('tells it as documented, with the page of each order', async () => {
    const { customerId } = await seedTicket(test.app, test.deps, shop)
    await setContext(customerId, hoursAgo(1))
    const { body } = await get(customerId).expect(200)
    expect(answerMisfit('get', '/customers/{id}/context', 200, body)).toBeUndefined()
    expect(body).toMatchObject({
      source: 'shop',
      orders: 3,
      spent: [{ currency: 'EUR', amount: '300.00' }],
      country: 'SI',
      emails: ['boss@example.test'],
      latest: [{ id: '77', number: 'N-77', url }],
      stale: false,
      problem: null,
    })
  })

  it('asks for what is old, and does not know customers of others', async () => {
    const { customerId } = await seedTicket(test.app, test.deps, shop)
    const { body } = await get(customerId).expect(200)
    expect(body).toMatchObject({ source: 'deliveries', orders: 0, stale: true, refreshedAt: null })
    expect(await asked(customerId)).toBe(1)
    const stranger = await seedShop(test.deps, 'Stranger')
    await get(customerId, stranger.readKey).expect(404)
  })
})

/** What happens behind an answer has happened when it is seen, or never: a few looks are enough. */
async function settled(look: () => Promise<number>): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    const count = await look()
    if (count > 0) return count
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return await look()
}
