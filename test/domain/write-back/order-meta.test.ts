import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { changeSettings } from '../../../src/domain/shops/change-settings.ts'
import { runBackfill } from '../../../src/domain/sync/run-backfill.ts'
import { startBackfill } from '../../../src/domain/sync/start-backfill.ts'
import { checkOrderMeta } from '../../../src/domain/write-back/check-order-meta.ts'
import { spend } from '../orders/order-desk.ts'
import { metaOf, openShopDesk, type ShopDesk } from './shop-desk.ts'

let shop: ShopDesk
beforeEach(async () => {
  shop = await openShopDesk()
})
afterEach(() => shop.close())

const ana = 'ana@example.test'
const put = /^PUT /

/** A paid order of one SUPPORT-10, heard of and swept. */
async function bought(email = ana): Promise<number> {
  const id = shop.fake.createOrder({ email })
  await shop.deliver()
  await settle()
  return id
}

/** Sweeps until nothing is left to do for what happened until now. */
async function settle(): Promise<void> {
  shop.pass(61)
  await shop.sweep()
  await shop.deliver()
}

async function ticketUrl(): Promise<string> {
  const [ticket] = await shop.deps.db.query<{ id: bigint }>('test-ticket-id', 'select id from ticket', [])
  return `https://desk.example.test/desk/tickets/${ticket?.id}`
}

describe('ticket and balance on the order', () => {
  it('are written soon after the ticket opened, and again when credits were spent', async () => {
    const order = await bought()
    expect(metaOf(shop.fake, order)).toEqual({ ticket: '1001', ticket_url: await ticketUrl(), balance: '10' })
    await spend(shop.deps, shop.shopId, order, 3)
    await settle()
    expect(metaOf(shop.fake, order)).toMatchObject({ balance: '7' })
  })

  it('one write fires one delivery, which makes one look, which writes nothing', async () => {
    const order = await bought()
    await spend(shop.deps, shop.shopId, order, 1)
    shop.pass(61)
    shop.asked(/./)
    await shop.sweep()
    expect(shop.asked(/./)).toEqual([`PUT /wp-json/wc/v3/orders/${order}`])
    expect(await shop.deliver()).toBe(1)
    expect(shop.asked(/./)).toEqual([`GET /wp-json/wc/v3/orders/${order}`])
    const [delivery] = await shop.deps.db.query<{ reason: string }>(
      'test-last-delivery',
      'select reason from delivery order by id desc limit 1',
      [],
    )
    expect(delivery?.reason).toBe('The same state of the order is known.')
    for (let minute = 0; minute < 5; minute += 1) {
      await settle()
      await checkOrderMeta(shop.deps)
    }
    expect(shop.asked(/./)).toEqual([])
  })

  it('wait for the end of a back-fill, which would read what was written once more', async () => {
    const order = await bought()
    const { shopId, deps } = shop
    const { id } = await startBackfill(deps, { shopId, actor: 'test' })
    await spend(deps, shopId, order, 1)
    shop.asked(/./)
    await settle()
    expect(shop.asked(put)).toEqual([])
    expect(await runBackfill(deps, { shopId, backfillId: BigInt(id) })).toEqual({ outcome: 'ended' })
    await settle()
    expect(shop.asked(put)).toHaveLength(1)
    expect(metaOf(shop.fake, order)).toMatchObject({ balance: '9' })
  })

  it('are written once a minute, however many answers are sent, and end right', async () => {
    const order = await bought()
    shop.asked(/./)
    for (let round = 0; round < 4; round += 1) {
      await spend(shop.deps, shop.shopId, order, 1)
      shop.pass(20)
      await shop.sweep()
    }
    // 80 s since the last write: one write fits in between.
    expect(shop.asked(put)).toHaveLength(1)
    await settle()
    expect(shop.asked(put)).toHaveLength(1)
    expect(metaOf(shop.fake, order)).toMatchObject({ balance: '6' })
  })

  it('stand on every order with credits left and on the newest; one that is used up shows no balance', async () => {
    const first = await bought()
    const second = await bought()
    expect([first, second].map((id) => metaOf(shop.fake, id).balance)).toEqual(['20', '20'])
    await spend(shop.deps, shop.shopId, first, 10)
    await settle()
    expect(metaOf(shop.fake, first)).toEqual({ ticket: '1001', ticket_url: expect.any(String) })
    expect(metaOf(shop.fake, second)).toMatchObject({ ticket: '1002', balance: '10' })
    await spend(shop.deps, shop.shopId, second, 10)
    await settle()
    expect(metaOf(shop.fake, second)).toMatchObject({ balance: '0' })
    shop.asked(/./)
    await settle()
    expect(shop.asked(put)).toEqual([])
  })

  it('are left out where the shop switched them off, and come when it switches them on', async () => {
    await changeSettings(shop.deps, { shopId: shop.shopId, actor: 'cli', orderMeta: false })
    const order = await bought()
    expect(metaOf(shop.fake, order)).toEqual({})
    await changeSettings(shop.deps, { shopId: shop.shopId, actor: 'cli', orderMeta: true })
    await checkOrderMeta(shop.deps)
    await settle()
    expect(metaOf(shop.fake, order)).toMatchObject({ balance: '10' })
  })

  it('are not written on an order that the shop has no more', async () => {
    const order = await bought()
    await spend(shop.deps, shop.shopId, order, 1)
    shop.fake.removeForGood(order)
    await settle()
    shop.asked(/./)
    await settle()
    expect(shop.asked(/./)).toEqual([])
    expect(shop.warnings).toEqual([])
  })
})

