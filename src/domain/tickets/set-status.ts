import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'

/** Closes or reopens a ticket. Credits are not touched; a customer's next message reopens it by itself. Refuses: not_found. */
export async function setTicketStatus(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; ticketId: bigint; status: 'open' | 'closed' },
): Promise<void> {
  const [row] = await deps.db.query(
    'set-ticket-status',
    'update ticket set status = $3, activity_at = $4 where shop_id = $1 and id = $2 returning id',
    [input.shopId, input.ticketId, input.status, deps.clock.now()],
  )
  if (!row) refuse({ code: 'not_found', what: 'ticket' })
}
