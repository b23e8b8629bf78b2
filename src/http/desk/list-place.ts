import { parseCookie, stringifySetCookie } from 'cookie'
import type { Request, Response } from 'express'
import { Refused } from '../../domain/refusal.ts'
import type { TicketCursor } from '../../domain/tickets/list-tickets.ts'
import type { ListPlaceProps } from '../../web/desk/list-props.ts'
import { type View, views } from '../../web/desk/props.ts'
import { readTimeCursor } from '../api/cursor.ts'
import { toId } from '../ids.ts'
import { queryText } from '../pages/form.ts'

const longestQuery = 200
const cookieName = 'creditdesk_list'

/** Which page of which list. */
export interface ListPlace {
  view: View
  q?: string
  cursor?: string
  after?: TicketCursor
}

/** What the address asks for. Refuses: invalid (cursor). */
export function askedPlace(req: Request): ListPlace {
  return placeOf({
    view: queryText(req, 'view'),
    q: queryText(req, 'q'),
    cursor: queryText(req, 'cursor'),
  })
}

/**
 * The list that stands beside a ticket: the one that its address names, else the one that was looked at last, which forms of the
 * ticket's page lead back to.
 */
export function placeBeside(req: Request): ListPlace {
  return queryText(req, 'view') === undefined ? keptPlace(req) : forgiving(() => askedPlace(req))
}

function keptPlace(req: Request): ListPlace {
  const kept = new URLSearchParams(parseCookie(req.headers.cookie ?? '')[cookieName])
  const text = (name: string) => kept.get(name) ?? undefined
  return forgiving(() => placeOf({ view: text('view'), q: text('q'), cursor: text('cursor') }))
}

function forgiving(read: () => ListPlace): ListPlace {
  try {
    return read()
  } catch (error) {
    if (error instanceof Refused) return { view: 'unanswered' }
    throw error
  }
}

function placeOf(asked: { [Name in 'view' | 'q' | 'cursor']: string | undefined }): ListPlace {
  const after = readTimeCursor(asked.cursor)
  const q = asked.q?.trim().slice(0, longestQuery)
  return {
    view: views.find((name) => name === asked.view) ?? 'unanswered',
    ...(q && { q }),
    ...(asked.cursor && after && { cursor: asked.cursor, after }),
  }
}

/** Until the browser is closed; it is no secret and no setting. */
export function keepPlace(res: Response, place: ListPlace): void {
  res.append(
    'Set-Cookie',
    stringifySetCookie({
      name: cookieName,
      value: searchOf(place).slice(1),
      httpOnly: true,
      sameSite: 'lax',
      path: '/desk',
    }),
  )
}

export function placeProps(place: ListPlace): ListPlaceProps {
  return { view: place.view, search: searchOf(place), ...(place.q && { query: place.q }) }
}

/**
 * Where a form leads back to: the ticket's page that it stood on ("ticket:12"), or the list that was looked at last. `more` says what
 * was done there.
 */
export function backHref(req: Request, from: string, more: Record<string, string>, to?: bigint): string {
  const ticketId = to === undefined ? toId(/^ticket:(\d+)$/.exec(from)?.[1]) : to
  if (ticketId !== 0n) return `/desk/tickets/${ticketId}?${new URLSearchParams(more)}#newest`
  return `/desk${searchOf(keptPlace(req))}&${new URLSearchParams(more)}`
}

/** "?view=mine&q=printer", with the cursor of its page. */
export function searchOf({ view, q, cursor }: Omit<ListPlace, 'after'>): string {
  return `?${new URLSearchParams({ view, ...(q && { q }), ...(cursor && { cursor }) })}`
}
