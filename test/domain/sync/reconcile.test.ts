import { afterEach, describe, expect, it } from '@jest/globals'
import { addAgent } from '../../../src/domain/agents/add-agent.ts'
import { sendNotice } from '../../../src/domain/agents/send-notice.ts'
import { acceptDelivery } from '../../../src/domain/orders/accept-delivery.ts'
import { failDelivery } from '../../../src/domain/orders/fail-delivery.ts'
import { listDeliveries } from '../../../src/domain/orders/list-deliveries.ts'
import { processDelivery } from '../../../src/domain/orders/process-delivery.ts'
import { enqueueReconciles } from '../../../src/domain/sync/enqueue-syncs.ts'
import { readSync } from '../../../src/domain/sync/read-sync.ts'
import { reconcileShop } from '../../../src/domain/sync/reconcile-shop.ts'
import { creditsByOrder, jobsOf, openSyncDesk, type SyncDesk } from './sync-desk.ts'

let desk: SyncDesk

afterEach(() => desk.close())

const reconcile = (input: { isOver?: () => boolean; deep?: boolean } = {}) =>
  reconcileShop(desk.deps, { shopId: desk.shopId, ...input })
const sync = () => readSync(desk.deps, { shopId: desk.shopId })
const credits = () => creditsByOrder(desk, desk.shopId)

/** Settled: what was found before has had its grace. */
async function driftAfterGrace(): Promise<object[]> {
  desk.pass(180)
  await enqueueReconciles(desk.deps)
  return (await sync()).findings.map(({ externalId, kind }) => ({ externalId, kind }))
}

async function deliver(topic: string, id: number): Promise<bigint> {
  const body = Buffer.from(JSON.stringify(topic === 'order.deleted' ? { id } : desk.shop.order(id)))
  const deliveryId = await acceptDelivery(desk.deps, { shopId: desk.shopId, topic, headers: {}, body })
  if (deliveryId === undefined) throw new Error('it repeats another')
  return deliveryId
}

