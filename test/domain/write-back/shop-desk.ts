import { acceptDelivery } from '../../../src/domain/orders/accept-delivery.ts'
import { addOrderNote } from '../../../src/domain/orders/add-order-note.ts'
import { processDelivery } from '../../../src/domain/orders/process-delivery.ts'
import { findBalanceChanges } from '../../../src/domain/write-back/find-balance-changes.ts'
import { writeOrderMeta } from '../../../src/domain/write-back/write-order-meta.ts'
import type { Log } from '../../../src/ports/log.ts'
import { startServer } from '../../support/fakes/http-server.ts'
import { type FakeShop, fakeShopKeys, startFakeShop } from '../../support/fakes/shop.ts'
import { quietLog } from '../../support/quiet-log.ts'
import {
  addRecordedShop,
  clientOf,
  type DeskDeps,
  type OrderDesk,
  openOrderDesk,
} from '../orders/order-desk.ts'

/** A fake shop that delivers to a desk which has its keys, with one clock for both. */
export interface ShopDesk {
  desk: OrderDesk
  deps: DeskDeps
  fake: FakeShop
  shopId: bigint
  /** What was logged as a warning. */
  warnings: { message: string; data: Record<string, unknown> }[]
  /** Runs the shop's queue and understands what it delivers; gives how many deliveries came. */
  deliver(): Promise<number>
  /** Moves the clock by so many seconds. */
  pass(seconds: number): void
  /** The minutely sweep, and the jobs that it left. */
  sweep(): Promise<void>
  /** Puts the notes that are enqueued on the orders; what fails is tried again when `again` says so. */
  putNotes(run?: { firstTry: boolean; lastTry: boolean }): Promise<void>
  /** Takes requests and answers none, until `behave`; nobody waits for it as long as for others. */
  hang(): void
  behave(): void
  /** Requests since the last call that match. */
  asked(what: RegExp): string[]
  close(): Promise<void>
}

export async function openShopDesk(): Promise<ShopDesk> {
  const desk = await openOrderDesk()
  const fake = await startFakeShop({ now: () => desk.now.at })
  const warnings: ShopDesk['warnings'] = []
  const log: Log = {
    ...quietLog,
    warn: (data, message) => void warnings.push({ data: { ...data }, message }),
  }
  const deps = { ...desk.deps, log }
  const shopId = await addRecordedShop(deps, {
    url: fake.url,
    key: fakeShopKeys.consumerKey,
    secret: fakeShopKeys.consumerSecret,
  })
  const receiver = await startServer(0, (request, response) => {
    const topic = request.headers['x-wc-webhook-topic'] ?? ''
    receive(topic, Buffer.from(request.body)).then(
      () => response.end(),
      (error: unknown) => {
        response.statusCode = 500
        response.end(String(error))
      },
    )
  })
  async function receive(topic: string, body: Buffer): Promise<void> {
    if (topic === '') return
    const deliveryId = await acceptDelivery(deps, { shopId, topic, headers: {}, body })
    if (deliveryId !== undefined) await processDelivery(deps, { shopId, deliveryId })
  }
  for (const topic of ['order.created', 'order.updated', 'order.deleted', 'order.restored']) {
    await fake.webhooks.add({ name: topic, topic, deliveryUrl: receiver.url, secret: 'secret' })
  }
  let seen = 0

  async function take(task: string): Promise<Record<string, string>[]> {
    const jobs = await deps.db.query<{ payload: Record<string, string> }>(
      'test-take-jobs',
      `delete from graphile_worker._private_jobs
       where task_id = (select id from graphile_worker._private_tasks where identifier = $1) and payload ->> 'shopId' = $2
       returning payload`,
      [task, String(shopId)],
    )
    return jobs.map(({ payload }) => payload)
  }

  return {
    desk,
    deps,
    fake,
    shopId,
    warnings,
    async deliver() {
      const { sent } = await fake.deliver()
      const failed = sent.find(({ status }) => status !== 200)
      if (failed) throw new Error(`a delivery of ${failed.topic} was answered ${failed.status}`)
      return sent.length
    },
    pass(seconds) {
      desk.now.at = new Date(desk.now.at.getTime() + seconds * 1_000)
    },
    async sweep() {
      await findBalanceChanges(deps)
      for (const _job of await take('write_order_meta'))
        await writeOrderMeta(deps, { shopId, isOver: () => false })
    },
    async putNotes(run = { firstTry: true, lastTry: false }) {
      for (const { orderId = '', note = '' } of await take('add_order_note')) {
        await addOrderNote(deps, { shopId, orderId: BigInt(orderId), note, ...run })
      }
    },
    hang() {
      deps.shops.woocommerce = clientOf(1_000)
      fake.misbehave('hang')
    },
    behave() {
      deps.shops.woocommerce = clientOf()
      fake.behave()
    },
    asked(what) {
      const found = fake.requests.slice(seen).map(({ method, url }) => `${method} ${url}`)
      seen = fake.requests.length
      return found.filter((one) => what.test(one)).map((one) => one.replace(/\?.*$/, ''))
    },
    async close() {
      await fake.close()
      await receiver.close()
      await desk.close()
    },
  }
}

/** Our keys in an order's meta data. */
export function metaOf(fake: FakeShop, orderId: number): Record<string, unknown> {
  const ours = fake.order(orderId).meta_data.filter(({ key }) => key.startsWith('_creditdesk_'))
  return Object.fromEntries(ours.map(({ key, value }) => [key.replace('_creditdesk_', ''), value]))
}
