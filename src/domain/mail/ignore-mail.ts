import { addTicketEvents } from '../orders/open-ticket.ts'
import { isOwnMark } from '../secrets/links.ts'
import { findOurAddress } from './addresses.ts'
import { noteRound } from './note-round.ts'
import type { MailDeps, PendingMail } from './pending-mail.ts'
import { type MailVerdict, settleMail } from './settle-mail.ts'

/** A person who writes more than this in an hour is a program in a loop; the rest waits for a person to look. */
const mostAnHour = 40

/** True when the mail is of a kind that is never answered and opens nothing; it has its outcome then. */
export async function ignoreMail(deps: MailDeps, mail: PendingMail): Promise<boolean> {
  const { read, mailId } = mail
  const verdict = await verdictOf(deps, mail)
  if (!verdict) return false
  const answered = findOurAddress(deps, mail.recipients, 'reply')
  const ticket = answered && { shopId: answered.shopId, ticketId: answered.ticketId }
  await deps.db.transaction(async (sql) => {
    const at = deps.clock.now()
    if (verdict === 'own') await noteRound(deps, sql, mail)
    if (verdict === 'auto_reply' && ticket) {
      // An agent who waits for an answer wants to know that the customer is away.
      await addTicketEvents(sql, { ...ticket, at }, [
        { kind: 'auto_reply', data: { subject: read.subject, from: read.from?.address ?? '' } },
      ])
    }
    await settleMail(sql, {
      mailId,
      state: verdict === 'loop' || verdict === 'no_sender' ? 'held' : 'ignored',
      verdict,
      ...(read.from && { sender: read.from.address }),
      subject: read.subject,
      ...ticket,
      at,
    })
  })
  return true
}

async function verdictOf(deps: MailDeps, mail: PendingMail): Promise<MailVerdict | undefined> {
  const { read } = mail
  if (isOwn(deps, mail)) return 'own'
  if (read.kind === 'auto_reply') return 'auto_reply'
  if (read.kind === 'list') return 'list'
  if (!read.from) return 'no_sender'
  return (await isLoop(deps, mail, read.from.address)) ? 'loop' : undefined
}

function isOwn(deps: MailDeps, { read }: PendingMail): boolean {
  if (read.from?.address === deps.mailFrom.address.toLowerCase()) return true
  const { mark, messageId } = read
  return mark !== undefined && messageId !== undefined && isOwnMark(deps.keyring, messageId, mark)
}

async function isLoop(deps: MailDeps, mail: PendingMail, sender: string): Promise<boolean> {
  const [row] = await deps.db.query<{ many: boolean }>(
    'mails-of-sender',
    `select count(*) >= $3 as many from (
       select from incoming_mail where sender = $1 and received_at > $2::timestamptz - interval '1 hour' and received_at <= $2
       limit $3) lately`,
    [sender, mail.receivedAt, mostAnHour],
  )
  return row?.many ?? false
}
