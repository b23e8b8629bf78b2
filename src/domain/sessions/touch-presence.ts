import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { endSession } from './end-session.ts'
import { renewedDeadline } from './hold-deadline.ts'
import { secondsTogether } from './presence.ts'
import { loadSession, type SessionRecord } from './session-record.ts'
import { type SessionState, stateOf, warnSeconds } from './session-state.ts'

/** The next step is held before the countdown would begin: three heartbeats earlier, so that nobody sees it flash by. */
const lookaheadSeconds = warnSeconds + 15

/** What a call may run on, unbilled, after the held credits are used up and no more could be held (rule 12). */
const graceSeconds = 60

type TouchDeps = Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>

/**
 * One heartbeat of a socket at the clock's now: renews the hold, holds the next step when the time together comes near to
 * what is covered, and ends the session when credits and grace are used up. Returns the state after it.
 * Refuses not_found.
 */
export async function touchPresence(
  deps: TouchDeps,
  input: { shopId: bigint; sessionId: bigint; socketId: string },
): Promise<SessionState> {
  const before = await loadOrRefuse(deps, input)
  const now = deps.clock.now()
  if (before.state !== 'open') return stateOf(before, now)
  // The session's row first: a closing session holds it, and after the bill no presence is moved any more.
  await deps.db.query(
    'touch-presence',
    `with renewed as (
       update session set deadline_at = greatest(deadline_at, $5) where shop_id = $1 and id = $2 and state = 'open'
       returning shop_id, id)
     update session_presence p set seen_at = greatest(p.seen_at, $4) from renewed r
     where p.shop_id = r.shop_id and p.session_id = r.id and p.socket_id = $3 and p.left_at is null`,
    [input.shopId, input.sessionId, input.socketId, now, renewedDeadline(before, now)],
  )
  const record = await loadOrRefuse(deps, input)
  const together = secondsTogether(record.stays, now.getTime(), 'until_now_if_fresh')
  if (record.state !== 'open' || together + lookaheadSeconds <= record.covered_seconds) {
    return stateOf(record, now)
  }
  await keepCovered(deps, input, together)
  return stateOf(await loadOrRefuse(deps, input), now)
}

async function keepCovered(
  deps: TouchDeps,
  input: { shopId: bigint; sessionId: bigint },
  together: number,
): Promise<void> {
  const [row] = await deps.db.query<{ covered: number }>(
    'extend-session',
    'select extend_session($1, $2, $3, $4) as covered',
    [input.shopId, input.sessionId, together + lookaheadSeconds, deps.clock.now()],
  )
  if (row && together >= row.covered + graceSeconds) {
    await endSession(deps, {
      shopId: input.shopId,
      sessionId: input.sessionId,
      actor: 'system',
      reason: 'out_of_credits',
    })
  }
}

async function loadOrRefuse(
  deps: TouchDeps,
  input: { shopId: bigint; sessionId: bigint },
): Promise<SessionRecord> {
  const record = await loadSession(deps.db, input.shopId, input.sessionId)
  return record ?? refuse({ code: 'not_found', what: 'session' })
}
