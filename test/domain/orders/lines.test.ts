import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { rematchOrders } from '../../../src/domain/orders/rematch-orders.ts'
import { addPackage } from '../../../src/domain/packages/add-package.ts'
import { setRate } from '../../../src/domain/packages/set-rate.ts'
import { captureNumber } from '../../support/fakes/captures.ts'
import { type FakeShop, fakeShopKeys, startFakeShop } from '../../support/fakes/shop.ts'
import {
  addBareShop,
  addRecordedShop,
  balanceOf,
  deliver,
  deliverOrder,
  type OrderDesk,
  openOrderDesk,
  orderBody,
  spend,
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
beforeEach(async () => {
  shopId = await addRecordedShop(desk.deps)
})

async function grantsOf(orderId: number): Promise<object[]> {
  return await desk.db.query(
    'test-grants',
    `select g.entitled::int, g.consumed::int, array(select e.kind || ' ' || e.key from ledger_entry e
       where e.shop_id = g.shop_id and e.grant_id = g.id and e.kind <> 'spend' order by e.id) as entries
     from credit_grant g join shop_order o on o.shop_id = g.shop_id and o.id = g.order_id
     where o.shop_id = $1 and o.external_id = $2 order by g.id`,
    [shopId, String(orderId)],
  )
}

describe('rule 14', () => {
  it('2 packs of 10 bought, 12 spent, one pack refunded: entitled 10, remainder 0, deficit 2, other grants untouched', async () => {
    shopId = await addRecordedShop(desk.deps, {
      url: fake.url,
      key: fakeShopKeys.consumerKey,
      secret: fakeShopKeys.consumerSecret,
    })
    const bought = JSON.parse(orderBody({ id: 19, age: 0, lines: [{ id: 2, quantity: 2 }] }).toString())
    fake.state.orders = { '18': JSON.parse(orderBody({ id: 18, age: 0 }).toString()), '19': bought }
    await deliverOrder(desk.deps, shopId, { id: 18, age: 0 })
    await deliverOrder(desk.deps, shopId, { id: 19, age: 0 })
    expect(await balanceOf(desk.db, shopId, 19)).toEqual({ available: 3000, deficit: 0 })
    await spend(desk.deps, shopId, 19, 12)
    expect(await balanceOf(desk.db, shopId, 19)).toEqual({ available: 1800, deficit: 0 })

    fake.state.orders['19'] = { ...bought, refunds: [{ id: 90, reason: '', total: '-125.00' }] }
    const piece = {
      quantity: -1,
      total: '-125.00',
      total_tax: '0.00',
      meta_data: [{ key: '_refunded_item_id', value: '2' }],
    }
    fake.state.refunds['19'] = [
      { id: 90, amount: '125.00', line_items: [piece], shipping_lines: [], fee_lines: [] },
    ]
    await deliverOrder(desk.deps, shopId, { id: 19, age: 1 })
    expect(await grantsOf(19)).toMatchObject([{ entitled: 1000, consumed: 1200 }])
    expect(await grantsOf(18)).toMatchObject([{ entitled: 1000, consumed: 0 }])
    expect(await balanceOf(desk.db, shopId, 19)).toEqual({ available: 1000, deficit: 200 })
  })

  it('follows a line down, up and down again, each change once with its own key', async () => {
    for (const [age, quantity] of [
      [0, 2],
      [1, 1],
      [2, 3],
      [3, 1],
    ] as const) {
      await deliverOrder(desk.deps, shopId, { id: 1, age, lines: [{ id: 7, quantity }] })
    }
    const [grant] = (await grantsOf(1)) as { entries: string[] }[]
    expect(await balanceOf(desk.db, shopId, 1)).toEqual({ available: 1000, deficit: 0 })
    expect(grant?.entries.map((entry) => entry.split(' ')[0])).toEqual([
      'grant',
      'revoke',
      'restore',
      'revoke',
    ])
    expect(new Set(grant?.entries.map((entry) => entry.split(' ')[1])).size).toBe(4)
  })

  it('continues a vanished line when one of the same package appears, with its expiry and what was spent', async () => {
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, lines: [{ id: 7, quantity: 2 }] })
    await spend(desk.deps, shopId, 1, 3)
    await deliverOrder(desk.deps, shopId, { id: 1, age: 1, lines: [{ id: 8, quantity: 1 }] })
    expect(await grantsOf(1)).toMatchObject([{ entitled: 1000, consumed: 300 }])
    await deliverOrder(desk.deps, shopId, { id: 1, age: 2, lines: [{ id: 8, quantity: 3 }] })
    expect(await balanceOf(desk.db, shopId, 1)).toEqual({ available: 2700, deficit: 0 })
  })

  it('takes a vanished line to zero when another package appears', async () => {
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, lines: [{ id: 7 }] })
    await deliverOrder(desk.deps, shopId, { id: 1, age: 1, lines: [{ id: 8, sku: 'support-20' }] })
    expect(await grantsOf(1)).toMatchObject([{ entitled: 0 }, { entitled: 2000 }])
    await deliverOrder(desk.deps, shopId, {
      id: 1,
      age: 2,
      lines: [{ id: 7 }, { id: 8, sku: 'SUPPORT-20' }],
    })
    expect(await grantsOf(1)).toMatchObject([{ entitled: 1000 }, { entitled: 2000 }])
  })

  it('lets the snapshot decide later changes, not the package or price of the day', async () => {
    const bare = await addBareShop(desk.deps)
    await addPackage(desk.deps, {
      actor: 'cli',
      shopId: bare,
      match: 'sku:SUPPORT-*',
      credits: 10,
      name: 'Support',
    })
    await deliverOrder(desk.deps, bare, { id: 1, age: 0, lines: [{ id: 7 }] })
    await addPackage(desk.deps, { actor: 'cli', shopId: bare, match: 'product:11', credits: 50 })
    await setRate(desk.deps, { actor: 'cli', shopId: bare, channel: 'email', price: 2 })
    await deliverOrder(desk.deps, bare, { id: 1, age: 1, lines: [{ id: 7, quantity: 3 }] })
    expect(await balanceOf(desk.db, bare, 1)).toEqual({ available: 3000, deficit: 0 })
    await deliverOrder(desk.deps, bare, { id: 2, age: 0, lines: [{ id: 9 }] })
    const prices = await desk.db.query(
      'test-prices',
      `select units_each::int as units, prices -> 'email' ->> 'units' as email, prices -> 'portal' ->> 'units' as portal
       from credit_grant where shop_id = $1 order by id`,
      [bare],
    )
    expect(prices).toEqual([
      { units: 1000, email: '100', portal: '100' },
      { units: 5000, email: '200', portal: '200' },
    ])
  })

  it('puts an amount refunded without pieces before a supervisor, once for each amount, and moves nothing', async () => {
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, total: '125.00' })
    const refunds = [{ id: 5, total: '-25.00' }]
    await deliverOrder(desk.deps, shopId, { id: 1, age: 1, total: '125.00', refunds })
    await deliverOrder(desk.deps, shopId, { id: 1, age: 2, total: '125.00', refunds, note: 'again' })
    expect(await balanceOf(desk.db, shopId, 1)).toEqual({ available: 1000, deficit: 0 })
    const reviews = await desk.db.query(
      'test-reviews',
      'select kind, data, ticket_id is not null as ticket from review where shop_id = $1',
      [shopId],
    )
    expect(reviews).toEqual([
      {
        kind: 'amount_refund',
        ticket: true,
        data: { orderNumber: '1', refunded: '25.00', total: '125.00', currency: 'EUR', proposedUnits: 200 },
      },
    ])
    const events = await desk.db.query(
      'test-refund-events',
      `select data from ticket_event where shop_id = $1 and kind = 'amount_refund_flagged'`,
      [shopId],
    )
    expect(events).toEqual([{ data: { amount: '25.00', currency: 'EUR', orderNumber: '1' } }])
  })

  it('gives no credits for cash on delivery until the order is completed', async () => {
    await deliver(desk.deps, shopId, 'order.created', captureNumber(38).rawBody)
    const before = await desk.db.query('test-tickets', 'select id from ticket where shop_id = $1', [shopId])
    expect(before).toEqual([])
    await deliverOrder(desk.deps, shopId, {
      id: 53,
      age: 4_000,
      status: 'completed',
      paid: false,
      lines: [{ id: 40, quantity: 3 }],
    })
    expect(await balanceOf(desk.db, shopId, 53)).toEqual({ available: 3000, deficit: 0 })
  })
})

