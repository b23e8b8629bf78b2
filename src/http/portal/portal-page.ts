import type { Response } from 'express'
import { listSpent } from '../../domain/credits/list-spent.ts'
import { getAccount } from '../../domain/customers/get-account.ts'
import { refuse } from '../../domain/refusal.ts'
import { offerToken, readPersonToken, readPortalToken, roomToken } from '../../domain/secrets/links.ts'
import { readSession } from '../../domain/sessions/session-state.ts'
import {
  findPersonVisit,
  findPortalTicket,
  type PortalVisitor,
} from '../../domain/tickets/find-portal-ticket.ts'
import { getTicket, type TicketView } from '../../domain/tickets/get-ticket.ts'
import type { PendingFile } from '../../web/pending-files.tsx'
import { renderPortalPage } from '../../web/portal/portal.tsx'
import type { PortalOffer, PortalProps } from '../../web/portal/props.ts'
import type { HttpDeps } from '../http-deps.ts'
import { csrfTokenFor } from '../middleware/csrf-token.ts'
import { balanceProps, grantProps } from '../pages/credit-props.ts'
import { newFormKey } from '../pages/form.ts'
import { fileLimits } from '../pages/form-files.ts'
import { pageFrame } from '../pages/page-frame.ts'
import { portalMessages } from './portal-messages.ts'
import { spentLines } from './spent-lines.ts'

/** How many movements of the account the page names. */
const mostSpent = 50

/** Who reads: the link, whom it lets in, and which of the account's tickets is wanted; undefined while there is none. */
export interface PortalVisit {
  token: string
  link: PortalVisitor
  ticketId: bigint | undefined
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
  const link = await findVisitor(deps, token)
  if (!link) return refuse({ code: 'not_found', what: 'ticket' })
  return { token, link, ticketId: ticketId ?? link.ticketId }
}

async function findVisitor(deps: HttpDeps, token: string): Promise<PortalVisitor | undefined> {
  const ticket = readPortalToken(deps.keyring, token)
  if (ticket) return findPortalTicket(deps, ticket)
  const person = readPersonToken(deps.keyring, token)
  return person && findPersonVisit(deps, person)
}

/** The visitor's ticket; refuses not_found for another customer's. */
export async function readPortalTicket(deps: HttpDeps, visit: PortalVisit): Promise<TicketView> {
  const view = await getTicket(deps, { shopId: visit.link.shopId, ticketId: visit.ticketId ?? 0n })
  return view.customer.id === visit.link.customerId ? view : refuse({ code: 'not_found', what: 'ticket' })
}

/** Address of a ticket's page for this visitor, with the link that let the visitor in. */
export function portalHref(visit: Pick<PortalVisit, 'token' | 'link'>, ticketId: bigint | undefined): string {
  return ticketId === visit.link.ticketId
    ? `/portal/${visit.token}`
    : `/portal/${visit.token}?ticket=${ticketId}`
}

type Outcome = Pick<NonNullable<PortalProps['ticket']>, 'received' | 'error' | 'draft'> & {
  status?: number
  idempotencyKey?: string
  /** Attached and not yet sent. */
  files?: PendingFile[]
}

export async function sendPortalPage(
  deps: HttpDeps,
  res: Response,
  visit: PortalVisit,
  outcome: Outcome = {},
): Promise<void> {
  const { link, token } = visit
  const { person } = link
  const [shown, spent] = await Promise.all([
    visit.ticketId === undefined ? accountAlone(deps, visit) : shownTicket(deps, visit, outcome),
    person.maySeeStatement ? listSpent(deps, { ...link, limit: mostSpent }) : [],
  ])
  const frame = pageFrame(deps, {
    locale: link.locale,
    timeZone: link.timeZone,
    csrf: csrfTokenFor(deps.keyring, token),
  })
  res.status(outcome.status ?? 200).send(
    renderPortalPage({
      ...frame,
      shopName: link.shopName,
      customerName: person.name,
      ...(!person.buyer && link.customerName !== person.name && { accountName: link.customerName }),
      clock: { action: `/portal/${token}/clock`, ...(person.timeZone && { known: person.timeZone }) },
      balance: balanceProps(shown, frame.now),
      grants: grantProps(shown.grants, frame.now).filter((grant) => grant.state === 'live'),
      ...shown.page,
      spent: spentLines(spent),
      ...(person.maySeeStatement && { statementHref: statementHref(visit) }),
      ...(person.owner && { peopleHref: `/portal/${token}/people` }),
      ...(/^https?:/.test(link.shopUrl) && { buyHref: link.shopUrl }),
    }),
  )
}

