import type { Deps } from '../deps.ts'
import type { DeliveryState } from './deliveries.ts'

export interface ListedDelivery {
  id: bigint
  topic: string
  /** The shop's order id; null while it is not read, and for what is no order. */
  resourceId: string | null
  state: DeliveryState
  reason: string | null
  receivedAt: Date
  processedAt: Date | null
}

/** Deliveries, newest first. `next` goes into `before` for the page after. */
export async function listDeliveries(
  deps: Pick<Deps, 'db'>,
  input: { shopId: bigint; state?: DeliveryState; before?: bigint; limit: number },
): Promise<{ deliveries: ListedDelivery[]; next?: bigint }> {
  const rows = await deps.db.query<ListedDelivery>(
    'list-deliveries',
    `select id, topic, resource_id as "resourceId", state, reason, received_at as "receivedAt", processed_at as "processedAt"
     from delivery
     where shop_id = $1 and ($2::text is null or state = $2) and ($3::bigint is null or id < $3)
     order by id desc limit $4`,
    [input.shopId, input.state ?? null, input.before ?? null, input.limit + 1],
  )
  const deliveries = rows.slice(0, input.limit)
  const last = deliveries.at(-1)
  return rows.length > input.limit && last ? { deliveries, next: last.id } : { deliveries }
}
