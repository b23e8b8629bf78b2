import type { FileLimits, PendingFile } from '../pending-files.tsx'

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
  files: PendingFile[]
  /** Of a text that was kept by itself. */
  savedAt?: Date
  limits: FileLimits
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
