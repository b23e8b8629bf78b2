import type { DeliveredMail } from '../../ports/mail-door.ts'
import type { Deps } from '../deps.ts'
import type { ReadMail } from './read/mail.ts'

export type MailDeps = Pick<
  Deps,
  | 'db'
  | 'clock'
  | 'log'
  | 'keyring'
  | 'blobs'
  | 'mail'
  | 'mailProof'
  | 'texting'
  | 'mailDomain'
  | 'mailFrom'
  | 'wakeWorkers'
>

/** A stored mail with what was read of it. */
export interface PendingMail {
  mailId: bigint
  receivedAt: Date
  /** Every address that it was sent to, as far as anybody tells, the most certain first. Lower case. */
  recipients: string[]
  peer: DeliveredMail['peer'] | null
  envelopeFrom: string | null
  raw: Buffer
  read: ReadMail
}
