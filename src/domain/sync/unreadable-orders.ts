import type { Sql } from '../../db/database.ts'
import { cleanString } from '../orders/stored-order.ts'

/** Notes orders that the shop lists and that cannot be understood. They are asked for again by the daily look. */
export async function recordUnreadable(
  sql: Sql,
  context: { shopId: bigint; at: Date },
  orders: readonly { orderId: string; reason: string }[],
): Promise<void> {
  const named = orders.filter(({ orderId }) => orderId !== '')
  if (named.length === 0) return
  await sql.query(
    'record-unreadable',
    `insert into unreadable_order (shop_id, external_id, reason, since, last_at)
     select distinct on (id) $1, id, reason, $4::timestamptz, $4 from unnest($2::text[], $3::text[]) as u (id, reason)
     on conflict (shop_id, external_id) do update set reason = excluded.reason, last_at = excluded.last_at`,
    [
      context.shopId,
      named.map(({ orderId }) => cleanString(orderId)),
      named.map(({ reason }) => cleanString(reason).slice(0, 1_000)),
      context.at,
    ],
  )
}

/** These were understood, or are gone. */
export async function clearUnreadable(sql: Sql, shopId: bigint, orderIds: readonly string[]): Promise<void> {
  if (orderIds.length === 0) return
  await sql.query(
    'clear-unreadable',
    'delete from unreadable_order where shop_id = $1 and external_id = any ($2)',
    [shopId, orderIds],
  )
}
