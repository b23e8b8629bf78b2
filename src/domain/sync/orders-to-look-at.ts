import type { Sql } from '../../db/database.ts'
import { times } from './sync-times.ts'

export interface DueOrder {
  id: bigint
  externalId: string
  /** It is gone as far as we know; it may come back from a backup. */
  isGone: boolean
}

/**
 * Orders from which a deletion would take something that is still there: some of their grants can be spent or are held. What is
 * spent or ended is left alone, because a shop that clears away old orders must not leave its customers in debt. And orders
 * that went missing a short time ago.
 */
export async function ordersToLookAt(
  sql: Sql,
  place: { shopId: bigint; after: bigint; limit: number; at: Date },
): Promise<DueOrder[]> {
  return await sql.query<DueOrder>(
    'orders-to-look-at',
    `select o.id, o.external_id as "externalId", coalesce(o.tombstone_at >= o.modified_at, false) as "isGone" from shop_order o
     where o.shop_id = $1 and o.id > $2 and exists (
       select from order_line l join credit_grant g on g.shop_id = l.shop_id and g.id = l.grant_id
       where l.shop_id = o.shop_id and l.order_id = o.id and (
         (g.promised > 0 and (g.live or g.held > 0) and (g.expires_at is null or g.expires_at > $4)) or o.tombstone_at > $5))
     order by o.id limit $3`,
    [place.shopId, place.after, place.limit, place.at, new Date(place.at.getTime() - times.mayReturn)],
  )
}

/** Orders that were not understood when they were last met, before this moment. */
export async function unreadableToLookAt(
  sql: Sql,
  place: { shopId: bigint; before: Date; limit: number },
): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    'unreadable-to-look-at',
    'select external_id as id from unreadable_order where shop_id = $1 and last_at < $2 order by external_id limit $3',
    [place.shopId, place.before, place.limit],
  )
  return rows.map(({ id }) => id)
}
