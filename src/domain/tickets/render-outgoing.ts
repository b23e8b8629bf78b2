import type { OutgoingAttachment, OutgoingMail } from '../../ports/mail.ts'
import { type RenderedMail, renderMail } from '../../words/mail.ts'
import { renderText } from '../../words/texts.ts'
import { wordsFor } from '../../words/words.ts'
import { personUrl } from '../customers/person-url.ts'
import type { Deps } from '../deps.ts'
import { type OfferLink, offerToken, portalToken, roomToken } from '../secrets/links.ts'
import { envelopeOf } from './envelope.ts'
import type { Outgoing } from './load-outgoing.ts'
import { loadSessionFacts, loadWelcomeGrants, readBought, readEnding } from './mail-facts.ts'
import { loadOfferFacts, loadWorkFacts } from './work-facts.ts'

type RenderDeps = Pick<
  Deps,
  'db' | 'keyring' | 'blobs' | 'takesMail' | 'publicUrl' | 'mailFrom' | 'mailDomain'
>

export interface PortalTarget {
  shopId: bigint
  customerId: bigint
  ticketId: bigint
  linkVersion: number
  /** Whose page it is; absent: the buyer's. */
  person?: { id: bigint; linkVersion: number }
}

/**
 * The private page of this ticket for the buyer, or for another person of the account. Whoever has the address reads as that
 * person, so it is only ever sent to them.
 */
export function portalUrl(deps: Pick<Deps, 'keyring' | 'publicUrl'>, ticket: PortalTarget): string {
  const { shopId, person } = ticket
  if (!person) {
    return `${deps.publicUrl}/portal/${portalToken(deps.keyring, { ...ticket, version: ticket.linkVersion })}`
  }
  const page = personUrl(deps, { shopId, contactId: person.id, linkVersion: person.linkVersion })
  return `${page}?ticket=${ticket.ticketId}`
}

/** Where the customer agrees to an offer or declines it. */
export function offerPath(deps: Pick<Deps, 'keyring'>, link: OfferLink): string {
  return `/offer/${offerToken(deps.keyring, link)}`
}

/** The whole mail for a message: a person's reply in its frame, or an automatic mail by its template. */
export async function renderOutgoingMail(deps: RenderDeps, outgoing: Outgoing): Promise<OutgoingMail> {
  const rendered = await renderBody(deps, outgoing)
  return {
    ...envelopeOf(deps, outgoing),
    subject: rendered.subject,
    text: rendered.text,
    html: rendered.html,
    ...(outgoing.attachments.length > 0 && { attachments: await loadAttachments(deps, outgoing) }),
  }
}

async function loadAttachments(deps: RenderDeps, outgoing: Outgoing): Promise<OutgoingAttachment[]> {
  return Promise.all(
    outgoing.attachments.map(async ({ name, mediaType, blob }) => {
      const content = await deps.blobs.get(blob)
      if (!content) throw new Error(`attachment ${blob} is not in the blob store`)
      return { name, mediaType, content }
    }),
  )
}

/** The words of a text message: what the agent typed, or an automatic text. */
export async function renderOutgoingText(deps: RenderDeps, outgoing: Outgoing): Promise<string> {
  if (outgoing.template === null) return outgoing.body
  const session = await loadSessionFacts(deps.db, outgoing)
  return renderText('session-invitation', wordsFor(outgoing.locale), {
    shopName: outgoing.shopName,
    agentName: session.agentName,
    joinUrl: joinUrl(deps, outgoing, session.sessionId),
  })
}

function joinUrl(deps: RenderDeps, { shopId, person }: Outgoing, sessionId: bigint): string {
  const token = roomToken(deps.keyring, {
    side: 'customer',
    shopId,
    sessionId,
    ...(person && { person: { contactId: person.id, version: person.linkVersion } }),
  })
  return `${deps.publicUrl}/session/${token}`
}

async function renderBody(deps: RenderDeps, outgoing: Outgoing): Promise<RenderedMail> {
  const words = wordsFor(outgoing.locale)
  const common = {
    shopName: outgoing.shopName,
    ticketNumber: outgoing.ticketNumber,
    subject: outgoing.subject,
    availableUnits: outgoing.availableUnits,
    portalUrl: portalUrl(deps, outgoing),
  }
  switch (outgoing.template) {
    case null:
      return renderMail('reply', words, {
        ...common,
        agentName: outgoing.authorName,
        body: outgoing.body,
        costUnits: outgoing.units,
        ...(outgoing.waivedUnits === null ? {} : { waivedWorthUnits: outgoing.waivedUnits }),
      })
    case 'welcome': {
      const grants = await loadWelcomeGrants(deps.db, outgoing)
      return renderMail('welcome', words, {
        ...common,
        customerName: outgoing.readerName,
        totalUnits: grants.reduce((sum, grant) => sum + grant.units, 0n),
        grants,
        timeZone: outgoing.timeZone,
      })
    }
    case 'top-up':
      return renderMail('top-up', words, {
        ...common,
        customerName: outgoing.readerName,
        ...readBought(outgoing),
        timeZone: outgoing.timeZone,
      })
    case 'expiry-warning':
      return renderMail('expiry-warning', words, {
        ...common,
        customerName: outgoing.readerName,
        ending: readEnding(outgoing),
        timeZone: outgoing.timeZone,
      })
    case 'session-invitation': {
      const session = await loadSessionFacts(deps.db, outgoing)
      return renderMail('session-invitation', words, {
        ...common,
        agentName: session.agentName,
        priceUnits: session.stepUnits,
        stepMinutes: session.stepSeconds / 60,
        joinUrl: joinUrl(deps, outgoing, session.sessionId),
      })
    }
    case 'session-bill': {
      const session = await loadSessionFacts(deps.db, outgoing)
      return renderMail('session-bill', words, {
        ...common,
        agentName: session.agentName,
        actualSeconds: session.actualSeconds,
        billedSeconds: session.billedSeconds,
        costUnits: session.units,
      })
    }
    case 'portal-answer':
      return renderMail('portal-answer', words, { ...common, agentName: outgoing.authorName })
    case 'credits-needed':
      return renderMail('credits-needed', words, {
        ...common,
        customerName: outgoing.readerName,
        agentName: outgoing.authorName,
        requiredUnits: BigInt(outgoing.data?.requiredUnits ?? 0),
      })
    case 'work-done':
      return renderMail('work-done', words, { ...common, ...(await loadWorkFacts(deps.db, outgoing)) })
    case 'work-offer': {
      const { offerId, ...facts } = await loadOfferFacts(deps.db, outgoing)
      const link = { shopId: outgoing.shopId, offerId, version: outgoing.linkVersion }
      return renderMail('work-offer', words, {
        ...common,
        ...facts,
        // The page behind an offer's own link acts as the buyer; anybody else answers on their private page.
        offerUrl: outgoing.person
          ? `${common.portalUrl}#offers`
          : `${deps.publicUrl}${offerPath(deps, link)}`,
      })
    }
    default:
      throw new Error(`message ${outgoing.messageId} names the unknown template ${outgoing.template}`)
  }
}