describe('a reconcile', () => {
  it('takes in orders that no delivery brought, in all statuses and in the trash', async () => {
    desk = await openSyncDesk()
    const paid = desk.shop.createOrder()
    const waits = desk.shop.createOrder({ status: 'on-hold' })
    const trashed = desk.shop.createOrder()
    expect(await reconcile()).toEqual({ seen: 3, taken: 3, outcome: 'finished' })
    expect(await credits()).toEqual({ [paid]: 1000, [trashed]: 1000 })
    expect(await jobsOf(desk, 'send_message')).toHaveLength(2)

    desk.pass(60)
    desk.shop.pay(waits)
    desk.shop.trash(trashed)
    desk.shop.refundLines(paid, { [desk.shop.order(paid).line_items[0]?.id ?? 0]: 1 })
    expect(await reconcile()).toMatchObject({ taken: 3, outcome: 'finished' })
    expect(await credits()).toEqual({ [waits]: 1000 })
    expect(await jobsOf(desk, 'send_message')).toHaveLength(3)
  })

  it('asks one question when nothing changed, and finds no news in what a delivery brought', async () => {
    desk = await openSyncDesk()
    const order = desk.shop.createOrder({ lines: [{ quantity: 2 }] })
    desk.shop.refundLines(order, { [desk.shop.order(order).line_items[0]?.id ?? 0]: 1 })
    await processDelivery(desk.deps, {
      shopId: desk.shopId,
      deliveryId: await deliver('order.updated', order),
    })
    expect(await reconcile()).toEqual({ seen: 1, taken: 0, outcome: 'finished' })
    const asked = desk.shop.requests.length
    expect(await reconcile()).toMatchObject({ taken: 0, outcome: 'finished' })
    const lists = desk.shop.requests.slice(asked).filter(({ url }) => /orders\?/.test(url))
    expect(lists).toHaveLength(1)
  })

  it("keeps the shop's own time of the last change, whatever its clock says", async () => {
    for (const behindMs of [3 * 3_600_000, -2 * 3_600_000]) {
      desk = await openSyncDesk({ behindMs })
      await reconcile()
      const orders: number[] = []
      for (let round = 0; round < 4; round += 1) {
        orders.push(desk.shop.createOrder())
        desk.pass(290)
        await reconcile()
        desk.pass(10)
      }
      expect(Object.keys(await credits())).toEqual(orders.map(String))
      const { watermark } = await sync()
      // Of a clock that is ahead no time beyond ours is believed: it may be put right.
      const shopTime = new Date(desk.now.at.getTime() - 300_000 - behindMs)
      expect(watermark).toEqual(behindMs > 0 ? shopTime : new Date(desk.now.at.getTime() - 10_000))
      if (behindMs > 0) await desk.close()
    }
  })

  it('is not blinded by an order with a time in the future', async () => {
    desk = await openSyncDesk()
    const odd = desk.shop.createOrder()
    Object.assign(desk.shop.state.orders[odd] ?? {}, { date_modified_gmt: '2037-01-01T00:00:00' })
    await reconcile()
    desk.pass(600)
    const next = desk.shop.createOrder()
    await reconcile()
    expect(Object.keys(await credits())).toEqual([odd, next].map(String))
  })

  it('reads again behind the watermark, for orders that came into sight later than their time', async () => {
    desk = await openSyncDesk()
    desk.shop.createOrder()
    await reconcile()
    desk.pass(300)
    const late = desk.shop.createOrder()
    const hidden = desk.shop.state.orders[late] ?? {}
    delete desk.shop.state.orders[late]
    desk.pass(200)
    desk.shop.createOrder()
    await reconcile()
    desk.shop.state.orders[late] = hidden
    desk.pass(100)
    await reconcile()
    expect(await credits()).toHaveProperty([String(late)])
  })

  it('goes on where it was stopped, and the watermark never passes what was not taken in', async () => {
    desk = await openSyncDesk()
    const orders = Array.from({ length: 230 }, () => {
      desk.pass(1)
      return desk.shop.createOrder()
    })
    expect(await reconcile({ isOver: () => true })).toMatchObject({ taken: 100, outcome: 'stopped' })
    const { watermark } = await sync()
    expect(watermark).toEqual(new Date(`${desk.shop.order(orders[99] ?? 0).date_modified_gmt}Z`))

    desk.shop.misbehave('error500')
    expect(await reconcile()).toMatchObject({ seen: 0, outcome: 'failed' })
    expect((await sync()).watermark).toEqual(watermark)

    desk.shop.behave()
    const asked = desk.shop.requests.length
    expect(await reconcile()).toMatchObject({ taken: 130, outcome: 'finished' })
    expect(Object.keys(await credits())).toHaveLength(230)
    const first = desk.shop.requests.slice(asked).find(({ url }) => /orders\?/.test(url))
    expect(first?.url).toContain(encodeURIComponent('2026-11-22T02:01:39Z'))
  })

  it('notes an order that cannot be read, holds up no other, and forgets it when it is mended', async () => {
    desk = await openSyncDesk()
    const odd = desk.shop.createOrder()
    const whole = desk.shop.state.orders[odd] as { line_items: { quantity: unknown }[] }
    if (whole.line_items[0]) whole.line_items[0].quantity = 'many'
    const absurd = desk.shop.createOrder({ lines: [{ quantity: 1e14 }] })
    const fine = desk.shop.createOrder()
    expect(await reconcile()).toEqual({ seen: 3, taken: 1, outcome: 'finished' })
    expect(await credits()).toEqual({ [fine]: 1000 })
    expect((await sync()).unreadable).toMatchObject([
      { externalId: String(odd), reason: expect.stringContaining('line_items.0.quantity') },
      { externalId: String(absurd), reason: expect.stringContaining('beyond what can be right') },
    ])
    if (whole.line_items[0]) whole.line_items[0].quantity = 1
    await reconcile()
    expect((await sync()).unreadable.map(({ externalId }) => externalId)).toEqual([String(absurd)])
  })

  it('is not possible without keys, and says so', async () => {
    desk = await openSyncDesk()
    await desk.db.query('test-no-keys', 'update shop set consumer_key = null, consumer_secret = null', [])
    expect(await reconcile()).toEqual({ seen: 0, taken: 0, outcome: 'not_possible' })
    expect(await sync()).toMatchObject({ isAskable: false, problems: [], watermark: undefined })
  })
})

describe('what a reconcile finds', () => {
  it('counts as drift when no delivery told of it until the grace is over', async () => {
    desk = await openSyncDesk()
    await reconcile()
    const known = desk.shop.createOrder()
    await processDelivery(desk.deps, {
      shopId: desk.shopId,
      deliveryId: await deliver('order.created', known),
    })
    desk.pass(300)
    const lost = desk.shop.createOrder()
    const slow = desk.shop.createOrder()
    desk.shop.setStatus(known, 'cancelled')
    await reconcile()
    expect((await sync()).findings).toEqual([])
    desk.pass(60)
    await processDelivery(desk.deps, {
      shopId: desk.shopId,
      deliveryId: await deliver('order.created', slow),
    })
    expect(await driftAfterGrace()).toEqual([
      { externalId: String(lost), kind: 'new' },
      { externalId: String(known), kind: 'changed' },
    ])
    // The shop's day, at UTC+1.
    expect((await sync()).drift).toEqual([{ day: '2026-11-22', orders: 2 }])
  })

  it('is no drift when the delivery came and could not be worked off, and closes that delivery', async () => {
    desk = await openSyncDesk()
    await reconcile()
    const order = desk.shop.createOrder()
    const failed = await deliver('order.created', order)
    const waiting = await deliver('order.updated', order)
    desk.shop.misbehave('error500')
    for (const deliveryId of [failed, waiting]) {
      await expect(processDelivery(desk.deps, { shopId: desk.shopId, deliveryId })).rejects.toThrow('500')
    }
    await failDelivery(desk.deps, { shopId: desk.shopId, deliveryId: failed, reason: 'given up' })
    desk.shop.behave()
    desk.pass(300)
    await reconcile()
    const { deliveries } = await listDeliveries(desk.deps, { shopId: desk.shopId, limit: 10 })
    expect(deliveries.map(({ state, reason }) => [state, reason])).toEqual([
      ['processed', 'The shop was asked for this order instead.'],
      ['processed', 'The shop was asked for this order instead.'],
    ])
    expect(await driftAfterGrace()).toEqual([])
  })

  it('is no drift before the first reconcile came to its end: nobody had promised deliveries', async () => {
    desk = await openSyncDesk()
    desk.shop.createOrder()
    await reconcile()
    expect(await driftAfterGrace()).toEqual([])
  })
})

