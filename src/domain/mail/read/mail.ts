/** One address of a mail's header. */
export interface MailAddress {
  /** Lower case. */
  address: string
  /** Decoded; '' when it has none. */
  name: string
}

/** What a mail brought besides its text. */
export interface MailPart {
  /** Decoded, without folders and control characters; '' when it has none. */
  name: string
  /** Lower case, such as "image/png"; what the sender claims. */
  mediaType: string
  content: Buffer
  /** Without angle brackets; by which the HTML shows it. */
  contentId?: string
  /** Shown within the HTML. */
  inline: boolean
}

/** A report that one of our mails did not arrive (RFC 3464), or what looks like one. */
export interface BounceReport {
  /** failed: it never will arrive. delayed: the server goes on trying. delivered, relayed, expanded: no failure. */
  action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded'
  /** Such as "5.1.1"; '' when the report names none. */
  status: string
  /** Lower case; undefined when the report names none. */
  recipient?: string
  /** What the other server said, at most 500 characters. */
  diagnostic: string
  /** Message-ID of the mail that did not arrive, without angle brackets. */
  originalMessageId?: string
}

/**
 * What kind of mail it is, by its headers and form alone. Only `person` is ever answered or opens a ticket. The first that
 * fits counts, in this order.
 */
export type MailKind =
  | 'bounce'
  /** Sent by a machine: out of office, receipts, Auto-Submitted, Precedence: auto_reply, X-Autoreply and their like. */
  | 'auto_reply'
  /** List-Id, List-Unsubscribe, Precedence: bulk or list. */
  | 'list'
  | 'person'

/** A mail understood. Every text is decoded and fit for PostgreSQL (no NUL, no half surrogates). */
export interface ReadMail {
  kind: MailKind
  /** Of the header X-CreditDesk, by which an installation knows its own mail when it comes back. */
  mark?: string
  /** Without angle brackets; undefined when it has none that can be used. */
  messageId?: string
  inReplyTo: string[]
  references: string[]
  /** The one author; undefined when the header is missing, broken or names several. */
  from?: MailAddress
  to: MailAddress[]
  cc: MailAddress[]
  /** Where the message was really delivered to, as Delivered-To, X-Original-To and their like say. Lower case. */
  deliveredTo: string[]
  /** '' when it has none. At most 500 characters. */
  subject: string
  date?: Date
  /** What the writer wrote anew, as plain text. '' when only earlier mails were quoted. */
  answer: string
  /** What was quoted of earlier mails, signatures and footers included; '' when nothing was. */
  quoted: string
  /** The whole HTML, sanitised; remote images are inert until somebody asks for them. Undefined when it has none. */
  html?: string
  parts: MailPart[]
  bounce?: BounceReport
  /** A one-line answer that only thanks, in one of our languages. */
  onlyThanks: boolean
  /** What was wrong with it and was passed over, for the agent: "cut off", "1,204 parts, the first 200 are kept". */
  faults: string[]
}
