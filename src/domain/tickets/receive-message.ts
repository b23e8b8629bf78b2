import type { Sql } from '../../db/database.ts'
import type { Person } from '../customers/people.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
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
  if (problem) refuse({ code: 'invalid', fields: [problem] })
  return deps.db.transaction(async (sql) => {
    const now = deps.clock.now()
    const [ticket] = await sql.query<{ customer_id: bigint; requester_id: bigint | null }>(
      'lock-ticket',
      'select customer_id, requester_id from ticket where shop_id = $1 and id = $2 for update',
      [input.shopId, input.ticketId],
    )
    if (!ticket) return refuse({ code: 'not_found', what: 'ticket' })
    const writer = await findWriter(sql, { ...input, customerId: ticket.customer_id })
    const [message] = await sql.query<{ id: bigint }>(
      'receive-message',
      `insert into message (shop_id, ticket_id, direction, channel, author_kind, author_name, body, address, provider_id, state, created_at, contact_id)
       values ($1, $2, 'inbound', $3, 'customer', $4, $5, $6, $7, 'received', $8, $9)
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
      ],
    )
    if (!message) return undefined
    // Somebody who was removed is heard, but gets no answers any more.
    const removed = writer !== undefined && writer.removedAt !== null
    if (writer && !removed) await answerTo(sql, input, writer, ticket.requester_id)
    await sql.query(
      'reopen-ticket',
      `update ticket set status = case status when 'spam' then status else 'open' end, last_message_id = $3, last_channel = $4,
         preview = left($5, 140), activity_at = $6,
         reply_email = case when $4 = 'email' then coalesce($7, reply_email) else reply_email end,
         reply_phone = case when $4 = 'sms' then coalesce($7, reply_phone) else reply_phone end,
         requester_id = $8
       where shop_id = $1 and id = $2`,
      [
        input.shopId,
        input.ticketId,
        message.id,
        input.channel,
        input.body,
        now,
        removed ? null : (input.from ?? null),
        removed ? ticket.requester_id : (writer?.id ?? null),
      ],
    )
    return { messageId: message.id }
  })
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