describe('a shop that cannot be asked', () => {
  it('keeps its watermark, is left alone for longer and longer, and is asked for less at a time', async () => {
    desk = await openSyncDesk()
    desk.shop.createOrder()
    await reconcile()
    const { watermark } = await sync()
    const order = desk.shop.createOrder()
    desk.shop.misbehave('error500')
    const pauses: number[] = []
    for (let n = 0; n < 7; n += 1) {
      await reconcile()
      const { reconcile: state } = await sync()
      pauses.push(((state.notBefore?.getTime() ?? 0) - desk.now.at.getTime()) / 60_000)
      await enqueueReconciles(desk.deps)
      expect(await jobsOf(desk, 'reconcile_shop')).toEqual([])
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 30, 30])
    expect(await sync()).toMatchObject({
      watermark,
      problems: [{ kind: 'unreachable', message: expect.stringContaining('failed with 500') }],
    })
    desk.shop.behave()
    desk.pass(1_800)
    await enqueueReconciles(desk.deps)
    expect(await jobsOf(desk, 'reconcile_shop')).toEqual([{ shopId: String(desk.shopId) }])
    const asked = desk.shop.requests.length
    await reconcile()
    expect(desk.shop.requests.slice(asked).some(({ url }) => url.includes('per_page=5&'))).toBe(true)
    expect(await credits()).toHaveProperty([String(order)])
    expect(await sync()).toMatchObject({ problems: [], reconcile: { notBefore: undefined } })
  })

  it('with wrong keys says which key and what to do, and tells the owners once a day', async () => {
    desk = await openSyncDesk()
    await addAgent(desk.deps, {
      shopId: desk.shopId,
      email: 'owner@shop.example',
      name: 'Mia',
      role: 'owner',
    })
    await addAgent(desk.deps, {
      shopId: desk.shopId,
      email: 'agent@shop.example',
      name: 'Bor',
      role: 'agent',
    })
    desk.shop.revokeKey('ck_0123456789abcdef0123456789abcdef01234567')
    for (const hours of [0, 1, 22, 2]) {
      desk.pass(hours * 3_600)
      expect(await reconcile()).toMatchObject({
        outcome: 'failed',
        problem: expect.stringMatching(/does not know the consumer key.* Make a new key with Read\/Write/),
      })
    }
    const notices = await jobsOf(desk, 'send_notice')
    expect(notices.map(({ agentId, template }) => [agentId, template])).toEqual([
      ['1', 'shop-problem'],
      ['1', 'shop-problem'],
    ])
    const sent: { subject: string; text: string }[] = []
    const mail = {
      send: async (one: { subject: string; text: string }) => {
        sent.push(one)
        return { kind: 'accepted' as const, providerId: '1' }
      },
    }
    const noticeDeps = { ...desk.deps, mail, mailFrom: { name: '', address: 'a@b.c' }, mailDomain: 'b.c' }
    const [notice] = notices
    if (!notice) throw new Error('there is no notice')
    await sendNotice(noticeDeps as never, { ...notice, lastTry: false })
    expect(sent).toMatchObject([
      {
        subject: 'Podpora no longer lets us read its orders',
        text: expect.stringContaining('does not know the consumer key'),
      },
    ])

    desk.shop.addKey({
      consumerKey: 'ck_0123456789abcdef0123456789abcdef01234567',
      consumerSecret: 'cs_89abcdef0123456789abcdef0123456789abcdef',
    })
    expect(await reconcile()).toMatchObject({ outcome: 'finished' })
    expect((await sync()).problems).toEqual([])
    await sendNotice(noticeDeps as never, { ...notice, lastTry: false })
    expect(sent).toHaveLength(1)
  })

  it('that is only restarting is not told to anybody', async () => {
    desk = await openSyncDesk()
    await addAgent(desk.deps, {
      shopId: desk.shopId,
      email: 'owner@shop.example',
      name: 'Mia',
      role: 'owner',
    })
    desk.shop.misbehave('drop')
    await reconcile()
    desk.pass(5 * 3_600)
    await reconcile()
    expect(await jobsOf(desk, 'send_notice')).toEqual([])
    desk.pass(2 * 3_600)
    await reconcile()
    expect(await jobsOf(desk, 'send_notice')).toMatchObject([{ data: { kind: 'unreachable' } }])
  })
})
