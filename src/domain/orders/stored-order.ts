import { createHash } from 'node:crypto'
import type { Sql } from '../../db/database.ts'
import type { ShopOrder } from '../../ports/shop.ts'
import { type KnownOrder, orderOf } from './sighting.ts'

/** Our row of a shop's order, locked until the transaction ends. */
export interface StoredOrder extends KnownOrder {
  id: bigint
  paid: boolean
  customerId?: bigint
  /** The order's e-mail under which the customer is served; another one in the order is a change to follow. */
  servedEmail?: string
  /** The order was first met as one of many from before the shop was connected; paid before this, it is history. */
  historyBefore?: Date
}

interface Snapshot {
  order?: ShopOrder
  servedEmail?: string
  historyBefore?: Date
}

interface OrderRow {
  id: bigint
  paid: boolean
  customer_id: bigint | null
  looked_at: bigint
  tombstone_at: Date | null
  state_hash: Buffer | null
  snapshot: unknown
}

/** Makes the row when the order is new, and locks it: one order is understood by one process at a time. */
export async function lockOrder(
  sql: Sql,
  order: { shopId: bigint; externalId: string; at: Date },
): Promise<StoredOrder> {
  const found = await findAndLock(sql, order)
  if (found) return found
  const [, made] = await Promise.all([
    sql.query(
      'make-order',
      `insert into shop_order (shop_id, external_id, created_at, updated_at) values ($1, $2, $3, $3)
       on conflict (shop_id, external_id) do nothing`,
      [order.shopId, order.externalId, order.at],
    ),
    findAndLock(sql, order),
  ])
  if (!made) throw new Error('an order was neither made nor found')
  return made
}

async function findAndLock(
  sql: Sql,
  order: { shopId: bigint; externalId: string },
): Promise<StoredOrder | undefined> {
  const [row] = await sql.query<OrderRow>(
    'lock-order',
    `select id, paid, customer_id, looked_at, tombstone_at, state_hash, snapshot from shop_order
     where shop_id = $1 and external_id = $2 for update`,
    [order.shopId, order.externalId],
  )
  if (!row) return undefined
  const snapshot = readSnapshot(row.snapshot)
  return {
    id: row.id,
    paid: row.paid,
    lookedAt: row.looked_at,
    ...(row.customer_id !== null && { customerId: row.customer_id }),
    ...(row.tombstone_at && { goneAt: row.tombstone_at }),
    ...(row.state_hash && { stateHash: row.state_hash }),
    ...snapshot,
  }
}

export async function saveOrder(
  sql: Sql,
  stored: StoredOrder,
  context: { shopId: bigint; at: Date },
): Promise<void> {
  const { order } = stored
  const snapshot: Snapshot = {
    ...(order && { order }),
    ...(stored.servedEmail !== undefined && { servedEmail: stored.servedEmail }),
    ...(stored.historyBefore && { historyBefore: stored.historyBefore }),
  }
  await sql.query(
    'save-order',
    `update shop_order set number = $3, status = $4, paid = $5, currency = $6, total = $7, paid_at = $8, modified_at = $9,
       customer_id = $10, looked_at = $11, tombstone_at = $12, state_hash = $13, snapshot = $14, updated_at = $15
     where shop_id = $1 and id = $2`,
    [
      context.shopId,
      stored.id,
      order?.number ?? '',
      orderOf(stored)?.status ?? 'trash',
      stored.paid,
      order?.currency ?? '',
      order?.total ?? '0',
      order?.paidAt ?? null,
      order?.modifiedAt ?? null,
      stored.customerId ?? null,
      stored.lookedAt,
      stored.goneAt ?? null,
      stored.stateHash ?? null,
      order || stored.servedEmail !== undefined ? JSON.stringify(snapshot) : null,
      context.at,
    ],
  )
}

/**
 * The order as we keep it: text that PostgreSQL refuses (NUL, half a surrogate pair) is mended, and an e-mail that cannot be
 * one is left out, so that odd input costs a character and not the whole order. Throws RangeError for absurd figures.
 */
export function cleanOrder(order: ShopOrder): ShopOrder {
  const { email, ...person } = order.customer
  const clean = reviveOrder(JSON.parse(JSON.stringify({ ...order, customer: person }), cleanText))
  for (const text of [clean.total, ...clean.lines.flatMap((line) => [line.total, line.tax])]) {
    if (text.length > 30) throw new RangeError('An amount of the order is longer than any price.')
  }
  const address = email === undefined ? undefined : cleanString(email)
  const isAddress = address !== undefined && address.length <= 254 && /^[^\s@]+@[^\s@]+$/.test(address)
  return isAddress ? { ...clean, customer: { ...clean.customer, email: address } } : clean
}

/**
 * Tells states of an order apart. Stable for equal content, since the connector writes the fields in one order. Without the time
 * of change: what we write into the order's meta data moves it, and is no news.
 */
export function hashOrder(order: ShopOrder | undefined): Buffer {
  const { modifiedAt: _, ...content } = order ?? {}
  return createHash('sha256')
    .update(JSON.stringify(order ? content : null))
    .digest()
}

export function cleanString(text: string): string {
  return Buffer.from(text).toString().replaceAll('\0', '')
}

function cleanText(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? cleanString(value) : value
}

type WrittenOrder = Omit<ShopOrder, 'paidAt' | 'modifiedAt'> & { paidAt?: string; modifiedAt: string }

function reviveOrder(written: WrittenOrder): ShopOrder {
  const { paidAt, modifiedAt, ...rest } = written
  return {
    ...rest,
    modifiedAt: new Date(modifiedAt),
    ...(paidAt !== undefined && { paidAt: new Date(paidAt) }),
  }
}

function readSnapshot(json: unknown): Snapshot {
  if (json === null) return {}
  const written = json as { order?: WrittenOrder; servedEmail?: string; historyBefore?: string }
  return {
    ...(written.order && { order: reviveOrder(written.order) }),
    ...(written.servedEmail !== undefined && { servedEmail: written.servedEmail }),
    ...(written.historyBefore !== undefined && { historyBefore: new Date(written.historyBefore) }),
  }
}
