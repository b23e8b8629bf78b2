import type { Deps } from '../deps.ts'

/**
 * "Send and close", "send and keep open": where the ticket stands after an answer, unless somebody wrote in between. Done again for the
 * same answer it changes nothing that came later.
 */
export async function leaveTicket(
  deps: Pick<Deps, 'db'>,
  input: { shopId: bigint; ticketId: bigint; messageId: bigint; status: 'open' | 'closed' },
): Promise<void> {
  await deps.db.query(
    'leave-ticket',
    'update ticket set status = $4 where shop_id = $1 and id = $2 and last_message_id = $3',
    [input.shopId, input.ticketId, input.messageId, input.status],
  )
}
