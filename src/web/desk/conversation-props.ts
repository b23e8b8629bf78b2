import type { FileProps, MessageChannel } from '../props.ts'

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
