import type { Deps } from '../deps.ts'

/** A delivery of another process may still be about to be committed under a lower number. */
const settledAfterMs = 60_000
/** Of a shop that had many before they were counted; the next check goes on. */
const atOnce = 50_000
/** Twice of what the rule of silence looks at. */
const keepMs = 56 * 86_400_000

/**
 * Adds the deliveries that came since the last time to the hours in which they came, and forgets that webhooks were switched off
 * before a delivery of theirs came. By numbers, so that the table of deliveries needs no further index.
 */
export async function countDeliveries(
  deps: Pick<Deps, 'db' | 'clock'>,
  { shopId }: { shopId: bigint },
): Promise<void> {
  const at = deps.clock.now()
  await deps.db.transaction(async (sql) => {
    await sql.query('begin-health', 'insert into shop_health (shop_id) values ($1) on conflict do nothing', [
      shopId,
    ])
    await sql.query('lock-health', 'select from shop_health where shop_id = $1 for update', [shopId])
    await sql.query(
      'count-deliveries',
      `with fresh as (
         select d.id, d.topic, d.received_at from shop_health h join delivery d on d.shop_id = h.shop_id and d.id > h.counted
         where h.shop_id = $1 and d.received_at <= $2 order by d.id limit $3
       ), orders as (select * from fresh where topic like 'order.%'), hours as (
         insert into delivery_hour as t (shop_id, hour, deliveries)
         select $1, date_bin('1 hour', received_at, '2000-01-01Z'), count(*)::int from orders group by 2
         on conflict (shop_id, hour) do update set deliveries = t.deliveries + excluded.deliveries
       ), works as (
         update shop_webhook w set offs = 0, off_at = null
         from (select topic, max(received_at) as last from fresh group by 1) f
         where w.shop_id = $1 and w.topic = f.topic and w.off_at < f.last
       )
       update shop_health h set counted = greatest(h.counted, (select max(id) from fresh)),
         last_order_at = greatest(h.last_order_at, (select max(received_at) from orders)) where h.shop_id = $1`,
      [shopId, new Date(at.getTime() - settledAfterMs), atOnce],
    )
    await sql.query('forget-hours', 'delete from delivery_hour where shop_id = $1 and hour < $2', [
      shopId,
      new Date(at.getTime() - keepMs),
    ])
  })
}
