import type { Sql } from '../../db/database.ts'
import { cleanString } from './stored-order.ts'

export const deliveryStates = ['pending', 'processed', 'ignored', 'failed'] as const
export type DeliveryState = (typeof deliveryStates)[number]

/** The outcome of a delivery. One that has its outcome keeps it. */
export async function closeDelivery(
  sql: Sql,
  delivery: {
    shopId: bigint
    deliveryId: bigint
    state: DeliveryState
    reason?: string
    orderId?: string
    at: Date
  },
): Promise<void> {
  await sql.query(
    'close-delivery',
    `update delivery set state = $3, reason = $4, resource_id = coalesce($5, resource_id), processed_at = $6
     where shop_id = $1 and id = $2 and state = 'pending'`,
    [
      delivery.shopId,
      delivery.deliveryId,
      delivery.state,
      delivery.reason === undefined ? null : cleanString(delivery.reason).slice(0, 1_000),
      delivery.orderId ?? null,
      delivery.state === 'pending' ? null : delivery.at,
    ],
  )
}

/**
 * Closes deliveries of orders that the shop was asked for after they came: whatever they told of was taken in. Without this
 * one that failed would stay listed as a gap that is none.
 */
export async function closeGaps(
  sql: Sql,
  asked: { shopId: bigint; orderIds: readonly string[]; askedAt: Date; at: Date },
): Promise<void> {
  if (asked.orderIds.length === 0) return
  await sql.query(
    'close-gaps',
    `update delivery set state = 'processed', reason = 'The shop was asked for this order instead.', processed_at = $4
     where shop_id = $1 and resource_id = any ($2) and topic like 'order.%' and state in ('pending', 'failed')
       and received_at <= $3`,
    [asked.shopId, asked.orderIds, asked.askedAt, asked.at],
  )
}
