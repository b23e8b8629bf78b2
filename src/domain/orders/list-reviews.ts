import type { Deps } from '../deps.ts'

/** Something that a supervisor must decide, such as a refund that names no lines. */
export interface OpenReview {
  id: bigint
  kind: string
  ticketId: bigint | null
  /** The id and number that the shop gave the order; null when it is about none. */
  orderId: string | null
  orderNumber: string | null
  data: Record<string, unknown>
  createdAt: Date
}

/** What is undecided, oldest first; `next` is the id to go on after when there may be more. One statement. */
export async function listReviews(
  deps: Pick<Deps, 'db'>,
  input: { shopId: bigint; after?: bigint; limit: number },
): Promise<{ reviews: OpenReview[]; next?: bigint }> {
  const rows = await deps.db.query<OpenReview>(
    'list-reviews',
    `select r.id, r.kind, r.ticket_id as "ticketId", o.external_id as "orderId", o.number as "orderNumber", r.data,
       r.created_at as "createdAt"
     from review r
     left join shop_order o on o.shop_id = r.shop_id and o.id = r.order_id
     where r.shop_id = $1 and r.resolved_at is null and r.id > $2
     order by r.id limit $3`,
    [input.shopId, input.after ?? 0n, input.limit + 1],
  )
  const reviews = rows.slice(0, input.limit)
  const last = reviews.at(-1)
  return rows.length > input.limit && last ? { reviews, next: last.id } : { reviews }
}
