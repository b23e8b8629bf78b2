import type { Sql } from '../../db/database.ts'
import { times } from './sync-times.ts'

export interface DueOrder {
  id: bigint
  externalId: string
  /** Its deletion would take credits. Others are looked at for what the shop may have given back without a word. */
  holdsCredits: boolean
}

/**
 * Orders from which a deletion would take something that is still there: some of their grants can be spent or are held. What is
 * spent or ended is left alone, because a shop that clears away old orders must not leave its customers in debt. And orders
 * that went missing a short time ago; and those with refunds, because a shop that takes a refund back tells nobody, and the order's
 * time of change stays as it was (WooCommerce before 11.2).
 */
export async function ordersToLookAt(
  sql: Sql,
  place: { shopId: bigint; after: bigint; limit: number; at: Date },
): Promise<DueOrder[]> {
  return await sql.query<DueOrder>(
    'orders-to-look-at',
    `select o.id, o.external_id as "externalId",
       coalesce(bool_or(g.promised > 0 and (g.live or g.held > 0) and (g.expires_at is null or g.expires_at > $4)), false)
         and not coalesce(o.tombstone_at >= o.modified_at, false) as "holdsCredits"
     from shop_order o
     join order_line l on l.shop_id = o.shop_id and l.order_id = o.id
     join credit_grant g on g.shop_id = l.shop_id and g.id = l.grant_id
     where o.shop_id = $1 and o.id > $2 and (
       (g.promised > 0 and (g.live or g.held > 0) and (g.expires_at is null or g.expires_at > $4)) or o.tombstone_at > $5
       or (o.paid and o.modified_at > $5 and (o.snapshot #>> '{order,refundedTotal}')::numeric > 0))
     group by o.shop_id, o.id
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
