import type { SendOutcome } from '../../ports/outcome.ts'
import type { Deps } from '../deps.ts'
import { enqueueJob } from '../enqueue.ts'
import type { MessageKey } from './load-outgoing.ts'

const minute = 60_000

/** Waits after the first, second, … temporary failure; the last goes on. A greylisting server wants five minutes or so. */
const waitsMs = [10_000, 30_000, 2 * minute, 5 * minute, 15 * minute, 30 * minute, 60 * minute]

/**
 * Queues a message again that its provider certainly did not take, with what it said and when it is tried next. While the
 * provider wants to be left alone nothing was tried, so no try is used up.
 */
export async function putOff(
  deps: Pick<Deps, 'db' | 'clock'>,
  message: MessageKey & { attempts: number },
  outcome: Extract<SendOutcome, { kind: 'temporary' }>,
): Promise<void> {
  const wait = outcome.waitMs ?? waitsMs[Math.min(message.attempts, waitsMs.length) - 1] ?? minute
  // Spread a little, so that what was put off together does not come back in one moment.
  const waitMs = Math.round(wait * (1 + Math.random() * 0.1))
  const { shopId, ticketId, messageId } = message
  await deps.db.transaction(async (sql) => {
    const [queued] = await sql.query(
      'requeue-message',
      `update message set state = 'queued', error = $4, due_at = $5, attempts = attempts - $6
       where shop_id = $1 and ticket_id = $2 and id = $3 and state = 'sending' returning id`,
      [
        shopId,
        ticketId,
        messageId,
        outcome.reason,
        new Date(deps.clock.now().getTime() + waitMs),
        outcome.waitMs === undefined ? 0 : 1,
      ],
    )
    if (!queued) return
    await enqueueJob(
      sql,
      'send_message',
      { shopId: String(shopId), ticketId: String(ticketId), messageId: String(messageId) },
      // One at a time: a job that runs again after a crash would else begin a second row of tries.
      { key: `send:${shopId}:${ticketId}:${messageId}`, runAt: new Date(Date.now() + waitMs) },
    )
  })
}
