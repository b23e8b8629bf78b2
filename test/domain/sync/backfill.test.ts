import { afterEach, describe, expect, it } from '@jest/globals'
import { acceptDelivery } from '../../../src/domain/orders/accept-delivery.ts'
import { processDelivery } from '../../../src/domain/orders/process-delivery.ts'
import { rematchOrders } from '../../../src/domain/orders/rematch-orders.ts'
import { addPackage } from '../../../src/domain/packages/add-package.ts'
import { Refused } from '../../../src/domain/refusal.ts'
import { reconcileShop } from '../../../src/domain/sync/reconcile-shop.ts'
import { runBackfill } from '../../../src/domain/sync/run-backfill.ts'
import { getBackfill, startBackfill, stopBackfill } from '../../../src/domain/sync/start-backfill.ts'
import { creditsByOrder, jobsOf, openSyncDesk, type SyncDesk } from './sync-desk.ts'

let desk: SyncDesk

afterEach(() => desk.close())

const credits = () => creditsByOrder(desk, desk.shopId)
const start = (input: { days?: number; welcome?: boolean } = {}) =>
  startBackfill(desk.deps, { shopId: desk.shopId, actor: 'cli', ...input })
const run = (backfillId: bigint, isOver?: () => boolean) =>
  runBackfill(desk.deps, { shopId: desk.shopId, backfillId, ...(isOver && { isOver }) })
const tickets = () =>
  desk.db.prisma.ticket.findMany({ where: { shopId: desk.shopId }, orderBy: { id: 'asc' } })

/** Orders that were paid so many days ago, on a shop that is connected now. */
async function openWith(...ages: number[]): Promise<number[]> {
  desk = await openSyncDesk()
  const connected = desk.now.at
  const orders = ages.map((age) => {
    desk.now.at = new Date(connected.getTime() - age * 86_400_000)
    return desk.shop.createOrder({ note: age > 30 ? '' : 'Please hurry' })
  })
  desk.now.at = connected
  return orders
}

