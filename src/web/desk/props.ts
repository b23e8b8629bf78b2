import type {
  BalanceProps,
  FileProps,
  GrantProps,
  MessageChannel,
  PageFrame,
  TallyProps,
  TicketState,
} from '../props.ts'

/** In the order of the rail. */
export const views = [
  'unanswered',
  'due',
  'mine',
  'unassigned',
  'low',
  'snoozed',
  'waiting',
  'closed',
  'spam',
  'all',
] as const
export type View = (typeof views)[number]

/** The rail at the left of every desk page. */
export interface DeskFrame extends PageFrame {
  shopName: string
  agentName: string
  /** Missing counts are not shown. */
  counts: Partial<Record<View, number>>
  /** Problems that the last check of the ledger found; owners are told of them on every page. */
  ledgerProblems?: number
  /** What keeps orders from being fetched from the shop; owners are told of it on every page. */
  shopProblem?: {
    kind: 'keys' | 'unreachable' | 'orders_gone' | 'webhooks' | 'silence'
    message: string
    since: Date
  }
  /** Supervisors and owners; nobody else finds the way to them. */
  seesReports?: boolean
  /** Owners set the shop up, so their rail leads there. */
  setsUp?: boolean
}

export interface TicketRow {
  id: string
  number: number
  customerName: string
  subject: string
  /** Beginning of the last message, one line. */
  preview: string
  /** True when the last message is ours; the row then says "You:" in front of the preview. */
  lastIsOurs: boolean
  channel: MessageChannel
  /** Since when the customer waits; else when something happened last. */
  at: Date
  available: bigint
  state: TicketState
  /** True when a customer waits for an answer: the row is bold. */
  unanswered: boolean
  tags: string[]
  assignee?: string
  /** By when the first answer was promised; absent when none was, or it was given. */
  dueAt?: Date
  snoozedUntil?: Date
}

export const noticeKinds = [
  'take',
  'assign',
  'tag',
  'untag',
  'snooze',
  'wake',
  'spam',
  'not_spam',
  'close',
  'reopen',
  'merge',
  'undone',
] as const

/** What was just done with how many tickets; by `actId` it can be taken back. `left`: of an undo, those that changed since. */
export interface NoticeProps {
  kind: (typeof noticeKinds)[number]
  count: number
  actId?: string
  left?: number
}

/** Whom a ticket can be given to, and the tags in use. */
export interface ActChoices {
  agents: { id: string; name: string }[]
  tags: string[]
}

/** Where in the lists somebody is; a ticket that is opened from there keeps it beside the conversation. */
export interface ListPlaceProps {
  view: View
  query?: string
  /** Of the list's address, with the "?". */
  search: string
}

export interface DeskListProps extends DeskFrame {
  place: ListPlaceProps
  rows: TicketRow[]
  choices: ActChoices
  notice?: NoticeProps
  /** Why what was typed cannot be searched for. */
  wrong?: string
  /** Address of the next page (older tickets); absent on the last. */
  olderHref?: string
}

export interface MessageProps {
  kind: 'message'
  id: string
  /** Of one that was written on a ticket that went into this one: that ticket's. */
  ticketId?: string
  /** `in` from the customer, `out` from an agent or a machine, `note` for agents only. */
  direction: 'in' | 'out' | 'note'
  author: string
  channel: MessageChannel
  at: Date
  body: string
  /** Of outbound ones only. */
  state?: 'queued' | 'sending' | 'sent' | 'delivered' | 'failed' | 'unknown' | 'undone'
  /** Of a queued one: when it is sent, or tried again. */
  due?: Date
  /** It waits to be sent and can be taken back. */
  mayUndo?: boolean
  /** Somebody wanted to take it back when its sending had begun. */
  tooLate?: boolean
  /** Provider's reason of a failure, as it came. */
  failure?: string
  /** What it moved; absent when it was free (inbound, note, automatic). */
  cost?: { kind: 'charged' | 'waived' | 'reversed' | 'included'; units: bigint; reason?: string }
  /** Minutes of logged work, for channel work. */
  workMinutes?: number
  /** What the writer of a mail quoted of earlier ones. */
  quoted?: string
  /** Page with the mail as its sender formatted it. */
  htmlHref?: string
  files?: FileProps[]
  /** Welcome mails, receipts: folded to one quiet line. */
  automatic?: boolean
  /** Subject of an automatic mail: the text of its line. */
  subject?: string
  /** Came in after the agent had opened the page (a stale reply was stopped): marked. */
  isNew?: boolean
}

interface Happened<Kind extends string, Data> {
  kind: Kind
  at: Date
  data: Data
}

/** An act of an agent on the ticket itself. `number`, `subject`: of the other ticket of a merge. */
export interface HandledData {
  by: string
  to: string
  subject: string
  until?: Date
  number?: number
}

