import { type Balance, readBalance } from '../credits/balance.ts'
import { type CustomerContext, readContext } from '../customers/context/context.ts'
import { zoneOfAsker } from '../customers/time-zone.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { type ChannelQuotes, type QuotedChannel, readQuotes } from './channel-quotes.ts'
import { type ConversationMessage, loadMessages } from './load-messages.ts'
import { type CoreRow, loadTicketCore } from './ticket-core.ts'
import { readGrants, type TicketGrant } from './ticket-grants.ts'

export interface TicketEvent {
  id: string
  kind: string
  data: Record<string, unknown>
  at: Date
}

export interface TicketAct {
  action: string
  agentName: string | null
  data: Record<string, unknown>
  /** Whose account it was then, of a customer who was merged since; null for this one. */
  former: string | null
  at: Date
}

export interface TicketReview {
  id: string
  kind: string
  orderNumber?: string
  data: Record<string, unknown>
}

export interface TicketOffer {
  id: bigint
  minutes: number
  body: string
  units: bigint
  agentName: string
  state: 'open' | 'agreed'
}

/** One of several people who may write on the account. */
export interface TicketPerson {
  id: bigint
  name: string
  owner: boolean
  /** What answers to this person cost since the first of the shop's month. */
  monthUnits: bigint
}

/** An answer that came by mail and was not acted on by itself. */
export interface TicketHeldMail {
  id: bigint
  agentName: string
  sender: string
  why: string
  detail: string
  text: string
  at: Date
}

/** What an agent wrote and did not send. */
export interface TicketDraft {
  channel: string
  body: string
  /** The idempotency key under which it will be sent. */
  key: string
  savedAt: Date
  files: { id: bigint; name: string; size: number }[]
}

export interface TicketView {
  id: bigint
  number: number
  subject: string
  status: 'open' | 'waiting' | 'snoozed' | 'closed' | 'spam'
  replyEmail?: string
  replyPhone?: string
  linkVersion: number
  createdAt: Date
  activityAt: Date
  lastMessageId: bigint
  customer: { id: bigint; name: string; company: string; locale: string; emails: string[]; phones: string[] }
  /** Who asks; absent: the customer, or an address that nobody is known by. */
  requester?: { id: bigint; name: string; buyer: boolean }
  /** By whose clock the person who asks lives, as far as it is known; read when quotes are. */
  askerZone?: string
  /** Empty while the customer is alone; read when quotes are. */
  people: TicketPerson[]
  order?: { id: bigint; externalId: string; number: string }
  openSessionId?: bigint
  balance: Balance
  tally: {
    email: number
    sms: number
    whatsapp: number
    portal: number
    videoSeconds: number
    workMinutes: number
  }
  grants: TicketGrant[]
  reviews: TicketReview[]
  otherTickets: { id: string; number: number; subject: string; status: TicketView['status']; at: Date }[]
  /** Work that waits for the customer's answer, or was agreed to and not yet done; the newest few. */
  offers: TicketOffer[]
  /** Whether spending is stopped, and what was done to the account by hand; read when quotes are. */
  accountFrozen: boolean
  audit: TicketAct[]
  /** Whose it is. */
  assignee?: { id: bigint; name: string }
  tags: string[]
  snoozedUntil?: Date
  /** Since when the customer waits; absent while nobody does. */
  waitingSince?: Date
  /** By when the first answer was promised; absent when nothing was, or it was given. */
  dueAt?: Date
  firstResponseAt?: Date
  /** Went into that ticket. */
  mergedInto?: bigint
  /** What came by mail in an agent's name and waits for a person, oldest first; read when quotes are. */
  heldMails: TicketHeldMail[]
  /** What the reader is writing; read when quotes are. */
  draft?: TicketDraft
  /** Oldest first; the newest 300 unless asked for older ones. */
  messages: ConversationMessage[]
  events: TicketEvent[]
  /** Id to ask for older messages with; undefined when all are there. */
  olderBefore?: bigint
  /** What an answer would cost on the channels that were asked for. */
  quotes?: ChannelQuotes
  /** What is known of the customer's orders; read when quotes are. */
  context?: CustomerContext
}

