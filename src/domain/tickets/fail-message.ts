import type { Sql } from '../../db/database.ts'
import { type JobPayload, jobs } from '../../jobs/catalog.ts'
import type { Deps } from '../deps.ts'
import type { MessageKey } from './load-outgoing.ts'

/**
 * A send that failed for good: state, reason, the reversal of the charge and the news of it for whoever wrote it, in one commit,
 * once. Does nothing when the message cannot fail any more. The reason is the provider's, for agents. `told`: a person said so.
 */
export async function failMessage(
  deps: Pick<Deps, 'clock' | 'log'> & { db: Sql },
  key: MessageKey,
  reason: string,
  { told = false }: { told?: boolean } = {},
): Promise<void> {
  const news: JobPayload<'tell_failure'> = {
    shopId: String(key.shopId),
    ticketId: String(key.ticketId),
    messageId: String(key.messageId),
  }
  const tries = jobs.tell_failure.maxAttempts
  const [row] = await deps.db.query<{ units: bigint | null }>(
    'fail-message',
    `with failed as materialized (select fail_message($1, $2, $3, $4, $5) as units)
     select units, case when not $6 then (graphile_worker.add_job('tell_failure', $7::json, max_attempts => $8)).id end
     from failed where units is not null`,
    [key.shopId, key.ticketId, key.messageId, reason, deps.clock.now(), told, JSON.stringify(news), tries],
  )
  // Named one by one: callers pass the whole outgoing message, whose words and address are nobody's business in a log.
  const { shopId, ticketId, messageId } = key
  deps.log.warn({ shopId, ticketId, messageId, reason, givenBackUnits: row?.units ?? null }, 'send failed')
}