/** What happened on a ticket besides messages; it stands in the conversation as a quiet line. */
export type EventProps =
  | Happened<'ticket_opened', { order?: string }>
  | Happened<'order_added', { order: string }>
  | Happened<'grant', { units: bigint; packageName: string; quantity?: number; order?: string }>
  | Happened<'restore', { units: bigint; order?: string }>
  | Happened<'revoke', { units: bigint; order?: string; refunded?: boolean }>
  | Happened<'order_cancelled', { order: string }>
  | Happened<'order_trashed', { order: string }>
  | Happened<'order_restored', { order: string }>
  | Happened<'amount_refund_flagged', { order: string; amount: string; currency: string }>
  | Happened<'session_started', { agent?: string }>
  | Happened<
      'session_billed',
      { actualSeconds: number; billedSeconds: number; units: bigint; agent?: string }
    >
  | Happened<'session_void', { agent?: string }>
  | Happened<
      'work_asked' | 'work_agreed' | 'work_declined' | 'work_withdrawn',
      { minutes: number; units: bigint; by: string }
    >
  | Happened<'reversed', { units: bigint; reason: string; reasonCode?: string }>
  | Happened<'expired', { units: bigint; packageName: string }>
  | Happened<'contact_changed', { to: string }>
  | Happened<'customer_merged', { from: string; to: string }>
  | Happened<'mail_bounced' | 'mail_delayed', { to: string; reason: string }>
  | Happened<'mail_held', { from: string }>
  | Happened<'auto_reply', { from: string; subject: string }>
  | Happened<'needs_contact', object>
  | Happened<
      | 'assigned'
      | 'unassigned'
      | 'snoozed'
      | 'woken'
      | 'woke'
      | 'closed'
      | 'reopened'
      | 'spam'
      | 'not_spam'
      | 'merged'
      | 'merged_away'
      | 'undone',
      HandledData
    >

export type ConversationItem = MessageProps | EventProps

/** A grant that would pay, in the order in which they do. `beyond`: what of it would be lent. */
export interface PayerProps {
  name: string
  units: bigint
  beyond: bigint
  until?: Date
}

export const composerChannels = ['email', 'sms', 'portal', 'note', 'video', 'work'] as const
export type ComposerChannel = (typeof composerChannels)[number]

export interface ChannelOffer {
  channel: ComposerChannel
  /** Address or number that it goes to; of portal and work, where the customer is told of it. */
  to?: string
  offer:
    | {
        kind: 'ready'
        costs: bigint
        leaves: bigint
        /** Which grants would pay; empty when it is free. */
        payers: PayerProps[]
        /** Free because another reply was charged; until then. */
        freeUntil?: Date
        /** SMS priced by segment: `costs` is that of one segment until the script or the server counted. */
        perSegment?: boolean
      }
    /** Video: the price of each started step, and what is free at the start. */
    | { kind: 'session'; costs: bigint; payers: PayerProps[]; stepMinutes: number; freeSeconds: number }
    /** Logged work: the price of each started step until the minutes are known. `short`: the credits do not reach for one. */
    | { kind: 'work'; costs: bigint; stepMinutes: number; short: boolean }
    /** Video that runs already. */
    | { kind: 'running'; href: string }
    | { kind: 'insufficient'; required: bigint; available: bigint }
    | { kind: 'unavailable'; reason: 'no_email' | 'no_phone' | 'not_configured' | 'not_covered' | 'frozen' }
}

/** Why the last attempt to send was refused. The draft is kept. */
export type ComposerError =
  | { code: 'insufficient_credits'; required: bigint; available: bigint }
  | {
      code:
        | 'channel_not_covered'
        | 'channel_not_configured'
        | 'stale_conversation'
        | 'idempotency_conflict'
        | 'no_contact'
        | 'empty_body'
        | 'body_too_long'
        | 'bad_minutes'
        | 'offer_not_agreed'
        | 'waive_not_allowed'
        | 'form_expired'
        | 'files_too_large'
        | 'no_files_here'
        | 'goodwill_not_allowed'
        | 'same_again'
        | 'unexpected'
    }

export interface ComposerProps {
  channels: ChannelOffer[]
  selected: ComposerChannel
  /** Fresh for each rendered form; the same again after a refusal that charged nothing. */
  idempotencyKey: string
  /** Newest message that this page shows; a reply against an older one is stopped. */
  lastSeenMessageId?: string
  draft?: string
  waiveReason?: string
  /** Of logged work, as it was typed. */
  minutes?: string
  /** Offers that the customer agreed to and under which work can be logged. */
  agreed: DeskOffer[]
  offerId?: string
  mayWaive: boolean
  error?: ComposerError
  /** Uploaded and not yet sent. */
  files: { id: string; name: string; size: number }[]
  /** Of a text that was kept by itself. */
  savedAt?: Date
  limits: { fileBytes: number; bytesTogether: number; files: number }
  /** When the customer was last asked to buy credits, if lately. */
  askedToTopUp?: Date
  /** Why a supervisor may give the credits that an answer lacks; absent for an agent. */
  goodwillReasons?: readonly string[]
}