/** What the page shows of a ticket, or of an account without one. */
interface Shown extends Pick<TicketView, 'balance' | 'grants'> {
  page: Pick<PortalProps, 'ticket' | 'others' | 'offers' | 'session'>
}

async function shownTicket(deps: HttpDeps, visit: PortalVisit, outcome: Outcome): Promise<Shown> {
  const { link } = visit
  const view = await readPortalTicket(deps, visit)
  const { status: _, idempotencyKey = newFormKey(), files = [], ...said } = outcome
  const session = await waitingSession(deps, visit, view)
  return {
    balance: view.balance,
    grants: view.grants,
    page: {
      ticket: {
        number: view.number,
        subject: view.subject,
        state: view.status,
        messages: portalMessages(view, {
          ...link,
          fileHref: (messageId, position) => {
            const query = view.id === link.ticketId ? '' : `?ticket=${view.id}`
            return `/portal/${visit.token}/messages/${messageId}/attachments/${position}${query}`
          },
        }),
        replyAction: actionOf(visit, 'replies'),
        filesAction: actionOf(visit, 'files'),
        files,
        limits: fileLimits,
        idempotencyKey,
        ...said,
      },
      others: view.otherTickets.map(({ id, status: state, ...other }) => ({
        ...other,
        state,
        href: portalHref(visit, BigInt(id)),
      })),
      offers: openOffers(deps, visit, view),
      ...(session && { session }),
    },
  }
}

async function accountAlone(deps: HttpDeps, { link }: PortalVisit): Promise<Shown> {
  const { balance, grants } = await getAccount(deps, link)
  return {
    balance,
    grants: grants.map(({ orderNumber, orderId: _, deficit, expiresAt, ...grant }) => ({
      ...grant,
      owed: deficit + grant.overdraft,
      ...(orderNumber === null ? {} : { orderNumber }),
      ...(expiresAt === null ? {} : { expiresAt }),
    })),
    page: { others: [], offers: [] },
  }
}

function statementHref(visit: PortalVisit): string {
  const base = `/portal/${visit.token}/statement`
  return visit.ticketId === visit.link.ticketId ? base : `${base}?ticket=${visit.ticketId}`
}

/** Work of this ticket that waits for the customer's word. The buyer answers by the offer's own link, others by theirs. */
function openOffers(deps: HttpDeps, { link, token }: PortalVisit, view: TicketView): PortalOffer[] {
  const { shopId } = link
  return view.offers
    .filter(({ state }) => state === 'open')
    .map(({ id, minutes, units, body, agentName }) => {
      const offer = { minutes, units, body, agent: agentName }
      if (!link.person.buyer) {
        const csrf = csrfTokenFor(deps.keyring, token)
        return { ...offer, action: `/portal/${token}/offers/${id}`, csrf }
      }
      const pass = offerToken(deps.keyring, { shopId, offerId: id, version: view.linkVersion })
      return { ...offer, action: `/offer/${pass}`, csrf: csrfTokenFor(deps.keyring, pass) }
    })
}

function actionOf(visit: PortalVisit, act: 'replies' | 'files'): string {
  const base = `/portal/${visit.token}/${act}`
  return visit.ticketId === visit.link.ticketId ? base : `${base}?ticket=${visit.ticketId}`
}

async function waitingSession(
  deps: HttpDeps,
  { link }: PortalVisit,
  view: TicketView,
): Promise<PortalProps['session']> {
  const sessionId = view.openSessionId
  if (sessionId === undefined) return undefined
  const { shopId, person } = link
  const { agentName } = await readSession(deps, { shopId, sessionId })
  const pass = roomToken(deps.keyring, {
    side: 'customer',
    shopId,
    sessionId,
    ...(!person.buyer && { person: { contactId: person.id, version: person.linkVersion } }),
  })
  return { href: `/session/${pass}`, agent: agentName }
}
