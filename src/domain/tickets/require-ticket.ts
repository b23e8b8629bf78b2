import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'

/** Refuses not_found for a ticket that is not of this shop; tells whose it is. */
export async function requireTicket(
  deps: Pick<Deps, 'db'>,
  key: { shopId: bigint; ticketId: bigint },
): Promise<{ customerId: bigint }> {
  const [row] = await deps.db.query<{ customerId: bigint }>(
    'require-ticket',
    'select customer_id as "customerId" from ticket where shop_id = $1 and id = $2',
    [key.shopId, key.ticketId],
  )
  return row ?? refuse({ code: 'not_found', what: 'ticket' })
}
