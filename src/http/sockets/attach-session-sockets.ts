import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Deps } from '../../domain/deps.ts'
import { type RoomPass, readRoomToken } from '../../domain/secrets/links.ts'
import { followSocket, type PresenceSocket, type SocketDeps } from './presence-socket.ts'
import { makeRooms } from './rooms.ts'
import { closeCodes, defaultTiming, type SocketTiming } from './timing.ts'

export interface SessionSockets {
  /** Records that every side connected here left now and closes the sockets; pages reconnect elsewhere. Before the database. */
  close(): Promise<void>
}

/** Messages of clients are nearly empty; more is an attempt to fill our memory. */
const mostPayload = 1024

/** How long a socket may take to say goodbye before it is cut off. */
const farewell = 1000

/**
 * Serves `/sockets/session/<token>` on the http server: an open socket that answers pings is presence of the token's side.
 * It answers every upgrade of this server: another path gets 404, a token that is not ours 401, a foreign page 403.
 */
export function attachSessionSockets(
  server: Server,
  deps: SocketDeps & Pick<Deps, 'keyring' | 'publicUrl'>,
  timing: SocketTiming = defaultTiming,
): SessionSockets {
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: mostPayload,
    perMessageDeflate: false,
    clientTracking: true,
  })
  const rooms = makeRooms(deps, timing)
  const followed = new Set<PresenceSocket>()
  const origin = new URL(deps.publicUrl).origin
  let closing = false

  function onUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    // Without a listener a connection that breaks now would end the process.
    stream.on('error', () => stream.destroy())
    const admitted = closing ? 503 : admit(deps, origin, request)
    if (typeof admitted === 'number') {
      turnAway(stream, admitted)
      return
    }
    webSockets.handleUpgrade(request, stream, head, (socket) => {
      const presence = followSocket(deps, rooms, timing, socket, admitted)
      followed.add(presence)
      // Only when its leaving is recorded, so that close() waits for that too.
      socket.on('close', () => void presence.leave(closeCodes.done).finally(() => followed.delete(presence)))
    })
  }
  server.on('upgrade', onUpgrade)

  return {
    async close() {
      closing = true
      await Promise.all([...followed].map((presence) => presence.leave(closeCodes.restarting)))
      await waitForGoodbyes(webSockets)
      server.off('upgrade', onUpgrade)
    },
  }
}

/** The side that a request may be, or the status that turns it away. */
function admit(
  deps: Pick<Deps, 'keyring'>,
  origin: string,
  request: IncomingMessage,
): RoomPass | 401 | 403 | 404 {
  const token = /^\/sockets\/session\/([^/?]+)(?:\?|$)/.exec(request.url ?? '')?.[1]
  if (token === undefined) return 404
  // A browser always says where its page comes from; programs that say nothing need no page of ours.
  if (request.headers.origin !== undefined && request.headers.origin !== origin) return 403
  return readRoomToken(deps.keyring, token) ?? 401
}

function turnAway(stream: Duplex, status: number): void {
  stream.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  )
}

async function waitForGoodbyes(webSockets: WebSocketServer): Promise<void> {
  const cut = setTimeout(() => {
    for (const socket of webSockets.clients) socket.terminate()
  }, farewell)
  await new Promise<void>((resolve) => webSockets.close(() => resolve()))
  clearTimeout(cut)
}
