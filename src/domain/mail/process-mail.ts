import type { DeliveredMail } from '../../ports/mail-door.ts'
import { takeAgentMail } from '../agent-mail/take-agent-mail.ts'
import { findOurAddress } from './addresses.ts'
import { findPlace } from './find-place.ts'
import { ignoreMail } from './ignore-mail.ts'
import type { MailDeps, PendingMail } from './pending-mail.ts'
import type { ReadMail } from './read/mail.ts'
import { readMail } from './read/read-mail.ts'
import { settleMail } from './settle-mail.ts'
import { takeBounce } from './take-bounce.ts'
import { takeQuestion } from './take-question.ts'
import { tellStranger } from './tell-stranger.ts'

interface Row {
  id: bigint
  blob: string
  envelope_from: string | null
  envelope_to: string[]
  peer: DeliveredMail['peer'] | null
  received_at: Date
}

/**
 * Understands one stored mail; one that has its outcome is left alone, so it may be called any number of times. A mail that the
 * parser gives up on is marked and listed, and its raw bytes stay.
 */
export async function processMail(deps: MailDeps, input: { mailId: bigint }): Promise<void> {
  const [row] = await deps.db.query<Row>(
    'load-pending-mail',
    `select id, blob, envelope_from, envelope_to, authentication as peer, received_at from incoming_mail
     where id = $1 and state = 'pending'`,
    [input.mailId],
  )
  if (!row) return
  const raw = await deps.blobs.get(row.blob)
  if (!raw) throw new Error(`the raw mail ${row.id} is not in the blob store`)
  let read: ReadMail
  try {
    read = await readMail(raw)
  } catch (error) {
    deps.log.warn({ mailId: row.id, error: String(error) }, 'a mail cannot be read')
    await settleMail(deps.db, {
      mailId: row.id,
      state: 'failed',
      verdict: 'unreadable',
      reason: String(error),
      at: deps.clock.now(),
    })
    return
  }
  await understand(deps, {
    mailId: row.id,
    receivedAt: row.received_at,
    recipients: recipientsOf(row, read),
    peer: row.peer,
    envelopeFrom: row.envelope_from,
    raw,
    read,
  })
}

function recipientsOf(row: Row, read: ReadMail): string[] {
  const named = [...read.to, ...read.cc].map(({ address }) => address)
  return [...new Set([...row.envelope_to, ...read.deliveredTo, ...named])]
}

async function understand(deps: MailDeps, mail: PendingMail): Promise<void> {
  const bounced = findOurAddress(deps, mail.recipients, 'bounce')
  if (bounced || mail.read.kind === 'bounce') return takeBounce(deps, mail, bounced)
  if (await ignoreMail(deps, mail)) return
  const agent = findOurAddress(deps, mail.recipients, 'agent')
  if (agent) return takeAgentMail(deps, mail, agent)
  const place = await findPlace(deps, mail.read, mail.recipients)
  if (place.kind === 'ticket' || place.kind === 'account') return takeQuestion(deps, mail, place)
  return tellStranger(deps, mail, place)
}
