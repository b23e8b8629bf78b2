import { type ChannelQuote, type QuotedChannel, quotedChannels } from '../../domain/tickets/channel-quotes.ts'
import type { TicketView } from '../../domain/tickets/get-ticket.ts'
import { type ChannelOffer, type ComposerChannel, composerChannels } from '../../web/desk/composer-props.ts'
import type { HttpDeps } from '../http-deps.ts'

/** What an agent typed into a form that was refused: shown again, so that nothing is lost. */
export interface Draft {
  channel?: ComposerChannel
  body?: string
  waiveReason?: string
  minutes?: string
  offerId?: string
  idempotencyKey?: string
}

/** The channels whose price the composer shows; what is not configured needs none. */
export function pricedChannels(deps: Pick<HttpDeps, 'mail' | 'texting'>): QuotedChannel[] {
  return quotedChannels.filter((channel) => isConfigured(deps, channel))
}

function isConfigured(
  { mail, texting }: Pick<HttpDeps, 'mail' | 'texting'>,
  channel: QuotedChannel,
): boolean {
  if (channel === 'email') return mail.configured
  return channel === 'sms' ? texting.configured : true
}

export function channelOffers(
  deps: Pick<HttpDeps, 'mail' | 'texting'>,
  view: TicketView,
  roomHref: string | undefined,
): ChannelOffer[] {
  return composerChannels.map((channel) => {
    const to = addressOf(view, channel)
    return {
      channel,
      ...(to === undefined ? {} : { to }),
      offer: offerOf(deps, view, channel, to, roomHref),
    }
  })
}

/** Of a portal answer and of work: where the customer is told of it. */
function addressOf(view: TicketView, channel: ComposerChannel): string | undefined {
  if (channel === 'sms') return view.replyPhone
  return channel === 'email' || channel === 'portal' || channel === 'work' ? view.replyEmail : undefined
}

function offerOf(
  deps: Pick<HttpDeps, 'mail' | 'texting'>,
  view: TicketView,
  channel: ComposerChannel,
  to: string | undefined,
  roomHref: string | undefined,
): ChannelOffer['offer'] {
  const { available } = view.balance
  if (channel === 'note') return { kind: 'ready', costs: 0n, leaves: available, payers: [] }
  if (channel === 'video' && roomHref !== undefined) return { kind: 'running', href: roomHref }
  const off = { kind: 'unavailable' } as const
  if (!isConfigured(deps, channel)) return { ...off, reason: 'not_configured' }
  if (channel === 'email' && to === undefined) return { ...off, reason: 'no_email' }
  if (channel === 'sms' && to === undefined) return { ...off, reason: 'no_phone' }
  const quote = view.quotes?.[channel]
  if (!quote || quote.code === 'channel_not_covered') return { ...off, reason: 'not_covered' }
  const short = quote.code === 'insufficient_credits'
  const frozen =
    short && available === 0n && view.grants.some((grant) => grant.frozen && grant.remainder > 0n)
  if (frozen) return { ...off, reason: 'frozen' }
  // Also without credits: the customer may be asked first, and buy more.
  if (channel === 'work') {
    return { kind: 'work', costs: quote.units, stepMinutes: quote.stepMinutes, short }
  }
  if (short) return { kind: 'insufficient', required: quote.units, available }
  return channel === 'video' ? sessionOffer(quote) : replyOffer(quote, available)
}

function sessionOffer(quote: ChannelQuote): ChannelOffer['offer'] {
  return {
    kind: 'session',
    costs: quote.units,
    payers: quote.payers,
    stepMinutes: quote.stepMinutes,
    freeSeconds: quote.freeSeconds,
  }
}

function replyOffer(quote: ChannelQuote, available: bigint): ChannelOffer['offer'] {
  return {
    kind: 'ready',
    costs: quote.units,
    leaves: quote.leaves ?? available,
    payers: quote.payers,
    ...(quote.freeUntil && { freeUntil: quote.freeUntil }),
    ...(quote.per === 'segment' && { perSegment: true }),
  }
}

/**
 * The channel that the form opens with: the one that was refused, the customer's last one, or the first that can send. One
 * that only lacks credits comes before a note, because the agent should see what is missing.
 */
export function selectedChannel(
  view: TicketView,
  offers: readonly ChannelOffer[],
  drafted: ComposerChannel | undefined,
): ComposerChannel {
  if (drafted) return drafted
  const writable = offers.filter(
    ({ channel }) => channel !== 'note' && channel !== 'video' && channel !== 'work',
  )
  const ready = writable.filter(({ offer }) => offer.kind === 'ready')
  const reachable = ready.length > 0 ? ready : writable.filter(({ offer }) => offer.kind === 'insufficient')
  const last = view.messages.findLast((message) => message.direction === 'inbound')?.channel
  return (reachable.find(({ channel }) => channel === last) ?? reachable[0])?.channel ?? 'note'
}
