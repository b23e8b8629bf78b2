import type { WebSocket } from 'ws'
import type { Deps } from '../../domain/deps.ts'
import { loadSession, type SessionRecord } from '../../domain/sessions/session-record.ts'
import { type SessionState, stateOf } from '../../domain/sessions/session-state.ts'
import { closeCodes, type SocketTiming } from './timing.ts'

export interface RoomKey {
  shopId: bigint
  sessionId: bigint
}

interface Room extends RoomKey {
  sockets: Set<WebSocket>
  record: SessionRecord | undefined
  readAt: number
  reading: Promise<void> | undefined
  pushed: string
  timer: NodeJS.Timeout
}

export interface Rooms {
  enter(key: RoomKey, socket: WebSocket): void
  exit(key: RoomKey, socket: WebSocket): void
  /** Looks at the database and tells every socket of the session that this process has, when anything changed. */
  refresh(key: RoomKey): Promise<void>
}

/** A socket that does not take what it is sent gets no more until it has; states are not worth keeping. */
const mostBuffered = 64 * 1024

/** The sockets of this process by session. Sides may sit in different processes, so what they are told comes from the database. */
export function makeRooms(deps: Pick<Deps, 'db' | 'clock' | 'log'>, timing: SocketTiming): Rooms {
  const rooms = new Map<string, Room>()
  const nameOf = (key: RoomKey) => `${key.shopId}:${key.sessionId}`

  async function read(room: Room): Promise<void> {
    // A slow database is asked again only when it has answered.
    room.reading ??= loadSession(deps.db, room.shopId, room.sessionId)
      .then((record) => {
        room.record = record
        room.readAt = performance.now()
      })
      .finally(() => {
        room.reading = undefined
      })
    await room.reading
  }

  function push(room: Room): void {
    if (!room.record) return
    const state = stateOf(room.record, deps.clock.now())
    const text = stateMessage(state)
    const bothHere = state.agentPresent && state.customerPresent
    if (bothHere || text !== room.pushed) {
      room.pushed = text
      for (const socket of room.sockets) send(socket, text)
    }
    if (state.state !== 'open') for (const socket of room.sockets) socket.close(closeCodes.sessionClosed)
  }

  async function tick(room: Room): Promise<void> {
    if (performance.now() - room.readAt >= timing.reread - timing.push / 2) await read(room)
    push(room)
  }

  function openRoom(key: RoomKey): Room {
    const room: Room = {
      shopId: key.shopId,
      sessionId: key.sessionId,
      sockets: new Set(),
      record: undefined,
      readAt: 0,
      reading: undefined,
      pushed: '',
      timer: setInterval(() => {
        tick(room).catch((error: unknown) =>
          deps.log.warn({ err: error, sessionId: String(key.sessionId) }, 'session state not read'),
        )
      }, timing.push),
    }
    rooms.set(nameOf(key), room)
    return room
  }

  return {
    enter(key, socket) {
      const room = rooms.get(nameOf(key)) ?? openRoom(key)
      room.sockets.add(socket)
      // Whoever comes in must be told once, also when nothing changes for the others.
      room.pushed = ''
    },
    exit(key, socket) {
      const room = rooms.get(nameOf(key))
      room?.sockets.delete(socket)
      if (room?.sockets.size !== 0) return
      clearInterval(room.timer)
      rooms.delete(nameOf(key))
    },
    async refresh(key) {
      const room = rooms.get(nameOf(key))
      if (!room) return
      // A look that began before the change does not show it.
      await room.reading?.catch(() => undefined)
      await read(room)
      push(room)
    },
  }
}

export function stateMessage(state: SessionState): string {
  return JSON.stringify({ type: 'state', ...state })
}

export function send(socket: WebSocket, text: string): void {
  if (socket.readyState === socket.OPEN && socket.bufferedAmount < mostBuffered) socket.send(text)
}
