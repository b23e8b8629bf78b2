import type { Deps } from '../deps.ts'
import { enqueueJob } from '../enqueue.ts'
import { refuse } from '../refusal.ts'

/** Asking again before the customer could have read it would only annoy. */
const againMs = 12 * 60 * 60 * 1000

/**
 * Mails the customer that an answer waits for credits, and where to buy some; automatic, so it is free. Asked again within twelve hours
 * nothing more is sent. Refuses: not_found, contact_missing.
 */
export async function askToTopUp(
  deps: Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>,
  input: { shopId: bigint; ticketId: bigint; requiredUnits: bigint; agent: { id: bigint; name: string } },
): Promise<{ asked: boolean }> {
  const at = deps.clock.now()
  const { shopId, ticketId } = input
  return deps.db.transaction(async (sql) => {
    // The lock makes a second click wait, and then find the first one's mail.
    const [ticket] = await sql.query<{ reply_email: string | null }>(
      'lock-ticket-to-ask',
      'select reply_email from ticket where shop_id = $1 and id = $2 for update',
      [shopId, ticketId],
    )
    if (!ticket) return refuse({ code: 'not_found', what: 'ticket' })
    if (ticket.reply_email === null) return refuse({ code: 'contact_missing', channel: 'email' })
    const [message] = await sql.query<{ id: bigint }>(
      'ask-to-top-up',
      `insert into message (shop_id, ticket_id, direction, channel, author_kind, author_id, author_name, body, template, data, address, state, created_at)
       select $1, $2, 'outbound', 'email', 'system', $6, $7, '', 'credits-needed', jsonb_build_object('requiredUnits', $5::bigint), $3, 'queued', $4
       where not exists (select from message m
         where m.shop_id = $1 and m.ticket_id = $2 and m.template = 'credits-needed' and m.state <> 'failed' and m.created_at > $8)
       returning id`,
      [
        shopId,
        ticketId,
        ticket.reply_email,
        at,
        input.requiredUnits,
        input.agent.id,
        input.agent.name,
        new Date(at.getTime() - againMs),
      ],
    )
    if (!message) return { asked: false }
    await enqueueJob(sql, 'send_message', {
      shopId: String(shopId),
      ticketId: String(ticketId),
      messageId: String(message.id),
    })
    return { asked: true }
  })
}
