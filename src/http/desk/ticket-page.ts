import type { Response } from 'express'
import { actReasons } from '../../domain/credits/supervise.ts'
import { askForContext } from '../../domain/customers/context/ask-for-context.ts'
import { offsetMinutes } from '../../domain/customers/time-zone.ts'
import { roomToken } from '../../domain/secrets/links.ts'
import { getTicket, type TicketView } from '../../domain/tickets/get-ticket.ts'
import { type ComposerError, composerChannels, type DeskOffer } from '../../web/desk/composer-props.ts'
import { renderTicketPage } from '../../web/desk/ticket.tsx'
import type { TicketPageProps } from '../../web/desk/ticket-props.ts'
import type { PageFrame } from '../../web/props.ts'
import type { Words } from '../../words/words.ts'
import type { HttpDeps } from '../http-deps.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { balanceProps, grantProps } from '../pages/credit-props.ts'
import { newFormKey } from '../pages/form.ts'
import { fileLimits } from '../pages/form-files.ts'
import { channelOffers, type Draft, pricedChannels, selectedChannel } from './composer-props.ts'
import { contextProps } from './context-props.ts'
import { conversationOf, type OlderPage, olderHref } from './conversation.ts'
import { deskFrame } from './desk-frame.ts'
import { keepPlace, placeBeside, placeProps } from './list-place.ts'
import { loadRows, toRowProps } from './list-rows.ts'
import { mayWaive } from './may-waive.ts'
import { noticeOf } from './notice.ts'
import { reviewFlags } from './review-flags.ts'
import { supervisionProps } from './supervision.ts'
import type { Undone } from './undo-form.ts'

export interface TicketPageInput extends Undone {
  ticketId: bigint
  page?: OlderPage | undefined
  /** After a refusal: what was typed, why it was refused, and the newest message that the agent had seen. */
  refused?: { status: number; error: ComposerError; draft: Draft; seenId?: bigint | undefined }
  /** An act by hand that was refused, and why. */
  notDone?: { status: number; text: string }
  /** A held mail that was to be sent and could not be, and why. */
  heldRefused?: { status: number; heldId: bigint; reason: string }
}

/**
 * The ticket as a page, beside the list from which it was opened: three statements beside the login's, however long both are.
 * Refuses: not_found.
 */
export async function sendTicketPage(deps: HttpDeps, res: Response, input: TicketPageInput): Promise<void> {
  const agent = agentOf(res)
  const place = placeBeside(res.req)
  const [view, list] = await Promise.all([
    getTicket(deps, {
      shopId: agent.shopId,
      ticketId: input.ticketId,
      quotes: pricedChannels(deps),
      agentId: agent.id,
      ...(input.page && { before: input.page.before }),
    }),
    loadRows(deps, agent, place),
  ])
  // What went into another ticket is read there; the query may say what was just done, and the browser keeps what stands behind "#".
  if (view.mergedInto !== undefined) {
    // A form that was refused is shown there at once, since a redirect would lose what was typed.
    if (input.refused || input.notDone) {
      return sendTicketPage(deps, res, { ...input, ticketId: view.mergedInto })
    }
    const { search } = new URL(res.req.originalUrl, deps.publicUrl)
    return res.redirect(303, `/desk/tickets/${view.mergedInto}${search || '#newest'}`)
  }
  keepPlace(res, place)
  const notice = noticeOf(res.req)
  const frame = deskFrame(deps, res, list.counts)
  const supervision = supervisionProps(agent, view, input.notDone?.text)
  res.status(input.refused?.status ?? input.notDone?.status ?? input.heldRefused?.status ?? 200).send(
    renderTicketPage({
      ...frame,
      ...ticketProps(view, frame),
      place: placeProps(place),
      rows: list.rows.map(toRowProps),
      choices: list.choices,
      ...(notice && { notice }),
      ...heldProps(view, input),
      ...talkProps(view, input, frame),
      ...(supervision && { supervision }),
      ...(view.context && { context: contextProps(deps, view.context, view.customer.emails) }),
      composer: composerProps(deps, res, view, input),
    }),
  )
  // Behind the answer: nobody waits for it, and should it be lost, the next look asks.
  if (view.context?.mayAsk) {
    askForContext(deps.db, { shopId: agent.shopId, customerId: view.customer.id }).catch((error: unknown) =>
      deps.log.warn({ error: String(error) }, 'the shop is not asked about a customer'),
    )
  }
}

