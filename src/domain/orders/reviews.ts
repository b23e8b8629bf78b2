import type { Sql } from '../../db/database.ts'

export type ReviewKind =
  | 'amount_refund'
  | 'email_changed'
  | 'custom_status'
  | 'deleted_product'
  | 'order_vanished'
  | 'conflicting_bodies'
  | 'subscription_change'

export interface WantedReview {
  kind: ReviewKind
  /** With the kind it names the question; the same question is asked once, also after it was answered. */
  subjectKey: string
  data: Record<string, unknown>
}

interface ReviewedOrder {
  shopId: bigint
  orderId: bigint
  ticketId?: bigint
  at: Date
}

/** Withdraws what nobody has answered and an order's state asks no more. */
export async function withdrawReviews(
  sql: Sql,
  order: { shopId: bigint; orderId: bigint },
  wanted: readonly WantedReview[],
): Promise<void> {
  await sql.query(
    'withdraw-reviews',
    `delete from review where shop_id = $1 and order_id = $2 and resolved_at is null
       and not (kind || ' ' || subject_key = any ($3::text[]))`,
    [order.shopId, order.orderId, wanted.map((review) => `${review.kind} ${review.subjectKey}`)],
  )
}

/** Puts before a supervisor what an order's state asks for now. Returns the kinds of the new questions. */
export async function raiseReviews(
  sql: Sql,
  order: ReviewedOrder,
  wanted: readonly WantedReview[],
): Promise<ReviewKind[]> {
  const raised: ReviewKind[] = []
  for (const review of wanted) {
    const [row] = await sql.query(
      'raise-review',
      `insert into review (shop_id, kind, subject_key, order_id, ticket_id, data, created_at) values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (shop_id, kind, subject_key) do nothing returning id`,
      [
        order.shopId,
        review.kind,
        review.subjectKey,
        order.orderId,
        order.ticketId ?? null,
        JSON.stringify(review.data),
        order.at,
      ],
    )
    if (row) raised.push(review.kind)
  }
  return raised
}

/** True when this question stands open, so that it can be kept while its cause cannot be seen in the state itself. */
export async function isReviewOpen(
  sql: Sql,
  shopId: bigint,
  review: Pick<WantedReview, 'kind' | 'subjectKey'>,
): Promise<boolean> {
  const [row] = await sql.query(
    'is-review-open',
    'select id from review where shop_id = $1 and kind = $2 and subject_key = $3 and resolved_at is null',
    [shopId, review.kind, review.subjectKey],
  )
  return row !== undefined
}
