import type { PageFrame } from '../props.ts'

export interface SandboxMailRow {
  id: string
  to: string
  from: string
  subject: string
  preview: string
  at: Date
}

export interface SandboxMailListProps extends PageFrame {
  mails: SandboxMailRow[]
  /** Shown only mails to this address. */
  to?: string
}

export interface SandboxMailProps extends PageFrame {
  mail: {
    id: string
    from: string
    to: string
    subject: string
    at: Date
    text: string
    /** True when /sandbox/mail/:id/body answers with an HTML part. */
    hasHtml: boolean
    /** A few headers worth seeing: Message-ID, Reply-To, Auto-Submitted. */
    headers: [name: string, value: string][]
  }
  /** True right after an answer was handed in. */
  answered?: boolean
  error?: 'empty_body' | 'form_expired' | 'unexpected'
}

export interface SandboxText {
  id: string
  /** `received` by the customer, or `written` as the customer. */
  direction: 'received' | 'written'
  body: string
  at: Date
}

export interface SandboxPhoneProps extends PageFrame {
  /** E.164 numbers that received something, most recent first. */
  numbers: { number: string; at: Date; preview: string }[]
  /** The phone in hand; absent when there is none yet. */
  phone?: {
    number: string
    /** Oldest first. */
    texts: SandboxText[]
    answered?: boolean
    error?: 'empty_body' | 'form_expired' | 'unexpected'
  }
}