/** A ticket with all that stands around its conversation, in two round trips whatever its length. Refuses: not_found. */
export async function getTicket(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: {
    shopId: bigint
    ticketId: bigint
    before?: bigint
    messageLimit?: number
    /** Also what stands around the conversation on the desk's page, and what an answer on these channels would cost. */
    quotes?: readonly QuotedChannel[]
    agentId?: bigint
  },
): Promise<TicketView> {
  const limit = input.messageLimit ?? 300
  const [core, page] = await Promise.all([
    loadTicketCore(deps.db, { ...input, at: deps.clock.now(), eventLimit: limit }),
    loadMessages(deps.db, { ...input, limit }),
  ])
  if (!core) return refuse({ code: 'not_found', what: 'ticket' })
  return {
    ...toView(core),
    ...page,
    events: core.events.map((event) => ({ ...event, id: String(event.id), at: new Date(event.at) })),
    ...(input.quotes ? { quotes: readQuotes(core.quotes ?? {}) } : {}),
    ...(core.context ? { context: readContext(core.context, deps.clock.now()) } : {}),
  }
}

function askerZoneOf({ asker }: CoreRow): Pick<TicketView, 'askerZone'> {
  const askerZone = asker ? zoneOfAsker(asker) : undefined
  return askerZone === undefined ? {} : { askerZone }
}

function toView(core: CoreRow): Omit<TicketView, 'messages' | 'events'> {
  return {
    id: core.id,
    number: core.number,
    subject: core.subject,
    status: core.status,
    ...(core.reply_email === null ? {} : { replyEmail: core.reply_email }),
    ...(core.reply_phone === null ? {} : { replyPhone: core.reply_phone }),
    linkVersion: core.link_version,
    createdAt: core.created_at,
    activityAt: core.activity_at,
    lastMessageId: core.last_message_id,
    customer: {
      id: core.customer_id,
      name: core.customer_name,
      company: core.company,
      locale: core.locale,
      emails: core.contacts.filter((contact) => contact.kind === 'email').map((contact) => contact.value),
      phones: core.contacts.filter((contact) => contact.kind === 'phone').map((contact) => contact.value),
    },
    ...(core.requester === null ? {} : { requester: { ...core.requester, id: BigInt(core.requester.id) } }),
    ...askerZoneOf(core),
    people: (core.people ?? []).map(({ id, units, ...person }) => ({
      ...person,
      id: BigInt(id),
      monthUnits: BigInt(units),
    })),
    ...(core.order_id === null
      ? {}
      : {
          order: {
            id: core.order_id,
            externalId: core.external_id ?? '',
            number: core.order_number ?? '',
          },
        }),
    ...(core.open_session === null ? {} : { openSessionId: core.open_session }),
    balance: readBalance(core.balance),
    grants: readGrants(core.grants),
    tally: {
      email: core.emails,
      sms: core.texts,
      whatsapp: core.whatsapps,
      portal: core.portals,
      videoSeconds: core.video_seconds,
      workMinutes: core.work_minutes,
    },
    reviews: core.reviews.map((review) => ({
      id: String(review.id),
      kind: review.kind,
      ...(review.order_number === null ? {} : { orderNumber: review.order_number }),
      data: review.data,
    })),
    ...(core.assignee_id !== null && { assignee: { id: core.assignee_id, name: core.assignee ?? '' } }),
    tags: core.tags,
    ...(core.snoozed_until !== null && { snoozedUntil: core.snoozed_until }),
    ...(core.waiting_since !== null && { waitingSince: core.waiting_since }),
    ...(core.due_at !== null && { dueAt: core.due_at }),
    ...(core.first_response_at !== null && { firstResponseAt: core.first_response_at }),
    ...(core.merged_into !== null && { mergedInto: core.merged_into }),
    ...(core.draft && {
      draft: {
        ...core.draft,
        savedAt: new Date(core.draft.at),
        files: core.draft.files.map((file) => ({ ...file, id: BigInt(file.id) })),
      },
    }),
    heldMails: (core.held_mails ?? []).map(({ id, agent, at, ...held }) => ({
      id: BigInt(id),
      agentName: agent,
      at: new Date(at),
      ...held,
    })),
    accountFrozen: core.account_frozen ?? false,
    audit: (core.audit ?? []).map(({ at, ...line }) => ({ ...line, at: new Date(at) })),
    offers: core.offers.map(({ id, units, agent, ...offer }) => ({
      ...offer,
      id: BigInt(id),
      units: BigInt(units),
      agentName: agent,
    })),
    otherTickets: core.other_tickets.map((other) => ({
      ...other,
      id: String(other.id),
      at: new Date(other.at),
    })),
  }
}