describe('a back-fill', () => {
  it('grants the credits of the last days and writes to nobody because of orders that are history', async () => {
    const [ancient, old, older, fresh] = await openWith(45, 25, 3, 1)
    const { id } = await start()
    expect(await run(id)).toEqual({ outcome: 'ended' })
    expect(await credits()).toEqual({ [old ?? 0]: 1000, [older ?? 0]: 1000, [fresh ?? 0]: 1000 })
    expect(await credits()).not.toHaveProperty([String(ancient)])
    const opened = await tickets()
    expect(opened.map(({ status }) => status)).toEqual(['closed', 'closed', 'open'])
    // Listed by when it was paid, below what is going on now.
    expect(desk.now.at.getTime() - (opened[0]?.activityAt.getTime() ?? 0)).toBe(25 * 86_400_000)
    expect(await jobsOf(desk, 'send_message')).toMatchObject([{ ticketId: String(opened[2]?.id) }])
    expect(await jobsOf(desk, 'notify_agents')).toMatchObject([{ ticketId: String(opened[2]?.id) }])
    expect(await jobsOf(desk, 'add_order_note')).toHaveLength(1)
    expect(await getBackfill(desk.deps, { shopId: desk.shopId, backfillId: id })).toMatchObject({
      state: 'done',
      days: 30,
      done: 3,
      total: 3,
      taken: 3,
    })
  })

  it('welcomes everybody when it is told to', async () => {
    await openWith(25, 3, 1)
    const { id } = await start({ welcome: true })
    await run(id)
    expect((await tickets()).map(({ status }) => status)).toEqual(['open', 'open', 'open'])
    expect(await jobsOf(desk, 'send_message')).toHaveLength(3)
  })

  it('stays quiet when the package is added afterwards, and when the order changes', async () => {
    const [old = 0, fresh = 0] = await openWith(20, 1)
    await desk.db.query('test-no-packages', `update package set retired_at = $1`, [desk.now.at])
    const { id } = await start()
    await run(id)
    expect(await credits()).toEqual({})
    await addPackage(desk.deps, { shopId: desk.shopId, match: 'product:11', credits: 7, actor: 'cli' })
    await rematchOrders(desk.deps, { shopId: desk.shopId })
    expect(await credits()).toEqual({ [old]: 700, [fresh]: 700 })
    expect((await tickets()).map(({ status }) => status)).toEqual(['closed', 'open'])
    expect(await jobsOf(desk, 'send_message')).toHaveLength(1)
  })

  it('welcomes an order that waited for its payment and is paid now', async () => {
    desk = await openSyncDesk()
    const now = desk.now.at
    desk.now.at = new Date(now.getTime() - 10 * 86_400_000)
    const order = desk.shop.createOrder({ status: 'on-hold', paid: false })
    desk.now.at = now
    const { id } = await start()
    await run(id)
    expect(await tickets()).toEqual([])
    desk.shop.pay(order)
    const body = Buffer.from(JSON.stringify(desk.shop.order(order)))
    const deliveryId = await acceptDelivery(desk.deps, {
      shopId: desk.shopId,
      topic: 'order.updated',
      headers: {},
      body,
    })
    await processDelivery(desk.deps, { shopId: desk.shopId, deliveryId: deliveryId ?? 0n })
    expect(await tickets()).toMatchObject([{ status: 'open' }])
    expect(await jobsOf(desk, 'send_message')).toHaveLength(1)
  })

  it('gives nothing usable for what has ended', async () => {
    const [ended = 0] = await openWith(25)
    await desk.db.query('test-short', 'update package_terms set days = 10', [])
    const { id } = await start()
    await run(id)
    expect(await credits()).toEqual({ [ended]: 1000 })
    const accounts = await desk.db.query<{ available: number }>(
      'test-available',
      `select (account_balance(shop_id, customer_id, $1) ->> 'available')::int as available from account`,
      [desk.now.at],
    )
    expect(accounts).toEqual([{ available: 0 }])
    expect(await jobsOf(desk, 'send_message')).toEqual([])
  })

  it('shows how far it is, is stopped after a page, and goes on there', async () => {
    desk = await openSyncDesk()
    const now = desk.now.at
    for (let n = 0; n < 250; n += 1) {
      desk.now.at = new Date(now.getTime() - (300 - n) * 60_000)
      desk.shop.createOrder({ status: 'pending' })
    }
    desk.now.at = now
    const { id } = await start({ days: 5 })
    const read = () => getBackfill(desk.deps, { shopId: desk.shopId, backfillId: id })
    expect(await read()).toMatchObject({ state: 'running', done: 0, total: undefined })
    await run(id, () => true)
    expect(await read()).toMatchObject({ state: 'running', done: 100, total: 250 })
    // Whoever is killed before the progress is written reads a page again, and counts it once.
    await run(id, () => true)
    expect(await read()).toMatchObject({ done: 199, total: 250 })
    expect(await run(id)).toEqual({ outcome: 'ended' })
    expect(await read()).toMatchObject({ state: 'done', done: 250, total: 250, finishedAt: desk.now.at })
    expect(await desk.db.prisma.shopOrder.count()).toBe(250)
  })

  it('says from the first answer on how many there are, and at the end that all of one second were read', async () => {
    desk = await openSyncDesk()
    const now = desk.now.at
    desk.now.at = new Date(now.getTime() - 3_600_000)
    for (let n = 0; n < 130; n += 1) desk.shop.createOrder({ status: 'pending' })
    desk.now.at = now
    const { id } = await start()
    const read = () => getBackfill(desk.deps, { shopId: desk.shopId, backfillId: id })
    await desk.db.pool.query(
      `create table noted (at serial, done int, total int);
       create function note_progress() returns trigger language plpgsql as
         'begin insert into noted (done, total) values (new.done, new.total); return new; end';
       create trigger note_progress after update on backfill for each row execute function note_progress()`,
    )
    await run(id)
    const [first] = await desk.db.query('test-noted', 'select done, total from noted order by at limit 1', [])
    expect(first).toEqual({ done: 0, total: 130 })
    expect(await read()).toMatchObject({ state: 'done', done: 130, total: 130, taken: 130 })
  })

  it('waits when the shop cannot be asked, and goes on from there', async () => {
    const [order = 0] = await openWith(5)
    const { id } = await start()
    desk.shop.misbehave('error500')
    expect(await run(id)).toEqual({ outcome: 'goes_on', notBefore: new Date(desk.now.at.getTime() + 60_000) })
    desk.shop.behave()
    expect(await run(id)).toEqual({ outcome: 'ended' })
    expect(await credits()).toEqual({ [order]: 1000 })
  })

  it('is one at a time, can be stopped, and takes only days that make sense', async () => {
    await openWith(5)
    const first = await start({ days: 3650 })
    await expect(start()).rejects.toEqual(new Refused({ code: 'backfill_running' }))
    const place = { shopId: desk.shopId, backfillId: first.id, actor: 'agent:1' }
    expect(await stopBackfill(desk.deps, place)).toMatchObject({ state: 'stopped', finishedAt: desk.now.at })
    expect(await run(first.id)).toEqual({ outcome: 'ended' })
    expect(await credits()).toEqual({})
    await start({ days: 1 })
    const log = await desk.db.prisma.auditLog.findMany({ orderBy: { id: 'asc' } })
    expect(log.slice(-3).map(({ action, actor }) => [action, actor])).toEqual([
      ['backfill_start', 'cli'],
      ['backfill_stop', 'agent:1'],
      ['backfill_start', 'cli'],
    ])
    for (const days of [0, 3651, 1.5, Number.NaN]) {
      await expect(start({ days })).rejects.toMatchObject({
        refusal: {
          code: 'invalid',
          fields: [{ field: 'days', message: expect.stringContaining('1 to 3650') }],
        },
      })
    }
    await expect(stopBackfill(desk.deps, { ...place, backfillId: 99n })).rejects.toMatchObject({
      refusal: { code: 'not_found', what: 'backfill' },
    })
  })

  it('needs keys', async () => {
    desk = await openSyncDesk()
    await desk.db.query('test-no-keys', 'update shop set consumer_key = null, consumer_secret = null', [])
    await expect(start()).rejects.toMatchObject({ refusal: { code: 'shop_not_askable' } })
  })

  it('and a reconcile at once end as one alone', async () => {
    const orders = await openWith(20, 10, 0.5, 0.2)
    const { id } = await start()
    await Promise.all([run(id), reconcileShop(desk.deps, { shopId: desk.shopId })])
    expect(Object.keys(await credits())).toEqual(orders.map(String))
    expect((await tickets()).map(({ status }) => status).sort()).toEqual(['closed', 'closed', 'open', 'open'])
    expect(await jobsOf(desk, 'send_message')).toHaveLength(2)
  })
})
