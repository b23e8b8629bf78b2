import type { IncomingText } from '../../ports/texting.ts'
import { findByAddress } from '../customers/find-by-address.ts'
import type { Deps } from '../deps.ts'
import { receiveMessage } from './receive-message.ts'

/**
 * A text from a customer or an authorised contact. A phone may belong to several accounts, and the last conversation is what the
 * sender answers to: of their tickets first those that are answered to this number, then the one that was last active. Returns undefined for a number that nobody has:
 * without a package there is no account to put it on.
 */
export async function receiveText(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; text: IncomingText },
): Promise<{ ticketId: bigint } | undefined> {
  const address = { shopId: input.shopId, kind: 'phone' as const, value: input.text.from }
  const matches = await findByAddress(deps.db, address)
  const [ticket] = await deps.db.query<{ id: bigint; customer_id: bigint }>(
    'ticket-of-phone',
    `select t.id, t.customer_id from ticket t
     where t.shop_id = $1 and t.customer_id = any($3::bigint[]) and t.status <> 'spam'
     order by t.reply_phone is not distinct from $2 desc, t.activity_at desc, t.id desc limit 1`,
    [input.shopId, input.text.from, matches.map((match) => match.customerId)],
  )
  const writer = matches.find((match) => match.customerId === ticket?.customer_id)
  if (!ticket || !writer) return undefined
  await receiveMessage(deps, {
    shopId: input.shopId,
    ticketId: ticket.id,
    channel: 'sms',
    body: input.text.body,
    authorName: writer.contactName,
    contactId: writer.contactId,
    from: input.text.from,
    providerId: input.text.providerId,
  })
  return { ticketId: ticket.id }
}
