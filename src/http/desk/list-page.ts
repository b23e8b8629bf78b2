import type { Request, Response } from 'express'
import { countTickets, listTickets, type TicketListRow } from '../../domain/tickets/list-tickets.ts'
import { renderDeskList } from '../../web/desk/list.tsx'
import { type TicketRow, type View, views } from '../../web/desk/props.ts'
import { type MessageChannel, messageChannels } from '../../web/props.ts'
import { readTimeCursor, writeCursor } from '../api/cursor.ts'
import type { HttpDeps } from '../http-deps.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { queryText } from '../pages/form.ts'
import { deskFrame } from './desk-frame.ts'

const rowsOnPage = 50
const longestQuery = 200

const statusOf: Record<View, 'open' | 'waiting' | 'closed' | undefined> = {
  unanswered: 'open',
  waiting: 'waiting',
  closed: 'closed',
  all: undefined,
}

/** GET /desk: one view, or what a search finds in all of them. Two statements, side by side. */
export async function showList(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const agent = agentOf(res)
  const asked = queryText(req, 'view')
  const view = views.find((name) => name === asked) ?? 'unanswered'
  const q = queryText(req, 'q')?.trim().slice(0, longestQuery)
  const after = readTimeCursor(queryText(req, 'cursor'))
  // Whoever searches wants the ticket, in whichever view it stands.
  const status = q ? undefined : statusOf[view]
  const [page, counts] = await Promise.all([
    listTickets(deps, {
      shopId: agent.shopId,
      limit: rowsOnPage,
      ...(status && { status }),
      ...(q && { q }),
      ...(after && { after: { activityAt: after.at, id: after.id } }),
    }),
    countTickets(deps, agent.shopId),
  ])
  res.send(
    renderDeskList({
      ...deskFrame(deps, res, { unanswered: counts.open ?? 0, waiting: counts.waiting ?? 0 }),
      view,
      ...(q && { query: q }),
      rows: page.rows.map(toRow),
      ...(page.next && { olderHref: hrefOf(view, q, writeCursor(page.next.activityAt, page.next.id)) }),
    }),
  )
}

function hrefOf(view: View, q: string | undefined, cursor: string): string {
  return `/desk?${new URLSearchParams({ view, ...(q && { q }), cursor })}`
}

function toRow(row: TicketListRow): TicketRow {
  return {
    id: String(row.id),
    number: row.number,
    customerName: row.customerName,
    subject: row.subject,
    preview: row.preview,
    lastIsOurs: row.lastIsOurs && row.preview !== '',
    channel: channelOf(row.lastChannel),
    at: row.activityAt,
    available: row.availableUnits,
    state: row.status,
    unanswered: row.status === 'open',
  }
}

/** A ticket on which nobody has written yet began with the welcome mail. */
function channelOf(channel: string): MessageChannel {
  return messageChannels.find((known) => known === channel) ?? 'email'
}
