import type { IncomingText } from '../../ports/texting.ts'
import type { Deps } from '../deps.ts'
import { receiveMessage } from './receive-message.ts'

/**
 * A text from a customer. Matched by phone to the ticket of that number which was last active; a phone may belong to several
 * customers, and the last conversation is what the sender answers to. Returns undefined for a number that nobody has:
 * without a package there is no account to put it on.
 */
export async function receiveText(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; text: IncomingText },
): Promise<{ ticketId: bigint } | undefined> {
  const [ticket] = await deps.db.query<{ id: bigint; name: string }>(
    'ticket-of-phone',
    `select t.id, c.name from contact p
     join ticket t on t.shop_id = p.shop_id and t.customer_id = p.customer_id and t.status <> 'spam'
     join customer c on c.shop_id = t.shop_id and c.id = t.customer_id
     where p.shop_id = $1 and p.kind = 'phone' and p.value = $2
     order by t.activity_at desc, t.id desc limit 1`,
    [input.shopId, input.text.from],
  )
  if (!ticket) return undefined
  await receiveMessage(deps, {
    shopId: input.shopId,
    ticketId: ticket.id,
    channel: 'sms',
    body: input.text.body,
    authorName: ticket.name,
    from: input.text.from,
    providerId: input.text.providerId,
  })
  return { ticketId: ticket.id }
}
