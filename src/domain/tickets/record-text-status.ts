import type { TextStatusReport } from '../../ports/texting.ts'
import type { Deps } from '../deps.ts'
import { failMessage } from './fail-message.ts'
import type { MessageKey } from './load-outgoing.ts'

/**
 * What the provider says of a text later. Reports come out of order, so a state never goes back; undelivered or failed gives
 * the credits back. A report that is faster than our own record of the send finds the message by our id.
 * `ours` is what the callback's address says; it counts because the provider signs the address. False: the text is not ours.
 */
export async function recordTextStatus(
  deps: Pick<Deps, 'db' | 'clock' | 'log'>,
  input: { shopId: bigint; report: TextStatusReport; ours?: { ticketId: bigint; messageId: bigint } },
): Promise<boolean> {
  const { report } = input
  const [message] = await deps.db.query<{ ticket_id: bigint; id: bigint }>(
    'text-by-provider-id',
    'select ticket_id, id from message where shop_id = $1 and provider_id = $2',
    [input.shopId, report.providerId],
  )
  const key = message
    ? { shopId: input.shopId, ticketId: message.ticket_id, messageId: message.id }
    : input.ours && (await adopt(deps, { shopId: input.shopId, ...input.ours }, report.providerId))
  if (!key) return false
  if (report.state === 'failed' || report.state === 'undelivered') {
    await failMessage(deps, key, report.errorCode ? `${report.state} (${report.errorCode})` : report.state)
  } else if (report.state === 'delivered') {
    await advance(deps, key, 'delivered', ['sending', 'sent', 'unknown'])
  } else {
    // Whatever the provider reports of it, it has taken the text: a send of unknown outcome was not lost.
    await advance(deps, key, 'sent', ['sending', 'unknown'])
  }
  return true
}

async function advance(
  deps: Pick<Deps, 'db' | 'clock'>,
  key: MessageKey,
  state: 'sent' | 'delivered',
  from: string[],
): Promise<void> {
  await deps.db.query(
    'text-advanced',
    `update message set state = $4, settled_at = $5, error = null
     where shop_id = $1 and ticket_id = $2 and id = $3 and state = any ($6)`,
    [key.shopId, key.ticketId, key.messageId, state, deps.clock.now(), from],
  )
}

async function adopt(
  deps: Pick<Deps, 'db'>,
  key: MessageKey,
  providerId: string,
): Promise<MessageKey | undefined> {
  const [row] = await deps.db.query(
    'adopt-provider-id',
    `update message set provider_id = $4
     where shop_id = $1 and ticket_id = $2 and id = $3 and provider_id is null and state in ('sending', 'unknown')
     returning id`,
    [key.shopId, key.ticketId, key.messageId, providerId],
  )
  return row && key
}
