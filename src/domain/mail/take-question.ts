import type { Sql } from '../../db/database.ts'
import { retryTransaction } from '../../db/retry-transaction.ts'
import { type ReceivedMailExtras, storeReceived } from '../tickets/receive-message.ts'
import type { Place } from './find-place.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { MailDeps, PendingMail } from './pending-mail.ts'
import { settleMail } from './settle-mail.ts'

type KnownPlace = Extract<Place, { kind: 'ticket' | 'account' }>

/**
 * Puts a person's mail on its ticket, or opens one for somebody who is known. The message, its attachments and the outcome of
 * the mail are one commit; the same mail by another door finds its fingerprint taken and adds nothing.
 */
export async function takeQuestion(deps: MailDeps, mail: PendingMail, place: KnownPlace): Promise<void> {
  const { read, mailId } = mail
  const attachments = await keepParts(deps, mail)
  await retryTransaction(deps.db, async (sql) => {
    const at = deps.clock.now()
    const { shopId } = place
    const extras: ReceivedMailExtras = {
      // Where it is all there is, it is the message already.
      quoted: read.answer === '' ? '' : read.quoted,
      ...(read.html !== undefined && { html: read.html }),
      ...(read.messageId !== undefined && { mailId: read.messageId }),
      reopens: !read.onlyThanks || (await thanksReopen(sql, shopId)),
      attachments,
    }
    const providerId = fingerprintOf(read)
    const known = await ticketWithMail(sql, shopId, providerId)
    const ticketId =
      known ?? (place.kind === 'ticket' ? place.ticketId : await openTicketFor(sql, place, mail, at))
    const stored = known
      ? undefined
      : await storeReceived(
          sql,
          {
            shopId,
            ticketId,
            channel: 'email',
            body: bodyOf(mail),
            authorName: read.from?.name || read.from?.address || '',
            ...(place.kind === 'account' && { contactId: place.contactId }),
            ...(read.from && { from: read.from.address }),
            providerId,
            mail: extras,
          },
          at,
        )
    if (stored && read.from) {
      await sql.query('unflag-address', 'delete from address_flag where shop_id = $1 and address = $2', [
        shopId,
        read.from.address,
      ])
    }
    await settleMail(sql, {
      mailId,
      state: stored ? 'processed' : 'ignored',
      verdict: stored ? (place.kind === 'account' ? 'new_ticket' : 'answer') : 'duplicate',
      ...(read.from && { sender: read.from.address }),
      subject: read.subject,
      shopId,
      ticketId,
      ...(stored && { messageId: stored.messageId }),
      at,
    })
  })
}

/** What is shown as the message. A mail that only quotes or forwards says it by what it quotes. */
function bodyOf({ read }: PendingMail): string {
  return read.answer || read.quoted
}

/** Before the transaction: bytes that no row names harm nobody. */
async function keepParts(deps: MailDeps, mail: PendingMail): Promise<ReceivedMailExtras['attachments']> {
  const kept: ReceivedMailExtras['attachments'] = []
  for (const part of mail.read.parts) {
    kept.push({
      name: part.name,
      mediaType: part.mediaType,
      size: part.content.length,
      blob: await deps.blobs.put(part.content),
      ...(part.contentId !== undefined && { contentId: part.contentId }),
      inline: part.inline,
    })
  }
  return kept
}

async function ticketWithMail(sql: Sql, shopId: bigint, fingerprint: string): Promise<bigint | undefined> {
  const [row] = await sql.query<{ ticketId: bigint }>(
    'ticket-with-mail',
    'select ticket_id as "ticketId" from message where shop_id = $1 and provider_id = $2',
    [shopId, fingerprint],
  )
  return row?.ticketId
}

async function thanksReopen(sql: Sql, shopId: bigint): Promise<boolean> {
  const [row] = await sql.query<{ reopen: boolean }>(
    'thanks-reopen',
    'select thanks_reopen as reopen from shop where id = $1',
    [shopId],
  )
  return row?.reopen ?? false
}

async function openTicketFor(
  sql: Sql,
  place: Extract<Place, { kind: 'account' }>,
  mail: PendingMail,
  at: Date,
): Promise<bigint> {
  const subject = mail.read.subject || bodyOf(mail).split('\n', 1)[0] || (mail.read.from?.address ?? '')
  const [ticket] = await sql.query<{ id: bigint }>(
    'open-mail-ticket',
    `insert into ticket (shop_id, number, customer_id, subject, reply_email, requester_id, activity_at, created_at, status)
     values ($1, next_ticket_number($1), $2, $3, $4, $5, $6, $6,
       case when exists (select from spam_sender s where s.shop_id = $1 and s.address = lower($4)) then 'spam' else 'open' end) returning id`,
    [
      place.shopId,
      place.customerId,
      subject.slice(0, 200),
      mail.read.from?.address ?? null,
      place.contactId,
      at,
    ],
  )
  if (!ticket) throw new Error('opening a ticket returned nothing')
  return ticket.id
}
