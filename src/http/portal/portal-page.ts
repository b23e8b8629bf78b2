import type { Response } from 'express'
import { listSpent } from '../../domain/credits/list-spent.ts'
import { refuse } from '../../domain/refusal.ts'
import { offerToken, readPortalToken, roomToken } from '../../domain/secrets/links.ts'
import { readSession } from '../../domain/sessions/session-state.ts'
import { findPortalTicket, type PortalTicket } from '../../domain/tickets/find-portal-ticket.ts'
import { getTicket, type TicketView } from '../../domain/tickets/get-ticket.ts'
import { renderPortalPage } from '../../web/portal/portal.tsx'
import type { PortalOffer, PortalProps } from '../../web/portal/props.ts'
import type { HttpDeps } from '../http-deps.ts'
import { csrfTokenFor } from '../middleware/csrf.ts'
import { balanceProps, grantProps } from '../pages/credit-props.ts'
import { newFormKey } from '../pages/form.ts'
import { pageFrame } from '../pages/page-frame.ts'
import { portalMessages } from './portal-messages.ts'
import { spentLines } from './spent-lines.ts'

/** How many movements of the account the page names. */
const mostSpent = 50

/** Who reads: the link, what it opens, and which of the customer's tickets is wanted. */
export interface PortalVisit {
  token: string
  link: PortalTicket
  ticketId: bigint
}

/**
 * What a private link opens; refuses not_found for one that we did not make or that was revoked. `ticketId`: another ticket
 * that is wanted; whether it is the same customer's is seen when it is read.
 */
export async function openPortal(
  deps: HttpDeps,
  token: string,
  ticketId: bigint | undefined,
): Promise<PortalVisit> {
  const read = readPortalToken(deps.keyring, token)
  const link = read && (await findPortalTicket(deps, read))
  if (!link) return refuse({ code: 'not_found', what: 'ticket' })
  return { token, link, ticketId: ticketId ?? link.ticketId }
}

/** The visitor's ticket; refuses not_found for another customer's. */
export async function readPortalTicket(deps: HttpDeps, visit: PortalVisit): Promise<TicketView> {
  const view = await getTicket(deps, { shopId: visit.link.shopId, ticketId: visit.ticketId })
  return view.customer.id === visit.link.customerId ? view : refuse({ code: 'not_found', what: 'ticket' })
}

/** Address of a ticket's page for this visitor, with the link that let the visitor in. */
export function portalHref(visit: Pick<PortalVisit, 'token' | 'link'>, ticketId: bigint): string {
  return ticketId === visit.link.ticketId
    ? `/portal/${visit.token}`
    : `/portal/${visit.token}?ticket=${ticketId}`
}

type Outcome = Pick<NonNullable<PortalProps['ticket']>, 'received' | 'error' | 'draft'> & {
  status?: number
  idempotencyKey?: string
}

export async function sendPortalPage(
  deps: HttpDeps,
  res: Response,
  visit: PortalVisit,
  outcome: Outcome = {},
): Promise<void> {
  const { link, token } = visit
  const [view, spent] = await Promise.all([
    readPortalTicket(deps, visit),
    listSpent(deps, { ...link, limit: mostSpent }),
  ])
  const frame = pageFrame(deps, {
    locale: link.locale,
    timeZone: link.timeZone,
    csrf: csrfTokenFor(deps.keyring, token),
  })
  const { status = 200, idempotencyKey = newFormKey(), ...said } = outcome
  const session = await waitingSession(deps, link.shopId, view)
  res.status(status).send(
    renderPortalPage({
      ...frame,
      shopName: link.shopName,
      customerName: link.customerName,
      balance: balanceProps(view, frame.now),
      grants: grantProps(view.grants, frame.now).filter((grant) => grant.state === 'live'),
      ticket: {
        number: view.number,
        subject: view.subject,
        state: view.status,
        messages: portalMessages(view, link),
        replyAction: replyAction(visit),
        idempotencyKey,
        ...said,
      },
      others: view.otherTickets.map(({ id, status: state, ...other }) => ({
        ...other,
        state,
        href: portalHref(visit, BigInt(id)),
      })),
      spent: spentLines(spent),
      offers: openOffers(deps, link.shopId, view),
      statementHref: statementHref(visit),
      ...(session && { session }),
      ...(/^https?:/.test(link.shopUrl) && { buyHref: link.shopUrl }),
    }),
  )
}

function statementHref(visit: PortalVisit): string {
  const base = `/portal/${visit.token}/statement`
  return visit.ticketId === visit.link.ticketId ? base : `${base}?ticket=${visit.ticketId}`
}

/** Work of this ticket that waits for the customer's word. */
function openOffers(deps: HttpDeps, shopId: bigint, view: TicketView): PortalOffer[] {
  return view.offers
    .filter(({ state }) => state === 'open')
    .map(({ id, minutes, units, body, agentName }) => {
      const token = offerToken(deps.keyring, { shopId, offerId: id, version: view.linkVersion })
      const csrf = csrfTokenFor(deps.keyring, token)
      return { minutes, units, body, agent: agentName, action: `/offer/${token}`, csrf }
    })
}

function replyAction(visit: PortalVisit): string {
  const base = `/portal/${visit.token}/replies`
  return visit.ticketId === visit.link.ticketId ? base : `${base}?ticket=${visit.ticketId}`
}

async function waitingSession(
  deps: HttpDeps,
  shopId: bigint,
  view: TicketView,
): Promise<PortalProps['session']> {
  const sessionId = view.openSessionId
  if (sessionId === undefined) return undefined
  const { agentName } = await readSession(deps, { shopId, sessionId })
  return {
    href: `/session/${roomToken(deps.keyring, { side: 'customer', shopId, sessionId })}`,
    agent: agentName,
  }
}