describe('a package that is added after the order', () => {
  it('gives credits to the lines that matched nothing, and opens the ticket', async () => {
    const bare = await addBareShop(desk.deps)
    await deliver(desk.deps, bare, 'order.created', captureNumber(6).rawBody)
    await deliver(desk.deps, bare, 'order.created', captureNumber(12).rawBody)
    await addPackage(desk.deps, { actor: 'cli', shopId: bare, match: 'variation:14', credits: 20, days: 365 })
    await rematchOrders(desk.deps, { shopId: bare })
    expect(await balanceOf(desk.db, bare, 20)).toEqual({ available: 4000, deficit: 0 })
    await addPackage(desk.deps, { actor: 'cli', shopId: bare, match: 'product:11', credits: 10 })
    await rematchOrders(desk.deps, { shopId: bare })
    await rematchOrders(desk.deps, { shopId: bare })
    expect(await balanceOf(desk.db, bare, 20)).toEqual({ available: 5000, deficit: 0 })
    const grants = await desk.db.query(
      'test-rule-17',
      `select name, paid_total::numeric(10, 2)::text as total, paid_tax::numeric(10, 2)::text as tax, currency, expires_at as "expiresAt"
       from credit_grant where shop_id = $1 order by id`,
      [bare],
    )
    // Rule 13: the last day in the shop's time zone, a year after the day of payment. Rule 17: what was paid.
    expect(grants).toMatchObject([
      { total: '441.00', currency: 'EUR', expiresAt: new Date('2027-11-22T22:59:59.999Z') },
      { total: '125.00', currency: 'EUR', expiresAt: null },
    ])
    const tickets = await desk.db.query('test-bare-tickets', 'select number from ticket where shop_id = $1', [
      bare,
    ])
    expect(tickets).toEqual([{ number: 1001 }])
  })

  it('asks a person about a paid line whose product is gone', async () => {
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, lines: [{ id: 7, productId: 0, sku: '' }] })
    const reviews = await desk.db.query(
      'test-lost-product',
      'select kind, data from review where shop_id = $1',
      [shopId],
    )
    expect(reviews).toEqual([{ kind: 'deleted_product', data: { orderNumber: '1' } }])
  })
})
