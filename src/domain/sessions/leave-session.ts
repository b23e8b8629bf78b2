import type { Deps } from '../deps.ts'

/**
 * Writes down that a socket is gone since `at` (the clock's now when left out; its last heartbeat when it fell silent).
 * A socket that left already, or that a closed session counted, stays as it is.
 */
export async function leaveSession(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; sessionId: bigint; socketId: string; at?: Date },
): Promise<void> {
  await deps.db.query(
    'leave-session',
    `update session_presence set left_at = greatest(connected_at, $4)
     where shop_id = $1 and session_id = $2 and socket_id = $3 and left_at is null`,
    [input.shopId, input.sessionId, input.socketId, input.at ?? deps.clock.now()],
  )
}
