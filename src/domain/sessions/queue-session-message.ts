import type { Sql } from '../../db/database.ts'
import { enqueueJob } from '../enqueue.ts'

/**
 * Queues one automatic message about a session to the customer, in the caller's transaction; `send_message` renders it from
 * its template. It is no news for an agent who is writing meanwhile, so the ticket's last message stays what it was.
 * Returns false when the ticket has no contact that the template can go to.
 */
export async function queueSessionMessage(
  sql: Sql,
  input: {
    shopId: bigint
    ticketId: bigint
    sessionId: bigint
    template: 'session-invitation' | 'session-bill'
    at: Date
  },
): Promise<boolean> {
  // A bill has figures to compare and is a page of text; only the invitation is also worth an SMS.
  const mayText = input.template === 'session-invitation'
  const [message] = await sql.query<{ id: bigint }>(
    'queue-session-message',
    `insert into message (shop_id, ticket_id, direction, channel, author_kind, author_name, body, template, data, address, state, created_at)
     select t.shop_id, t.id, 'outbound', case when t.reply_email is null then 'sms' else 'email' end, 'system', '', '', $3::text,
       jsonb_build_object('sessionId', $4::text), coalesce(t.reply_email, t.reply_phone), 'queued', $5::timestamptz
     from ticket t where t.shop_id = $1 and t.id = $2
       and (t.reply_email is not null or ($6::boolean and t.reply_phone is not null))
     returning id`,
    [input.shopId, input.ticketId, input.template, String(input.sessionId), input.at, mayText],
  )
  if (!message) return false
  await enqueueJob(sql, 'send_message', {
    shopId: String(input.shopId),
    ticketId: String(input.ticketId),
    messageId: String(message.id),
  })
  return true
}
