import type { FileLimits, PendingFile } from '../pending-files.tsx'
import type { BalanceProps, FileProps, GrantProps, MessageChannel, PageFrame, TicketState } from '../props.ts'

/** Where credits went or came from, one line each; `units` is signed: negative was spent. */
export type SpentLine = { at: Date; units: bigint } & (
  | { kind: 'reply'; channel: MessageChannel; agent: string; subject: string }
  | { kind: 'session'; actualSeconds: number; billedSeconds: number; agent: string }
  | { kind: 'work'; agent: string; subject: string; minutes: number }
  | { kind: 'purchase' | 'refund'; packageName: string; order?: string }
  | { kind: 'returned' | 'expired' | 'goodwill' | 'settled' | 'adjusted' }
)

export interface PortalMessage {
  id: string
  /** `mine`: written by the person who reads; `colleague`: by another of the account. Notes must never come here. */
  mine: boolean
  colleague?: boolean
  author: string
  channel: MessageChannel
  at: Date
  body: string
  files?: FileProps[]
  /** Of logged work: how long it took, what it cost; `worth` when it was free for once. */
  work?: { minutes: number; units: bigint; worth?: bigint }
}

/** Work that the customer is asked to agree to. */
export interface PortalOffer {
  minutes: number
  units: bigint
  body: string
  agent: string
  /** Where the two buttons post, with a form token of their own. */
  action: string
  csrf: string
}

export interface PortalProps extends PageFrame {
  shopName: string
  /** Of the person who reads. */
  customerName: string
  /** Whose account it is, when that is somebody else. */
  accountName?: string
  /** Where the script tells the clock of the browser, and what was told before. */
  clock: { action: string; known?: string }
  balance: BalanceProps
  /** Live grants only. */
  grants: GrantProps[]
  /** The ticket shown; absent when the customer has none yet. */
  ticket?: {
    number: number
    subject: string
    state: TicketState
    messages: PortalMessage[]
    replyAction: string
    filesAction: string
    /** Attached and not yet sent. */
    files: PendingFile[]
    limits: FileLimits
    idempotencyKey: string
    draft?: string
    error?: 'empty_body' | 'body_too_long' | 'files_too_large' | 'form_expired' | 'unexpected'
    /** True right after a reply was taken in. */
    received?: boolean
  }
  /** The customer's other tickets. */
  others: { number: number; subject: string; state: TicketState; at: Date; href: string }[]
  spent: SpentLine[]
  /** Absent for a person who may not see where the credits went. */
  statementHref?: string
  /** Where the owner manages the people of the account. */
  peopleHref?: string
  /** Work that waits for the customer's word. */
  offers: PortalOffer[]
  /** A video session that waits for the customer. */
  session?: { href: string; agent: string }
  /** Where more credits are sold: the shop's page. */
  buyHref?: string
}
