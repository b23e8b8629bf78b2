import type { JobPayload } from '../../../src/jobs/catalog.ts'
import { type FakeShop, type FakeShopOptions, fakeShopKeys, startFakeShop } from '../../support/fakes/shop.ts'
import { addRecordedShop, type OrderDesk, openOrderDesk } from '../orders/order-desk.ts'

/** A shop with keys on a desk of its own; the shop's clock is ours unless it is told otherwise. */
export interface SyncDesk extends OrderDesk {
  shop: FakeShop
  shopId: bigint
  /** Moves our clock, and the shop's with it. */
  pass(seconds: number): void
}

export const opened = new Date('2026-11-22T02:00:00Z')

export async function openSyncDesk(options: FakeShopOptions & { behindMs?: number } = {}): Promise<SyncDesk> {
  const desk = await openOrderDesk()
  desk.now.at = opened
  const now = () => new Date(desk.now.at.getTime() - (options.behindMs ?? 0))
  const shop = await startFakeShop({ now, ...options })
  const shopId = await addKeyedShop(desk, shop)
  return {
    ...desk,
    shop,
    shopId,
    pass(seconds) {
      desk.now.at = new Date(desk.now.at.getTime() + seconds * 1_000)
    },
    async close() {
      await shop.close()
      await desk.close()
    },
  }
}

export async function addKeyedShop(desk: OrderDesk, shop: FakeShop): Promise<bigint> {
  const { consumerKey: key, consumerSecret: secret } = fakeShopKeys
  return await addRecordedShop(desk.deps, { url: shop.url, key, secret })
}

/** What lies in the queue for a task. */
export async function jobsOf<
  Name extends 'send_message' | 'send_notice' | 'reconcile_shop' | 'add_order_note' | 'notify_agents',
>({ db }: Pick<OrderDesk, 'db'>, name: Name): Promise<JobPayload<Name>[]> {
  const rows = await db.query<{ payload: JobPayload<Name> }>(
    'test-jobs-of',
    `select j.payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where t.identifier = $1 order by j.id`,
    [name],
  )
  return rows.map(({ payload }) => payload)
}

/** Credits of each order that has any, by the shop's order id; in units. */
export async function creditsByOrder(
  { db }: Pick<OrderDesk, 'db'>,
  shopId: bigint,
): Promise<Record<string, number>> {
  const rows = await db.query<{ id: string; units: number }>(
    'test-credits-by-order',
    `select o.external_id as id, sum(g.entitled - g.consumed)::int as units from shop_order o
     join credit_grant g on g.shop_id = o.shop_id and g.order_id = o.id where o.shop_id = $1 group by 1 having sum(g.entitled) > 0`,
    [shopId],
  )
  return Object.fromEntries(rows.map(({ id, units }) => [id, units]))
}
