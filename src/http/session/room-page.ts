import type { Response } from 'express'
import { refuse } from '../../domain/refusal.ts'
import { type RoomPass, readRoomToken } from '../../domain/secrets/links.ts'
import { findRoom, type Room } from '../../domain/sessions/find-room.ts'
import { roomLinks } from '../../domain/sessions/room-links.ts'
import { readSession, type SessionView } from '../../domain/sessions/session-state.ts'
import { portalUrl } from '../../domain/tickets/render-outgoing.ts'
import type { SessionPageProps, SessionState } from '../../web/session/props.ts'
import { renderSessionPage } from '../../web/session/session.tsx'
import type { HttpDeps } from '../http-deps.ts'
import { csrfTokenFor } from '../middleware/csrf-token.ts'
import { pageFrame } from '../pages/page-frame.ts'

/** One side's way into a room, and the room. */
export interface RoomVisit {
  token: string
  pass: RoomPass
  room: Room
}

/** Refuses not_found for a token that we did not make. */
export async function openRoom(deps: HttpDeps, token: string): Promise<RoomVisit> {
  const pass = readRoomToken(deps.keyring, token)
  const room = pass && (await findRoom(deps, pass))
  return pass && room ? { token, pass, room } : refuse({ code: 'not_found', what: 'session' })
}

/** The meeting's page for the side that the token names. */
export async function sendRoomPage(deps: HttpDeps, res: Response, visit: RoomVisit): Promise<void> {
  const session = await readSession(deps, visit.pass)
  res.send(renderSessionPage(roomProps(deps, visit, session)))
}

function roomProps(deps: HttpDeps, visit: RoomVisit, session: SessionView): SessionPageProps {
  const { pass, room, token } = visit
  const isAgent = pass.side === 'agent'
  return {
    ...pageFrame(deps, {
      locale: isAgent ? room.shopLocale : room.customerLocale,
      timeZone: room.timeZone,
      csrf: csrfTokenFor(deps.keyring, token),
    }),
    side: pass.side,
    shopName: room.shopName,
    ticketNumber: room.ticketNumber,
    subject: room.subject,
    otherName: isAgent ? room.customerName : session.agentName,
    socketUrl: roomLinks(deps, pass).socket,
    backHref: isAgent
      ? `/desk/tickets/${room.ticketId}#newest`
      : portalUrl(deps, {
          shopId: pass.shopId,
          ...room,
          ...(pass.person && { person: { id: pass.person.contactId, linkVersion: pass.person.version } }),
        }),
    ...(isAgent && { endAction: `/session/${token}/end` }),
    price: {
      units: session.price.units,
      stepMinutes: session.price.stepSeconds / 60,
      freeSeconds: session.price.freeSeconds,
    },
    session: stateOf(session),
  }
}

/** What the socket pushes too, and nothing else of the session. */
function stateOf(session: SessionView): SessionState {
  return {
    state: session.state,
    agentPresent: session.agentPresent,
    customerPresent: session.customerPresent,
    togetherSeconds: session.togetherSeconds,
    billedSeconds: session.billedSeconds,
    heldUnits: session.heldUnits,
    remainingSeconds: session.remainingSeconds,
    ...(session.chargedUnits === undefined ? {} : { chargedUnits: session.chargedUnits }),
  }
}
