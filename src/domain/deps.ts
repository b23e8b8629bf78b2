import type { Database } from '../db/database.ts'
import type { BlobPort } from '../ports/blobs.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { MailPort } from '../ports/mail.ts'
import type { MailProofPort } from '../ports/mail-proof.ts'
import type { ShopPort } from '../ports/shop.ts'
import type { TextingPort } from '../ports/texting.ts'
import type { Keyring } from './secrets/keyring.ts'

/** Everything that use cases may need; each names the part it uses with Pick. Built once in compose.ts. */
export interface Deps {
  db: Database
  clock: Clock
  log: Log
  keyring: Keyring
  /** Raw mails and attachments. */
  blobs: BlobPort
  mail: MailPort
  /** Whether answers by mail come in, by a door or in the sandbox; without it they go to the sender's own mailbox. */
  takesMail: boolean
  /** The mailbox that is read, by the name of its row; undefined when none is. */
  mailbox?: string
  /** How long raw mails are kept, in days. */
  mailRetentionDays: number
  /** Proves who sent a mail. */
  mailProof: MailProofPort
  texting: TextingPort
  /** By the shop's kind ("woocommerce"). */
  shops: Record<string, ShopPort>
  /** Public address of this service, without a trailing slash. */
  publicUrl: string
  /** Sender of mail for all shops; senderOf says what stands before the address. */
  mailFrom: { name: string; address: string }
  /** Domain of our Message-IDs and reply addresses. */
  mailDomain: string
  /** Tells the workers, soon after a commit, that there are jobs; losing it costs only the poll interval. */
  wakeWorkers(): void
  /**
   * Tells the open pages of all processes, soon after a commit, that something on this ticket changed (without one: anything in the
   * shop). Called at the edges, after each form, API call and job (src/domain/live/README.md); losing it costs the pages' own poll.
   */
  tellDesk(shopId: bigint, ticketId?: bigint): void
}
