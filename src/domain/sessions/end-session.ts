import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { type ClosedSession, settleSession } from './settle-session.ts'

/**
 * Ends a session at the clock's now and bills it (rules 11 and 12): what is held pays for the started steps, the rest is
 * released; a session in which nobody met is void and costs nothing. A second end gives the first result again.
 * Transactional. Refuses not_found.
 */
export async function endSession(
  deps: Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>,
  input: { shopId: bigint; sessionId: bigint; actor: string; reason?: 'ended' | 'out_of_credits' },
): Promise<ClosedSession> {
  const closed = await settleSession(deps, {
    shopId: input.shopId,
    sessionId: input.sessionId,
    actor: input.actor,
    reason: input.reason ?? 'ended',
    open: 'until_now_if_fresh',
  })
  if (typeof closed === 'string') refuse({ code: 'not_found', what: 'session' })
  return closed
}
