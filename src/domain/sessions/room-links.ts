import type { Deps } from '../deps.ts'
import { type RoomPass, roomToken } from '../secrets/links.ts'

/** Where one side meets the other: the page, and the socket whose being open is that side's presence. Absolute addresses. */
export interface RoomLinks {
  url: string
  socket: string
}

export function roomLinks(deps: Pick<Deps, 'keyring' | 'publicUrl'>, pass: RoomPass): RoomLinks {
  const token = roomToken(deps.keyring, pass)
  return {
    url: `${deps.publicUrl}/session/${token}`,
    // http becomes ws, and https becomes wss.
    socket: `${deps.publicUrl.replace(/^http/, 'ws')}/sockets/session/${token}`,
  }
}
