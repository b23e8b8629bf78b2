import { afterEach, describe, expect, it } from '@jest/globals'
import { lookAtOrders } from '../../../src/domain/sync/look-at-orders.ts'
import { readSync } from '../../../src/domain/sync/read-sync.ts'
import { reconcileShop } from '../../../src/domain/sync/reconcile-shop.ts'
import { requestLook } from '../../../src/domain/sync/request-look.ts'
import { spend } from '../orders/order-desk.ts'
import { creditsByOrder, openSyncDesk, type SyncDesk } from './sync-desk.ts'

let desk: SyncDesk

afterEach(() => desk.close())

const look = (input: { isOver?: () => boolean } = {}) =>
  lookAtOrders(desk.deps, { shopId: desk.shopId, ...input })
const sync = () => readSync(desk.deps, { shopId: desk.shopId })
const credits = () => creditsByOrder(desk, desk.shopId)

/** So many paid orders, known to us. */
async function openWith(count: number): Promise<number[]> {
  desk = await openSyncDesk()
  const orders = Array.from({ length: count }, () => desk.shop.createOrder())
  await reconcileShop(desk.deps, { shopId: desk.shopId })
  desk.pass(86_400)
  return orders
}

describe('the daily look', () => {
  it('takes the credits of an order that was deleted for good, asks a supervisor, and asks the shop twice before', async () => {
    const [kept = 0, deleted = 0] = await openWith(2)
    desk.shop.removeForGood(deleted)
    const asked = desk.shop.requests.length
    expect(await look()).toEqual({ seen: 2, gone: 1, outcome: 'finished' })
    expect(await credits()).toEqual({ [kept]: 1000 })
    const urls = desk.shop.requests.slice(asked).map(({ url }) => url)
    expect(urls.filter((url) => url.includes('include='))).toHaveLength(1)
    expect(urls.filter((url) => url.includes(`/orders/${deleted}?`))).toHaveLength(1)
    expect(await desk.db.prisma.review.findMany()).toMatchObject([{ kind: 'order_vanished' }])
    expect(await sync()).toMatchObject({ look: { seen: 2, gone: 1 }, problems: [] })
  })

  it('gives them back when the order comes back from a backup', async () => {
    const [order = 0] = await openWith(1)
    const { orders } = structuredClone(desk.shop.state)
    desk.shop.removeForGood(order)
    await look()
    expect(await credits()).toEqual({})
    desk.pass(3 * 86_400)
    Object.assign(desk.shop.state, { orders })
    expect(await look()).toEqual({ seen: 0, gone: 0, outcome: 'finished' })
    expect(await credits()).toEqual({ [order]: 1000 })
  })

  it('finds a change that a reconcile could not see, because the shop did not date it', async () => {
    const [order = 0] = await openWith(1)
    const newer = desk.shop.createOrder()
    await reconcileShop(desk.deps, { shopId: desk.shopId })
    Object.assign(desk.shop.state.orders[order] ?? {}, { status: 'cancelled' })
    expect(await reconcileShop(desk.deps, { shopId: desk.shopId })).toMatchObject({ taken: 0 })
    expect(await look()).toEqual({ seen: 2, gone: 0, outcome: 'finished' })
    expect(await credits()).toEqual({ [newer]: 1000 })
    // An order without credits is not looked at; the deep reconcile that goes with the look sees it.
    Object.assign(desk.shop.state.orders[order] ?? {}, { status: 'processing' })
    await reconcileShop(desk.deps, { shopId: desk.shopId, deep: true })
    expect(await credits()).toEqual({ [order]: 1000, [newer]: 1000 })
  })

  it('leaves orders alone whose credits are spent or have ended: nobody gets into debt by a clearance', async () => {
    const [spent = 0, half = 0] = await openWith(2)
    await spend(desk.deps, desk.shopId, spent, 10)
    await spend(desk.deps, desk.shopId, half, 4)
    desk.shop.removeForGood(spent)
    expect(await look()).toEqual({ seen: 1, gone: 0, outcome: 'finished' })
    desk.shop.removeForGood(half)
    desk.pass(86_400)
    expect(await look()).toEqual({ seen: 1, gone: 1, outcome: 'finished' })
    const accounts = await desk.db.prisma.account.findMany({ orderBy: { customerId: 'asc' } })
    expect(accounts.map(({ available, deficit }) => [available, deficit])).toEqual([
      [0n, 0n],
      [0n, 400n],
    ])
  })

  it('finds a refund that the shop took back without a word, also of an order that had no credits left', async () => {
    const [order = 0, spent = 0] = await openWith(2)
    const line = (id: number) => desk.shop.order(id).line_items[0]?.id ?? 0
    // A mug keeps the order from being refunded as a whole.
    desk.shop.addLine(order, { sku: 'MUG-1' })
    desk.shop.editLine(spent, line(spent), { quantity: 2 })
    const refunds = [order, spent].map((id) => desk.shop.refundLines(id, { [line(id)]: 1 }))
    await reconcileShop(desk.deps, { shopId: desk.shopId })
    await spend(desk.deps, desk.shopId, spent, 10)
    expect(await credits()).toEqual({ [spent]: 0 })
    // What lies at the watermark is read again; these do not any more.
    desk.pass(7_200)
    const other = desk.shop.createOrder({ lines: [{ sku: 'MUG-1' }] })
    await reconcileShop(desk.deps, { shopId: desk.shopId })
    desk.pass(7_200)
    desk.shop.save(other)
    await reconcileShop(desk.deps, { shopId: desk.shopId })
    desk.shop.deleteRefund(order, refunds[0] ?? 0)
    desk.shop.deleteRefund(spent, refunds[1] ?? 0)
    desk.pass(7_200)
    await reconcileShop(desk.deps, { shopId: desk.shopId })
    expect(await credits()).toEqual({ [spent]: 0 })
    await look()
    expect(await credits()).toEqual({ [order]: 1000, [spent]: 1000 })

    // Deleted for good, an order whose credits are spent still leaves nobody in debt.
    desk.shop.refundLines(spent, { [line(spent)]: 1 })
    await reconcileShop(desk.deps, { shopId: desk.shopId })
    desk.shop.removeForGood(spent)
    expect(await look()).toEqual({ seen: 1, gone: 0, outcome: 'finished' })
    expect(await credits()).toEqual({ [order]: 1000, [spent]: 0 })
  })

  it('takes nothing from anybody when a shop has too few of its orders, and the next look decides anew', async () => {
    const orders = await openWith(20)
    const all = structuredClone(desk.shop.state.orders)
    for (const order of orders.slice(0, 3)) desk.shop.removeForGood(order)
    expect(await look()).toEqual({ seen: 20, gone: 3, outcome: 'suspicious' })
    expect(Object.keys(await credits())).toHaveLength(20)
    expect((await sync()).problems).toMatchObject([
      { kind: 'orders_gone', message: expect.stringContaining('3 of the 20 orders with credits') },
    ])
    await reconcileShop(desk.deps, { shopId: desk.shopId })
    expect((await sync()).problems).toHaveLength(1)
    Object.assign(desk.shop.state.orders, all)
    expect(await look()).toMatchObject({ gone: 0, outcome: 'finished' })
    expect((await sync()).problems).toEqual([])
  })

  it('stops early when the shop has none of them, and takes them all when an owner says so', async () => {
    const orders = await openWith(160)
    desk.shop.state.orders = {}
    const asked = desk.shop.requests.length
    expect(await look()).toMatchObject({ gone: 51, outcome: 'suspicious' })
    expect(desk.shop.requests.length - asked).toBeLessThan(60)
    expect(Object.keys(await credits())).toHaveLength(orders.length)

    await requestLook(desk.deps, { shopId: desk.shopId, acceptGone: true, actor: 'agent:1' })
    expect(await look()).toEqual({ seen: 160, gone: 160, outcome: 'finished' })
    expect(await credits()).toEqual({})
    expect((await sync()).problems).toEqual([])
  })

  it('goes on where it was stopped, and takes nothing before it is through', async () => {
    const orders = await openWith(130)
    desk.shop.removeForGood(orders[0] ?? 0)
    desk.shop.removeForGood(orders[129] ?? 0)
    expect(await look({ isOver: () => true })).toEqual({ seen: 100, gone: 1, outcome: 'stopped' })
    expect(Object.keys(await credits())).toHaveLength(130)
    expect(await look()).toEqual({ seen: 130, gone: 2, outcome: 'finished' })
    expect(Object.keys(await credits())).toHaveLength(128)
  })

  it('takes nothing when the shop cannot be asked, or no longer has an API', async () => {
    await openWith(2)
    for (const trouble of ['error500', 'noRoute', 'plain404', 'html', 'error401'] as const) {
      desk.shop.misbehave(trouble)
      expect(await look()).toMatchObject({ gone: 0, outcome: 'failed' })
    }
    expect(Object.keys(await credits())).toHaveLength(2)
  })
})
