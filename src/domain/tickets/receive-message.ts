import type { Sql } from '../../db/database.ts'
import { queueAgentNews } from '../agent-mail/notify-agents.ts'
import type { Person } from '../customers/people.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { addAttachments, type NewAttachment } from './add-attachments.ts'
import { findWriter } from './find-writer.ts'
import { problemOfBody, type ReplyChannel } from './message-text.ts'

export interface ReceivedMessage {
  shopId: bigint
  ticketId: bigint
  channel: ReplyChannel
  body: string
  /** Of whoever is none of the account's people; theirs is known. */
  authorName: string
  /** Who of the account's people wrote; without it the one whose address `from` is. */
  contactId?: bigint
  /** Address that the message came from; replies on its channel go there from now on. */
  from?: string
  /** The provider's id; the same message by two ways is stored once. */
  providerId?: string
  /** Files that came along, if not with a mail. */
  attachments?: readonly NewAttachment[]
}

/** What a mail brings besides its words. */
export interface ReceivedMailExtras {
  quoted: string
  html?: string
  /** The Message-ID that the writer's program gave, without angle brackets. */
  mailId?: string
  /** False for what is no reason to look at a closed ticket again. */
  reopens: boolean
  attachments: NewAttachment[]
}

/**
 * What a customer wrote. Never charged; reopens the ticket, and whoever wrote is who asks on it: answers go to that person's
 * addresses (src/domain/customers/README.md). Returns undefined when the provider's id is known already.
 * Refuses: invalid, not_found.
 */
export async function receiveMessage(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: ReceivedMessage,
): Promise<{ messageId: bigint } | undefined> {
  const problem = problemOfBody(input.body, 'portal')
  // Files may come without a word: a picture of what is wrong says enough.
  const onlyFiles = input.body.trim() === '' && (input.attachments ?? []).length > 0
  if (problem && !onlyFiles) refuse({ code: 'invalid', fields: [problem] })
  return deps.db.transaction((sql) => storeReceived(sql, input, deps.clock.now()))
}

/** The same in the caller's transaction, for a body that need not be checked. Refuses: not_found. */
export async function storeReceived(
  sql: Sql,
  input: ReceivedMessage & { mail?: ReceivedMailExtras },
  now: Date,
): Promise<{ messageId: bigint } | undefined> {
  const { mail } = input
  const [ticket] = await sql.query<{ customer_id: bigint; requester_id: bigint | null }>(
    'lock-ticket',
    'select customer_id, requester_id from ticket where shop_id = $1 and id = $2 for update',
    [input.shopId, input.ticketId],
  )
  if (!ticket) return refuse({ code: 'not_found', what: 'ticket' })
  const writer = await findWriter(sql, { ...input, customerId: ticket.customer_id })
  const [message] = await sql.query<{ id: bigint }>(
    'receive-message',
    `insert into message (shop_id, ticket_id, direction, channel, author_kind, author_name, body, address, provider_id, state, created_at, contact_id,
       quoted, html, mail_id)
     values ($1, $2, 'inbound', $3, 'customer', $4, $5, $6, $7, 'received', $8, $9, $10, $11, $12)
     on conflict do nothing returning id`,
    [
      input.shopId,
      input.ticketId,
      input.channel,
      writer?.name || input.authorName,
      input.body,
      input.from ?? null,
      input.providerId ?? null,
      now,
      writer?.id ?? null,
      mail?.quoted || null,
      mail?.html ?? null,
      mail?.mailId ?? null,
    ],
  )
  if (!message) return undefined
  const attachments = mail?.attachments ?? input.attachments ?? []
  if (attachments.length > 0) await addAttachments(sql, input, message.id, attachments)
  // Somebody who was removed, or whom nobody knows, is heard, but gets no answers: the links in them are the account's.
  const answered = writer !== undefined && writer.removedAt === null
  if (answered) await answerTo(sql, input, writer, ticket.requester_id)
  await sql.query(
    'reopen-ticket',
    `update ticket set status = case when status = 'spam' or (status = 'closed' and not $9) then status else 'open' end,
       last_message_id = $3, last_channel = $4, preview = left($5, 140), activity_at = $6,
       reply_email = case when $4 = 'email' then coalesce($7, reply_email) else reply_email end,
       reply_phone = case when $4 = 'sms' then coalesce($7, reply_phone) else reply_phone end,
       requester_id = $8
     where shop_id = $1 and id = $2`,
    [
      input.shopId,
      input.ticketId,
      message.id,
      input.channel,
      input.body.trim() || attachments.map(({ name }) => name).join(', '),
      now,
      answered ? (input.from ?? null) : null,
      answered || input.channel === 'portal' ? (writer?.id ?? null) : ticket.requester_id,
      mail?.reopens ?? true,
    ],
  )
  await queueAgentNews(sql, { shopId: input.shopId, ticketId: input.ticketId, messageId: message.id })
  return { messageId: message.id }
}

/**
 * Both addresses become the writer's when somebody else asked before. The buyer's are left alone while nobody else did: those of
 * the order may be others than the customer's best.
 */
async function answerTo(
  sql: Sql,
  ticket: { shopId: bigint; ticketId: bigint },
  writer: Person,
  askedBefore: bigint | null,
): Promise<void> {
  if (askedBefore === writer.id || (writer.buyer && askedBefore === null)) return
  await sql.query(
    'answer-to',
    'update ticket set reply_email = $3, reply_phone = $4 where shop_id = $1 and id = $2',
    [ticket.shopId, ticket.ticketId, writer.email, writer.phone],
  )
}
