import type { Sql } from '../../db/database.ts'
import type { Deps } from '../deps.ts'
import type { MessageKey } from './load-outgoing.ts'

/**
 * A send that failed for good: state, reason and the reversal of the charge in one commit, once. Does nothing when the message
 * cannot fail any more. The reason is the provider's, for agents.
 */
export async function failMessage(
  deps: Pick<Deps, 'clock' | 'log'> & { db: Sql },
  key: MessageKey,
  reason: string,
): Promise<void> {
  const [row] = await deps.db.query<{ units: bigint | null }>(
    'fail-message',
    'select fail_message($1, $2, $3, $4, $5) as units',
    [key.shopId, key.ticketId, key.messageId, reason, deps.clock.now()],
  )
  // Named one by one: callers pass the whole outgoing message, whose words and address are nobody's business in a log.
  const { shopId, ticketId, messageId } = key
  deps.log.warn({ shopId, ticketId, messageId, reason, givenBackUnits: row?.units ?? null }, 'send failed')
}
