import { addTicketEvents } from '../orders/open-ticket.ts'
import type { BouncedMessage } from '../secrets/links.ts'
import { failMessage } from '../tickets/fail-message.ts'
import type { MailDeps, PendingMail } from './pending-mail.ts'
import { settleMail } from './settle-mail.ts'

/**
 * A report that a mail did not arrive. It counts only with the token of our envelope, since everything else of it can be made
 * up: anybody could have charges given back. A permanent failure (5.x) marks the message, gives the charge back and flags the
 * address; a delay is told on the ticket.
 */
export async function takeBounce(
  deps: MailDeps,
  mail: PendingMail,
  message: BouncedMessage | undefined,
): Promise<void> {
  const { read, mailId } = mail
  const { bounce } = read
  const known = message && (await addressOf(deps, message))
  const settled = {
    mailId,
    ...(read.from && { sender: read.from.address }),
    subject: read.subject,
    at: deps.clock.now(),
  }
  if (!message || !known || !bounce) {
    await settleMail(deps.db, {
      ...settled,
      state: 'ignored',
      verdict: 'bounce_unknown',
      reason: bounce
        ? 'It does not say which of our mails it is about.'
        : 'It came to the address for bounces and is no report of one.',
    })
    return
  }
  const about = { shopId: message.shopId, ticketId: message.ticketId, messageId: message.messageId }
  const reason = [bounce.status, bounce.diagnostic].filter((part) => part !== '').join(' ')
  const failed = bounce.action === 'failed' && bounce.status.startsWith('5.')
  // Before the record: done twice it changes nothing, left out it would keep the customer's credits.
  if (failed) await failMessage(deps, about, reason)
  await deps.db.transaction(async (sql) => {
    if (failed) {
      await sql.query(
        'flag-address',
        `insert into address_flag (shop_id, address, reason, at) values ($1, $2, $3, $4)
         on conflict (shop_id, address) do update set reason = excluded.reason, at = excluded.at`,
        [about.shopId, known.address, reason, settled.at],
      )
    }
    if (bounce.action === 'failed' || bounce.action === 'delayed') {
      await addTicketEvents(sql, { ...about, at: settled.at }, [
        { kind: failed ? 'mail_bounced' : 'mail_delayed', data: { to: known.address, reason } },
      ])
    }
    await settleMail(sql, { ...settled, ...about, state: 'processed', verdict: 'bounce', reason })
  })
}

async function addressOf(deps: MailDeps, message: BouncedMessage): Promise<{ address: string } | undefined> {
  const [row] = await deps.db.query<{ address: string | null }>(
    'bounced-message',
    `select address from message where shop_id = $1 and ticket_id = $2 and id = $3 and direction = 'outbound' and channel = 'email'`,
    [message.shopId, message.ticketId, message.messageId],
  )
  return row?.address == null ? undefined : { address: row.address.toLowerCase() }
}
