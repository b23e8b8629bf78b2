import { randomUUID } from 'node:crypto'
import type { RawData, WebSocket } from 'ws'
import { z } from 'zod'
import type { Deps } from '../../domain/deps.ts'
import { Refused } from '../../domain/refusal.ts'
import type { RoomPass } from '../../domain/secrets/links.ts'
import { joinSession } from '../../domain/sessions/join-session.ts'
import { leaveSession } from '../../domain/sessions/leave-session.ts'
import { loadSession } from '../../domain/sessions/session-record.ts'
import { stateOf } from '../../domain/sessions/session-state.ts'
import { touchPresence } from '../../domain/sessions/touch-presence.ts'
import { type Rooms, send, stateMessage } from './rooms.ts'
import { closeCodes, type SocketTiming } from './timing.ts'

export type SocketDeps = Pick<Deps, 'db' | 'clock' | 'log' | 'wakeWorkers'>

/** One connected socket, which is presence of its side for as long as it answers pings. */
export interface PresenceSocket {
  /** Writes down that it left now, then closes it. Safe to call more than once. */
  leave(code: number): Promise<void>
}

/** Follows a socket from its joining to its leaving. Never throws; what fails is logged and costs the customer nothing. */
export function followSocket(
  deps: SocketDeps,
  rooms: Rooms,
  timing: SocketTiming,
  socket: WebSocket,
  pass: RoomPass,
): PresenceSocket {
  const input = { shopId: pass.shopId, sessionId: pass.sessionId, socketId: randomUUID() }
  let answeredAt = deps.clock.now()
  let asked = false
  let left: Promise<void> | undefined
  const warn = (error: unknown, what: string) =>
    deps.log.warn({ err: error, sessionId: String(pass.sessionId), side: pass.side }, what)

  const joined = join().catch((error: unknown) => {
    warn(error, 'socket not joined')
    socket.close(closeCodes.unavailable)
    return false
  })

  async function join(): Promise<boolean> {
    try {
      const outcome = await joinSession(deps, { ...pass, ...input })
      if (outcome === 'joined') return true
      socket.close(closeCodes.tooManySockets)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      // The last word first: a page that learns that the session is over stops knocking.
      if (error.refusal.code === 'session_closed') await sendLast()
      socket.close(closeCodes.sessionClosed)
    }
    return false
  }

  async function sendLast(): Promise<void> {
    const session = await loadSession(deps.db, pass.shopId, pass.sessionId)
    if (session) send(socket, stateMessage(stateOf(session, deps.clock.now())))
  }

  async function record(at: Date): Promise<void> {
    clearInterval(pinging)
    clearTimeout(silence)
    rooms.exit(pass, socket)
    // A join still under way is written first, or its row would stay open with nobody behind it.
    if (!(await joined)) return
    await leaveSession(deps, { ...input, at })
    await rooms.refresh(pass)
  }

  function gone(at = deps.clock.now()): Promise<void> {
    left ??= record(at).catch((error: unknown) => warn(error, 'leaving not recorded'))
    return left
  }

  async function beat(): Promise<void> {
    // Pongs that nobody asked for are not worth three statements each.
    if (!asked) return
    asked = false
    answeredAt = deps.clock.now()
    silence.refresh()
    if (left || !(await joined)) return
    const state = await touchPresence(deps, input)
    if (state.state !== 'open') await rooms.refresh(pass)
  }

  const pinging = setInterval(() => {
    asked = true
    if (socket.readyState === socket.OPEN) socket.ping()
  }, timing.ping)
  const silence = setTimeout(() => {
    // What came after its last answer was nobody's presence.
    void gone(answeredAt)
    socket.terminate()
  }, timing.silence)

  socket.on('pong', () => {
    beat().catch((error: unknown) => warn(error, 'heartbeat not recorded'))
  })
  socket.on('message', (data) => {
    if (isBye(data)) void gone().then(() => socket.close(closeCodes.done))
  })
  socket.on('close', () => void gone())
  socket.on('error', (error) => deps.log.debug({ err: error }, 'session socket failed'))

  void joined.then(async (here) => {
    if (!here || left) return
    rooms.enter(pass, socket)
    await rooms.refresh(pass).catch((error: unknown) => warn(error, 'state not read'))
  })

  return {
    async leave(code) {
      await gone()
      socket.close(code)
    },
  }
}

const byeMessage = z.object({ type: z.literal('bye') })

function isBye(data: RawData): boolean {
  try {
    return byeMessage.safeParse(JSON.parse(String(data))).success
  } catch {
    return false
  }
}
