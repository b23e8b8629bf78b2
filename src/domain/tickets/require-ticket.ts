import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'

/** Refuses not_found for a ticket that is not of this shop. */
export async function requireTicket(
  deps: Pick<Deps, 'db'>,
  key: { shopId: bigint; ticketId: bigint },
): Promise<void> {
  const [row] = await deps.db.query(
    'require-ticket',
    'select 1 as found from ticket where shop_id = $1 and id = $2',
    [key.shopId, key.ticketId],
  )
  if (!row) refuse({ code: 'not_found', what: 'ticket' })
}