describe('a shop that takes nothing', () => {
  it.each([
    ['is down', () => shop.fake.misbehave('error500')],
    ['hangs', () => shop.hang()],
    ['refuses the keys', () => shop.fake.revokeKey(shop.fake.addKey().consumerKey)],
  ])('because it %s is asked once, then less and less; nothing is lost', async (_what, breakIt) => {
    const orders = [await bought(), await bought('b@example.test')]
    if (/keys/.test(_what)) shop.fake.revokeKey('ck_0123456789abcdef0123456789abcdef01234567')
    else breakIt()
    for (const order of orders) await spend(shop.deps, shop.shopId, order, 1)
    shop.asked(/./)
    shop.pass(61)
    await shop.sweep()
    expect(shop.asked(/./)).toHaveLength(1)
    let tries = 0
    for (let minute = 0; minute < 60; minute += 1) {
      shop.pass(60)
      await shop.sweep()
      tries += shop.asked(/./).length
    }
    expect(tries).toBeLessThanOrEqual(6)
    expect(await spendWorks(orders[0] ?? 0)).toBe(true)
    shop.behave()
    if (/keys/.test(_what)) {
      shop.fake.addKey({
        consumerKey: 'ck_0123456789abcdef0123456789abcdef01234567',
        consumerSecret: 'cs_89abcdef0123456789abcdef0123456789abcdef',
      })
    }
    shop.pass(3_600)
    await shop.sweep()
    expect(orders.map((id) => metaOf(shop.fake, id).balance)).toEqual(['8', '9'])
  })

  it('for three days is given up with a line in the log, and written again when it is back', async () => {
    const order = await bought()
    await spend(shop.deps, shop.shopId, order, 1)
    shop.fake.misbehave('error500')
    for (let hour = 0; hour < 74; hour += 1) {
      shop.pass(3_600)
      await shop.sweep()
    }
    expect(shop.warnings).toMatchObject([{ data: { orders: 1, days: 3 } }])
    shop.asked(/./)
    for (let hour = 0; hour < 10; hour += 1) {
      shop.pass(3_600)
      await shop.sweep()
      await checkOrderMeta(shop.deps)
    }
    expect(shop.asked(/./)).toEqual([])
    shop.behave()
    await spend(shop.deps, shop.shopId, order, 1)
    await settle()
    expect(metaOf(shop.fake, order)).toMatchObject({ balance: '8' })
  })

  it('of one order is told in the log once; the other orders are written', async () => {
    const first = await bought()
    const second = await bought('b@example.test')
    for (const order of [first, second]) await spend(shop.deps, shop.shopId, order, 1)
    shop.fake.misbehave('noRoute', Number.POSITIVE_INFINITY, new RegExp(`PUT .*/orders/${first}`))
    await settle()
    await settle()
    await checkOrderMeta(shop.deps)
    await settle()
    expect(shop.warnings).toMatchObject([{ data: { order: String(first) } }])
    expect(metaOf(shop.fake, second)).toMatchObject({ balance: '9' })
    shop.behave()
    await spend(shop.deps, shop.shopId, first, 1)
    await settle()
    expect(metaOf(shop.fake, first)).toMatchObject({ balance: '8' })
  })
})

async function spendWorks(order: number): Promise<boolean> {
  await spend(shop.deps, shop.shopId, order, 1)
  return true
}