/** Work that the customer was asked about. */
export interface DeskOffer {
  id: string
  minutes: number
  units: bigint
  body: string
  agent: string
}

export interface SupervisedGrant {
  id: string
  name: string
  remainder: bigint
  /** Deficit and overdraft together. */
  owed: bigint
  frozen: boolean
}

/** Acts by hand that the page can name; others are left out. */
export const auditActions = [
  'adjust',
  'grant',
  'settle',
  'forgive',
  'freeze',
  'unfreeze',
  'merge',
  'merged_away',
  'reverse_message',
  'waive_work',
  'review_accept',
  'review_dismiss',
] as const

/** The panel of acts by hand, for supervisors and owners. */
export interface SupervisionProps {
  action: string
  mergeHref: string
  /** Fresh for each page; with the act's name it is the form's idempotency key. */
  key: string
  reasons: Record<
    'adjust' | 'goodwill' | 'settle' | 'forgive' | 'freeze' | 'unfreeze' | 'reverse',
    readonly string[]
  >
  grants: SupervisedGrant[]
  /** Messages whose charge can be given back, the newest first. */
  charged: { id: string; units: bigint; preview: string }[]
  accountFrozen: boolean
  audit: {
    action: (typeof auditActions)[number]
    who: string
    units: bigint
    note?: string
    /** Whose account it was, of somebody who was merged into this customer. */
    former?: string
    at: Date
  }[]
  /** Why the last act was refused. */
  error?: string
}

/** `id`: of the question that a supervisor can answer. */
export type ReviewFlag = { id?: string } & FlagKind

type FlagKind =
  | { kind: 'amount_refund'; order: string; amount: string; currency: string; proposal?: bigint }
  | { kind: 'equal_dates' | 'custom_status' | 'deleted_product' | 'order_vanished'; order: string }
  | { kind: 'contact_changed'; order: string; to: string }
  | { kind: 'subscription_change'; order: string; proposal: bigint }
  | { kind: 'deficit'; units: bigint }
  | { kind: 'other'; text: string }

/** An answer that came by mail in an agent's name and waits. */
export interface HeldMailProps {
  id: string
  agent: string
  sender: string
  why: string
  detail: string
  text: string
  at: Date
  /** Why it could not be sent just now. */
  refused?: string
}

/** The customer's orders in the shop. */
export interface CustomerContextProps {
  state: /** The shop cannot be asked: what came to us. */
    | { kind: 'unasked' }
    /** It did not answer yet: what came to us. */
    | { kind: 'asking' }
    | { kind: 'asOf'; asOf: Date; asking: boolean }
    | { kind: 'failed'; reason: string; asOf?: Date }
  orders: number
  /** False: there are more than were counted. */
  complete: boolean
  /** By currency, decimal strings. */
  spent: { currency: string; amount: string }[]
  firstOrderAt?: Date
  lastOrderAt?: Date
  /** ISO 3166 two letters; '' when unknown. */
  country: string
  /** Named by the shop, and not those under which the customer is served. */
  otherEmails: string[]
  latest: { number: string; at: Date; total: string; currency: string; status: string; href?: string }[]
}

export interface TicketPageProps extends DeskFrame {
  ticket: {
    id: string
    number: number
    subject: string
    state: TicketState
    order?: string
    assignee?: string
    assigneeId?: string
    tags: string[]
    dueAt?: Date
    snoozedUntil?: Date
  }
  /** The list at the left on wide screens, as it was left; without rows, the conversation takes its place. */
  place: ListPlaceProps
  rows?: TicketRow[]
  choices: ActChoices
  notice?: NoticeProps
  conversation: ConversationItem[]
  /** Address of the same page with older messages; absent when all are shown. */
  olderHref?: string
  composer: ComposerProps
  balance: BalanceProps
  grants: GrantProps[]
  statementHref: string
  /** Where the people of the account are managed. */
  peopleHref?: string
  /** Who may write, when several do; `monthUnits`: what answers to them cost this month. */
  people?: { name: string; owner: boolean; asks: boolean; monthUnits: bigint }[]
  tally: TallyProps
  customer: {
    name: string
    /** Name of the language in its own words, such as "slovenščina". */
    language?: string
    emails: string[]
    phones: string[]
  }
  context?: CustomerContextProps
  earlier: { id: string; number: number; subject: string; state: TicketState; at: Date }[]
  flags: ReviewFlag[]
  /** Absent for an agent. */
  supervision?: SupervisionProps
  /** Offers of work that wait for the customer's answer. */
  asked: DeskOffer[]
  /** Answers by mail that wait for a person. */
  held: HeldMailProps[]
}
