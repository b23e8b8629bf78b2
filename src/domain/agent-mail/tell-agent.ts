import type { JobPayload } from '../../jobs/catalog.ts'
import type { OutgoingMail } from '../../ports/mail.ts'
import { renderAgentNews, renderAgentReceipt } from '../../words/agent-mail.ts'
import type { RenderedMail } from '../../words/mail.ts'
import { wordsFor } from '../../words/words.ts'
import type { Deps } from '../deps.ts'
import { senderOf } from '../mail-sender.ts'
import { agentMailToken } from '../secrets/links.ts'
import { quoteTicket } from '../tickets/quote-ticket.ts'
import { TryLater } from '../tickets/send-message.ts'

export type TellDeps = Pick<
  Deps,
  'db' | 'clock' | 'log' | 'keyring' | 'mail' | 'takesMail' | 'publicUrl' | 'mailFrom' | 'mailDomain'
>

/** Where agents say what they are told of. */
export const notificationsPath = '/desk/me/notifications'

interface Reader {
  agentName: string
  agentEmail: string
  shopName: string
  mailAddress: string | null
  locale: string
  number: number
  subject: string
  customerName: string
  body: string | null
  messageChannel: string | null
}

const readerQuery = `select a.name as "agentName", a.email as "agentEmail", s.name as "shopName", s.mail_address as "mailAddress",
    s.locale, t.number, t.subject, c.name as "customerName", m.body, m.channel as "messageChannel"
  from ticket t
  join shop s on s.id = t.shop_id
  join customer c on c.shop_id = t.shop_id and c.id = t.customer_id
  join agent a on a.shop_id = t.shop_id and a.id = $3 and a.deactivated_at is null
  left join message m on m.shop_id = t.shop_id and m.ticket_id = t.id and m.id = $4
  where t.shop_id = $1 and t.id = $2`

/**
 * Mails one agent what a customer wrote, or that a paid ticket was opened, with what an answer would cost. Its Reply-To is made
 * for this agent and ticket: what they answer goes to the customer. Throws TryLater after a temporary failure.
 */
export async function tellAgent(
  deps: TellDeps,
  input: JobPayload<'tell_agent'> & { lastTry: boolean },
): Promise<void> {
  const reader = await readerOf(deps, input)
  // An answer that was undone, or a ticket that was merged away, is no news.
  if (!reader || (input.messageId !== '0' && reader.body === null)) return
  const quote = await quoteTicket(deps, {
    shopId: BigInt(input.shopId),
    ticketId: BigInt(input.ticketId),
    channel: 'email',
    body: '',
  })
  const rendered = renderAgentNews(wordsFor(reader.locale), {
    shopName: reader.shopName,
    agentName: reader.agentName,
    customerName: reader.customerName,
    ticketNumber: reader.number,
    subject: reader.subject,
    body: reader.body ?? '',
    isTicket: input.messageId === '0',
    costUnits: quote.units,
    availableUnits: quote.balance.available,
    ...(quote.leaves !== undefined && { leavesUnits: quote.leaves }),
    byMail: deps.takesMail,
    deskUrl: `${deps.publicUrl}/desk/tickets/${input.ticketId}`,
  })
  const id = `agent-news-${input.shopId}-${input.agentId}-${input.ticketId}-${input.messageId}`
  await sendToAgent(deps, input, reader, rendered, id)
}

/** Tells an agent what became of a mail of theirs: what it cost and what is left, or why it waits. */
export async function sendReceipt(
  deps: TellDeps,
  input: JobPayload<'send_receipt'> & { lastTry: boolean },
): Promise<void> {
  const reader = await readerOf(deps, { ...input, messageId: '0' })
  if (!reader) return
  const [held] = await deps.db.query<{ why: string; detail: string; sender: string }>(
    'held-mail-of-receipt',
    `select why, sender, wanted ->> 'detail' as detail from held_mail where shop_id = $1 and mail_id = $2`,
    [BigInt(input.shopId), BigInt(input.mailId)],
  )
  const quote = await quoteTicket(deps, {
    shopId: BigInt(input.shopId),
    ticketId: BigInt(input.ticketId),
    channel: 'email',
    body: '',
  })
  const rendered = renderAgentReceipt(wordsFor(reader.locale), {
    shopName: reader.shopName,
    agentName: reader.agentName,
    customerName: reader.customerName,
    ticketNumber: reader.number,
    subject: reader.subject,
    availableUnits: quote.balance.available,
    act: input.act ?? 'reply',
    ...(input.outcome === 'held' && held && { held }),
    deskUrl: `${deps.publicUrl}/desk/tickets/${input.ticketId}`,
  })
  await sendToAgent(deps, input, reader, rendered, `agent-receipt-${input.shopId}-${input.mailId}`)
}

export async function readerOf(
  deps: TellDeps,
  of: { shopId: string; ticketId: string; agentId: string; messageId: string },
): Promise<Reader | undefined> {
  const [reader] = await deps.db.query<Reader>('agent-news-reader', readerQuery, [
    BigInt(of.shopId),
    BigInt(of.ticketId),
    BigInt(of.agentId),
    BigInt(of.messageId),
  ])
  return reader
}

/** With the Reply-To that is made for this agent and ticket. Throws TryLater after a temporary failure. */
export async function sendToAgent(
  deps: TellDeps,
  of: { shopId: string; ticketId: string; agentId: string; lastTry: boolean },
  reader: Reader,
  rendered: RenderedMail,
  id: string,
): Promise<void> {
  const token = agentMailToken(deps.keyring, {
    shopId: BigInt(of.shopId),
    ticketId: BigInt(of.ticketId),
    agentId: BigInt(of.agentId),
  })
  const thread = `agent-ticket-${of.shopId}-${of.ticketId}@${deps.mailDomain}`
  const mail: OutgoingMail = {
    // The same for each attempt, so that a receiver can tell a repeat.
    messageId: `${id}@${deps.mailDomain}`,
    from: senderOf(deps, { name: reader.shopName, address: reader.mailAddress }),
    to: { name: reader.agentName, address: reader.agentEmail },
    ...(deps.takesMail && { replyTo: `agent+${token}@${deps.mailDomain}` }),
    ...rendered,
    inReplyTo: thread,
    references: [thread],
    headers: {
      'Auto-Submitted': 'auto-generated',
      // Mail programs show it as the way to less of this mail.
      'List-Unsubscribe': `<${deps.publicUrl}${notificationsPath}>`,
    },
  }
  const outcome = await deps.mail.send(mail)
  if (outcome.kind === 'accepted') return
  if (outcome.kind === 'temporary' && !of.lastTry) throw new TryLater(outcome.reason)
  deps.log.error(
    { shopId: of.shopId, agentId: of.agentId, outcome: outcome.kind, reason: outcome.reason },
    'a mail to an agent was not sent for certain',
  )
}
