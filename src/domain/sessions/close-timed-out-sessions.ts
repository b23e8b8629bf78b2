import type { Deps } from '../deps.ts'
import { settleSession } from './settle-session.ts'

type Parts = Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>

/**
 * Closes sessions whose hold nobody renewed, at most `limit` at a time (50), billing what was seen to the last heartbeat of
 * each side. Each has a transaction of its own, so one that fails is logged and does not keep the others. Any number of
 * processes may do this at once. Returns how many it closed; as many as `limit` means that there may be more.
 */
export async function closeTimedOutSessions(
  deps: Parts & Pick<Deps, 'log'>,
  { limit = 50 }: { limit?: number } = {},
): Promise<number> {
  const due = await deps.db.query<{ shop_id: bigint; id: bigint }>(
    'timed-out-sessions',
    `select shop_id, id from session where state = 'open' and deadline_at <= $1 order by deadline_at, id limit $2`,
    [deps.clock.now(), limit],
  )
  let closed = 0
  for (const { shop_id: shopId, id: sessionId } of due) {
    try {
      if (await closeIfTimedOut(deps, { shopId, sessionId })) closed += 1
    } catch (error) {
      deps.log.error(
        { err: error, shopId: String(shopId), sessionId: String(sessionId) },
        'session not closed',
      )
    }
  }
  return closed
}

/** Closes one session if its hold timed out. The deadline is read again under the lock: a heartbeat may have renewed it. */
export async function closeIfTimedOut(
  deps: Parts,
  { shopId, sessionId }: { shopId: bigint; sessionId: bigint },
): Promise<boolean> {
  const outcome = await settleSession(deps, {
    shopId,
    sessionId,
    actor: 'system',
    reason: 'timed_out',
    open: 'until_last_heartbeat',
    mayClose: (deadlineAt, now) => deadlineAt <= now,
  })
  return typeof outcome !== 'string'
}
