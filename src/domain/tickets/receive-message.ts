import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { problemOfBody, type ReplyChannel } from './message-text.ts'

export interface ReceivedMessage {
  shopId: bigint
  ticketId: bigint
  channel: ReplyChannel
  body: string
  authorName: string
  /** Address that the customer wrote from; replies go there from now on. */
  from?: string
  /** The provider's id; the same message by two ways is stored once. */
  providerId?: string
}

/**
 * What a customer wrote. Never charged; reopens the ticket. Returns undefined when the provider's id is known already.
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
    const [ticket] = await sql.query<{ id: bigint }>(
      'lock-ticket',
      'select id from ticket where shop_id = $1 and id = $2 for update',
      [input.shopId, input.ticketId],
    )
    if (!ticket) return refuse({ code: 'not_found', what: 'ticket' })
    const [message] = await sql.query<{ id: bigint }>(
      'receive-message',
      `insert into message (shop_id, ticket_id, direction, channel, author_kind, author_name, body, address, provider_id, state, created_at)
       values ($1, $2, 'inbound', $3, 'customer', $4, $5, $6, $7, 'received', $8)
       on conflict do nothing returning id`,
      [
        input.shopId,
        input.ticketId,
        input.channel,
        input.authorName,
        input.body,
        input.from ?? null,
        input.providerId ?? null,
        now,
      ],
    )
    if (!message) return undefined
    await sql.query(
      'reopen-ticket',
      `update ticket set status = case status when 'spam' then status else 'open' end, last_message_id = $3, last_channel = $4,
         preview = left($5, 140), activity_at = $6,
         reply_email = case when $4 = 'email' then coalesce($7, reply_email) else reply_email end,
         reply_phone = case when $4 = 'sms' then coalesce($7, reply_phone) else reply_phone end
       where shop_id = $1 and id = $2`,
      [input.shopId, input.ticketId, message.id, input.channel, input.body, now, input.from ?? null],
    )
    return { messageId: message.id }
  })
}
