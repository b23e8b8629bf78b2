import { createWooCommerceShop } from '../../../connectors/woocommerce/woocommerce.ts'
import { type Database, openDatabase } from '../../../src/db/database.ts'
import type { Deps } from '../../../src/domain/deps.ts'
import { acceptDelivery } from '../../../src/domain/orders/accept-delivery.ts'
import { processDelivery } from '../../../src/domain/orders/process-delivery.ts'
import { addPackage } from '../../../src/domain/packages/add-package.ts'
import { makeKeyring } from '../../../src/domain/secrets/keyring.ts'
import { addShop, type NewShop } from '../../../src/domain/shops/add-shop.ts'
import { createTestDatabase } from '../../support/database.ts'
import { captureNumber } from '../../support/fakes/captures.ts'
import { quietLog } from '../../support/quiet-log.ts'

export type DeskDeps = Pick<Deps, 'db' | 'clock' | 'keyring' | 'shops' | 'log' | 'publicUrl' | 'wakeWorkers'>

/** A database, a clock that the test moves, and the real connector. */
export interface OrderDesk {
  deps: DeskDeps
  db: Database
  now: { at: Date }
  close(): Promise<void>
}

/** The real connector, which asks once. Unless a test wants to see that time go by, a busy machine has all the time it needs. */
export const clientOf = (timeoutMs = 30_000) =>
  createWooCommerceShop({ allowPrivateAddresses: true, retryDelaysMs: [], timeoutMs })

export async function openOrderDesk(): Promise<OrderDesk> {
  const database = await createTestDatabase()
  const db = openDatabase({ connectionString: database.connectionString, poolSize: 10 })
  const now = { at: new Date('2026-11-22T02:00:00Z') }
  const deps: DeskDeps = {
    db,
    clock: { now: () => now.at },
    keyring: makeKeyring(Buffer.alloc(32, 7)),
    shops: { woocommerce: clientOf() },
    log: quietLog,
    publicUrl: 'https://desk.example.test',
    wakeWorkers: () => undefined,
  }
  return {
    deps,
    db,
    now,
    async close() {
      await db.close()
      await database.drop()
    },
  }
}

/** A shop with the packages of the recordings: SUPPORT-5, SUPPORT-10 and SUPPORT-20. */
export async function addRecordedShop(deps: DeskDeps, options: Partial<NewShop> = {}): Promise<bigint> {
  const shopId = await addBareShop(deps, options)
  for (const credits of [5, 10, 20]) {
    await addPackage(deps, { actor: 'cli', shopId, match: `sku:SUPPORT-${credits}`, credits })
  }
  return shopId
}

export async function addBareShop(deps: DeskDeps, options: Partial<NewShop> = {}): Promise<bigint> {
  const { id } = await addShop(deps, {
    name: 'Podpora',
    url: 'https://shop.example.test',
    webhookSecret: 'secret',
    ...options,
  })
  return BigInt(id)
}

export interface MadeLine {
  id: number
  sku?: string
  quantity?: number
  productId?: number
  name?: string
  total?: string
  meta?: Record<string, unknown>
}

export interface MadeOrder {
  id: number
  status?: string
  /** Seconds after the first state of the order. */
  age: number
  /** False: nobody has paid. */
  paid?: boolean
  /** UTC, without its Z, as the shop writes it. */
  paidAt?: string
  email?: string
  phone?: string
  customerId?: number
  total?: string
  currency?: string
  note?: string
  lines?: MadeLine[]
  refunds?: { id: number; total: string }[]
  createdVia?: string
  meta?: Record<string, unknown>
}

const firstState = Date.parse('2026-11-22T00:45:43Z')

/** A wire body in the shape of capture 05. */
export function orderBody(made: MadeOrder): Buffer {
  const base = captureNumber(5).body as Record<string, unknown> & {
    billing: object
    line_items: object[]
  }
  return Buffer.from(
    JSON.stringify({
      ...base,
      id: made.id,
      number: String(made.id),
      status: made.status ?? 'processing',
      date_modified_gmt: new Date(firstState + made.age * 1_000).toISOString().slice(0, 19),
      date_paid_gmt: made.paid === false ? null : (made.paidAt ?? '2026-11-22T00:45:43'),
      customer_id: made.customerId ?? 0,
      customer_note: made.note ?? '',
      total: made.total ?? '125.00',
      ...(made.currency !== undefined && { currency: made.currency }),
      billing: {
        ...base.billing,
        email: made.email ?? 'ana@example.test',
        phone: made.phone ?? '+386 40 123 456',
      },
      line_items: (made.lines ?? [{ id: 1 }]).map((line) => ({
        ...base.line_items[0],
        id: line.id,
        name: line.name ?? 'Support',
        product_id: line.productId ?? 11,
        variation_id: 0,
        sku: line.sku ?? 'SUPPORT-10',
        quantity: line.quantity ?? 1,
        ...(line.total !== undefined && { total: line.total }),
        meta_data: metaOf(line.meta),
      })),
      ...(made.createdVia !== undefined && { created_via: made.createdVia }),
      meta_data: metaOf(made.meta),
      refunds: (made.refunds ?? []).map((refund) => ({ ...refund, reason: '' })),
    }),
  )
}