function ticketProps(
  view: TicketView,
  { words, now, timeZone }: Pick<PageFrame, 'words' | 'now' | 'timeZone'>,
) {
  const { customer } = view
  const language = languageName(customer.locale, words.locale)
  return {
    ticket: {
      id: String(view.id),
      number: view.number,
      subject: view.subject,
      state: view.status,
      ...(view.order && { order: view.order.number }),
      ...(view.assignee && { assignee: view.assignee.name, assigneeId: String(view.assignee.id) }),
      tags: view.tags,
      ...(view.dueAt && { dueAt: view.dueAt }),
      ...(view.snoozedUntil && { snoozedUntil: view.snoozedUntil }),
    },
    balance: balanceProps(view, now),
    grants: grantProps(view.grants, now),
    statementHref: `/desk/customers/${customer.id}/statement?ticket=${view.id}`,
    tally: view.tally,
    peopleHref: `/desk/customers/${customer.id}/people?ticket=${view.id}`,
    people: view.people.map((person) => ({
      name: person.name,
      owner: person.owner,
      asks: view.requester?.id === person.id,
      monthUnits: person.monthUnits,
    })),
    customer: {
      id: String(customer.id),
      name: customer.name,
      emails: customer.emails,
      phones: customer.phones,
      ...(language === undefined ? {} : { language }),
      ...(view.askerZone !== undefined && { there: thereOf(view.askerZone, timeZone, now) }),
    },
    earlier: view.otherTickets.map(({ status, ...ticket }) => ({ ...ticket, state: status })),
    flags: reviewFlags(view),
    asked: offersIn(view, 'open'),
  } satisfies Partial<TicketPageProps>
}

/** The customer's clock, and by how many minutes it is ahead of the shop's, which the desk shows. */
function thereOf(zone: string, shopZone: string, now: Date) {
  return { zone, aheadMinutes: offsetMinutes(zone, now) - offsetMinutes(shopZone, now) }
}

function heldProps(view: TicketView, { heldRefused }: TicketPageInput) {
  return {
    held: view.heldMails.map(({ id, agentName, ...held }) => ({
      ...held,
      id: String(id),
      agent: agentName,
      ...(heldRefused?.heldId === id && { refused: heldRefused.reason }),
    })),
  }
}

function offersIn(view: TicketView, state: 'open' | 'agreed'): DeskOffer[] {
  return view.offers
    .filter((offer) => offer.state === state)
    .map(({ id, minutes, units, body, agentName }) => ({
      id: String(id),
      minutes,
      units,
      body,
      agent: agentName,
    }))
}

/** The newest message that a page shows; on an older page the one that the newest page had shown. */
function seenOn(view: TicketView, page: OlderPage | undefined): bigint {
  return page?.seen ?? view.messages.at(-1)?.id ?? 0n
}

function talkProps(view: TicketView, input: TicketPageInput, frame: { words: Words; shopName: string }) {
  const older = olderHref(view, seenOn(view, input.page))
  return {
    conversation: conversationOf(view, {
      words: frame.words,
      shopName: frame.shopName,
      page: input.page,
      seenId: input.refused?.seenId,
      tooLate: input.tooLate,
    }),
    ...(older === undefined ? {} : { olderHref: older }),
  }
}

function composerProps(
  deps: HttpDeps,
  res: Response,
  view: TicketView,
  { page, refused, undone }: TicketPageInput,
): TicketPageProps['composer'] {
  const agent = agentOf(res)
  const room =
    view.openSessionId === undefined
      ? undefined
      : `/session/${roomToken(deps.keyring, { side: 'agent', shopId: agent.shopId, sessionId: view.openSessionId })}`
  const channels = channelOffers(deps, view, room)
  const draft = refused?.draft ?? keptDraft(view, undone)
  const asked = view.messages.findLast(
    ({ template, state }) => template === 'credits-needed' && state !== 'failed',
  )
  return {
    channels,
    selected: selectedChannel(view, channels, draft.channel),
    idempotencyKey: draft.idempotencyKey ?? newFormKey(),
    lastSeenMessageId: String(seenOn(view, page)),
    mayWaive: mayWaive(agent),
    agreed: offersIn(view, 'agreed'),
    ...(draft.minutes && { minutes: draft.minutes }),
    ...(draft.offerId && { offerId: draft.offerId }),
    ...(draft.body && { draft: draft.body }),
    ...(draft.waiveReason && { waiveReason: draft.waiveReason }),
    ...(refused && { error: refused.error }),
    files: (view.draft?.files ?? []).map((file) => ({ ...file, id: String(file.id) })),
    ...(view.draft && !refused && { savedAt: view.draft.savedAt }),
    limits: fileLimits,
    ...(asked &&
      deps.clock.now().getTime() - asked.createdAt.getTime() < askedMs && { askedToTopUp: asked.createdAt }),
    ...(agent.role !== 'agent' && { goodwillReasons: actReasons.goodwill }),
  }
}

/** Whoever was asked so lately to buy credits is not asked again (ask-to-top-up.ts). */
const askedMs = 12 * 60 * 60 * 1000

/** What was kept by itself while the agent wrote; also what was taken back, whose free answer is to stay free. */
function keptDraft({ draft, messages }: TicketView, undone: bigint | undefined): Draft {
  if (!draft) return {}
  const channel = composerChannels.find((one) => one === draft.channel)
  const { waiveReason } = messages.find(({ id, state }) => id === undone && state === 'undone') ?? {}
  return {
    ...(channel && { channel }),
    body: draft.body,
    idempotencyKey: draft.key,
    ...(waiveReason !== undefined && { waiveReason }),
  }
}

/** A customer's language in its own words, when it is not the desk's. */
function languageName(locale: string, deskLocale: string): string | undefined {
  const language = locale.split(/[-_]/)[0]?.toLowerCase() ?? ''
  if (!/^[a-z]{2,3}$/.test(language) || language === deskLocale) return undefined
  return new Intl.DisplayNames([language], { type: 'language', fallback: 'none' }).of(language)
}
