import type { SendOutcome } from './outcome.ts'

export interface OutgoingMail {
  /** Ours, without angle brackets; the same for each attempt, so that a receiver can tell a repeat. */
  messageId: string
  from: { name: string; address: string }
  to: { name: string; address: string }
  replyTo?: string
  /** Envelope sender; bounces come back to it. */
  envelopeFrom?: string
  subject: string
  text: string
  html: string
  inReplyTo?: string
  references?: string[]
  /** Extra headers, such as Auto-Submitted on automatic mail. */
  headers?: Record<string, string>
  attachments?: OutgoingAttachment[]
}

export interface OutgoingAttachment {
  /** As the reader's program shows it. */
  name: string
  mediaType: string
  content: Buffer
}

export interface MailPort {
  /** False when the channel has no configuration: it is off, and the desk says so. */
  readonly configured: boolean
  /** True when a sandbox stands in: the mail goes to a page, not to a person. */
  readonly sandbox: boolean
  /** Never throws: every failure is one of the outcomes. */
  send(mail: OutgoingMail): Promise<SendOutcome>
  close(): Promise<void>
}
