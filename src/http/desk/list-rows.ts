import type { LoggedInAgent } from '../../domain/agents/find-login.ts'
import { Refused } from '../../domain/refusal.ts'
import { listTickets, type TicketPage } from '../../domain/tickets/list-tickets.ts'
import type { TicketListRow } from '../../domain/tickets/ticket-row.ts'
import type { TicketRow } from '../../web/desk/list-props.ts'
import { type MessageChannel, messageChannels } from '../../web/props.ts'
import type { HttpDeps } from '../http-deps.ts'
import type { ListPlace } from './list-place.ts'

const rowsOnPage = 50

export type ListPage = TicketPage & {
  /** Why what was typed cannot be searched for. */
  wrong?: string
}

/** The rows of one page of a list and the counts of the rail: one statement, and for a search one before it. */
export async function loadRows(deps: HttpDeps, agent: LoggedInAgent, place: ListPlace): Promise<ListPage> {
  try {
    return await askRows(deps, agent, place)
  } catch (error) {
    if (!(error instanceof Refused) || error.refusal.code !== 'invalid') throw error
    // The page without the search, for its counts.
    const { view } = place
    const page = await askRows(deps, agent, { view })
    return {
      counts: page.counts,
      choices: page.choices,
      rows: [],
      wrong: error.refusal.fields.map(({ message }) => message).join('; '),
    }
  }
}

function askRows(deps: HttpDeps, agent: LoggedInAgent, place: ListPlace): Promise<TicketPage> {
  return listTickets(deps, {
    shopId: agent.shopId,
    agentId: agent.id,
    limit: rowsOnPage,
    counts: true,
    // Whoever searches wants the ticket, in whichever view it stands.
    ...(place.q ? { q: place.q } : { view: place.view }),
    ...(place.after && { after: place.after }),
  })
}

export function toRowProps(row: TicketListRow): TicketRow {
  return {
    id: String(row.id),
    number: row.number,
    customerName: row.customerName,
    subject: row.subject,
    preview: row.preview,
    lastIsOurs: row.lastIsOurs && row.preview !== '',
    channel: channelOf(row.lastChannel),
    at: row.waitingSince ?? row.activityAt,
    available: row.availableUnits,
    state: row.status,
    unanswered: row.status === 'open',
    tags: row.tags,
    ...(row.hasDraft && { hasDraft: true }),
    ...(row.assignee && { assignee: row.assignee.name }),
    ...(row.dueAt && { dueAt: row.dueAt }),
    ...(row.snoozedUntil && { snoozedUntil: row.snoozedUntil }),
  }
}

/** A ticket on which nobody has written yet began with the welcome mail. */
function channelOf(channel: string): MessageChannel {
  return messageChannels.find((known) => known === channel) ?? 'email'
}
