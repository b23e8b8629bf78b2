import { writeAudit } from '../audit/write-audit.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { failMessage } from './fail-message.ts'
import type { MessageKey } from './load-outgoing.ts'

/**
 * A person says what became of a send whose outcome nobody recorded: it arrived and stays charged, or it did not and the
 * credits go back. Refuses: not_found, message_not_unknown.
 */
export async function resolveUnknown(
  deps: Pick<Deps, 'db' | 'clock' | 'log'>,
  input: MessageKey & { arrived: boolean; actor: string },
): Promise<void> {
  const at = deps.clock.now()
  await deps.db.transaction(async (sql) => {
    const [message] = await sql.query<{ state: string; customerId: bigint }>(
      'message-state',
      `select m.state, t.customer_id as "customerId" from message m
       join ticket t on t.shop_id = m.shop_id and t.id = m.ticket_id
       where m.shop_id = $1 and m.ticket_id = $2 and m.id = $3`,
      [input.shopId, input.ticketId, input.messageId],
    )
    if (!message) return refuse({ code: 'not_found', what: 'message' })
    if (message.state !== 'unknown') return refuse({ code: 'message_not_unknown', state: message.state })
    if (input.arrived) {
      await sql.query(
        'resolve-arrived',
        `update message set state = 'sent', error = null, settled_at = $4
         where shop_id = $1 and ticket_id = $2 and id = $3 and state = 'unknown'`,
        [input.shopId, input.ticketId, input.messageId, at],
      )
    } else {
      await failMessage({ ...deps, db: sql }, input, 'not_arrived', { told: true })
    }
    await writeAudit(sql, {
      shopId: input.shopId,
      customerId: message.customerId,
      actor: input.actor,
      action: 'resolve_unknown',
      data: { messageId: String(input.messageId), arrived: input.arrived },
      at,
    })
  })
}
