import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import type { RoomPass } from '../secrets/links.ts'
import { renewedDeadline } from './hold-deadline.ts'
import { mayEnter } from './may-enter.ts'
import { freshMilliseconds } from './presence.ts'
import { loadSession } from './session-record.ts'

/** A person has a phone, a laptop and some tabs; beyond that it is a program in a loop. */
const socketsPerSide = 10

/**
 * Writes down that a socket of one side is here from the clock's now on, and renews the hold. 'too_many_sockets' writes
 * nothing. Refuses not_found, session_closed.
 */
export async function joinSession(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: RoomPass & { socketId: string },
): Promise<'joined' | 'too_many_sockets'> {
  const record = await loadSession(deps.db, input.shopId, input.sessionId)
  if (!record || !(await mayEnter(deps.db, input))) return refuse({ code: 'not_found', what: 'session' })
  const now = deps.clock.now()
  const open = record.stays.filter(
    (stay) =>
      stay.side === input.side && stay.leftAt === null && stay.seenAt >= now.getTime() - freshMilliseconds,
  )
  if (record.state === 'open' && open.length >= socketsPerSide) return 'too_many_sockets'
  // The session's row first, so that a join and a closing session wait for each other: after the bill nobody joins.
  const joined = await deps.db.query(
    'join-session',
    `with renewed as (
       update session set deadline_at = greatest(deadline_at, $6) where shop_id = $1 and id = $2 and state = 'open'
       returning shop_id, id)
     insert into session_presence (shop_id, session_id, socket_id, side, connected_at, seen_at)
     select shop_id, id, $3, $4, $5::timestamptz, $5::timestamptz from renewed returning socket_id`,
    [input.shopId, input.sessionId, input.socketId, input.side, now, renewedDeadline(record, now)],
  )
  if (joined.length === 0) refuse({ code: 'session_closed' })
  return 'joined'
}