function metaOf(meta: Record<string, unknown> = {}): object[] {
  return Object.entries(meta).map(([key, value], index) => ({ id: 900 + index, key, value }))
}

/** Accepts and processes one delivery; undefined when it repeats one that was accepted. */
export async function deliver(
  deps: DeskDeps,
  shopId: bigint,
  topic: string,
  body: Buffer,
): Promise<bigint | undefined> {
  const deliveryId = await acceptDelivery(deps, { shopId, topic, headers: {}, body })
  if (deliveryId !== undefined) await processDelivery(deps, { shopId, deliveryId })
  return deliveryId
}

export async function deliverOrder(deps: DeskDeps, shopId: bigint, made: MadeOrder): Promise<void> {
  await deliver(deps, shopId, 'order.updated', orderBody(made))
}

export async function trashOrder(deps: DeskDeps, shopId: bigint, id: number): Promise<void> {
  await deliver(deps, shopId, 'order.deleted', Buffer.from(JSON.stringify({ id })))
}

/** Everything of a customer's account that must not depend on how it came about, by e-mail or shop id. */
export async function accountsOf(db: Database, shopId: bigint): Promise<object[]> {
  return await db.query(
    'test-accounts',
    `select coalesce('id:' || c.shop_customer_id, c.guest_email, 'order') as who, a.available::int, a.held::int, a.deficit::int,
       array(select g.name || ' ' || g.entitled || '/' || g.consumed || coalesce(' until ' || g.expires_at, '')
         from credit_grant g where g.shop_id = c.shop_id and g.customer_id = c.id and g.entitled + g.consumed > 0 order by 1) as grants,
       array(select o.external_id from ticket t join shop_order o on o.shop_id = t.shop_id and o.id = t.order_id
         where t.shop_id = c.shop_id and t.customer_id = c.id
           and exists (select from credit_grant g where g.shop_id = c.shop_id and g.order_id = o.id and g.entitled + g.consumed > 0)
         order by 1) as tickets,
       array(select k.kind || ':' || k.value from contact k where k.shop_id = c.shop_id and k.customer_id = c.id order by 1) as contacts
     from customer c join account a on a.shop_id = c.shop_id and a.customer_id = c.id
     where c.shop_id = $1 and exists (select from credit_grant g where g.shop_id = c.shop_id and g.customer_id = c.id and g.entitled + g.consumed > 0)
     order by 1`,
    [shopId],
  )
}

/** Balance of the account that an order belongs to, in units. */
export async function balanceOf(
  db: Database,
  shopId: bigint,
  externalId: number,
): Promise<{ available: number; deficit: number }> {
  const [row] = await db.query<{ available: number; deficit: number }>(
    'test-balance',
    `select a.available::int, a.deficit::int from shop_order o
     join account a on a.shop_id = o.shop_id and a.customer_id = o.customer_id
     where o.shop_id = $1 and o.external_id = $2`,
    [shopId, String(externalId)],
  )
  if (!row) throw new Error(`order ${externalId} has no account`)
  return row
}

/** Takes units from the order's customer as an agent's answer would. */
export async function spend(
  deps: DeskDeps,
  shopId: bigint,
  externalId: number,
  times: number,
): Promise<void> {
  for (let i = 0; i < times; i += 1) {
    const key = `spend-${externalId}-${i}-${Math.random()}`
    const [row] = await deps.db.query<{ result: { code: string } }>(
      'test-spend',
      `select reply_to_ticket(t.shop_id, t.id, 'portal', 1, null, 'An answer', $3::text, sha256(convert_to($3::text, 'UTF8')), null, 'agent:1', 'Maja', null,
         t.last_message_id, $4) as result
       from ticket t join shop_order o on o.shop_id = t.shop_id and o.id = t.order_id
       where t.shop_id = $1 and o.external_id = $2`,
      [shopId, String(externalId), key, deps.clock.now()],
    )
    if (row?.result.code !== 'ok') throw new Error(`spending failed: ${row?.result.code}`)
  }
}
