import type { BalanceProps, GrantProps, MessageChannel, PageFrame, TicketState } from '../props.ts'

/** Where credits went or came from, one line each; `units` is signed: negative was spent. */
export type SpentLine = { at: Date; units: bigint } & (
  | { kind: 'reply'; channel: MessageChannel; agent: string; subject: string }
  | { kind: 'session'; actualSeconds: number; billedSeconds: number; agent: string }
  | { kind: 'work'; agent: string; subject: string }
  | { kind: 'purchase' | 'refund'; packageName: string; order?: string }
  | { kind: 'returned' | 'expired' | 'goodwill' }
)

export interface PortalMessage {
  id: string
  /** `mine`: written by the customer who reads. Notes must never come here. */
  mine: boolean
  author: string
  channel: MessageChannel
  at: Date
  body: string
}

export interface PortalProps extends PageFrame {
  shopName: string
  customerName: string
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
    idempotencyKey: string
    draft?: string
    error?: 'empty_body' | 'body_too_long' | 'form_expired' | 'unexpected'
    /** True right after a reply was taken in. */
    received?: boolean
  }
  /** The customer's other tickets. */
  others: { number: number; subject: string; state: TicketState; at: Date; href: string }[]
  spent: SpentLine[]
  /** A video session that waits for the customer. */
  session?: { href: string; agent: string }
  /** Where more credits are sold: the shop's page. */
  buyHref?: string
}
