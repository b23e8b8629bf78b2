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
  const [message] = await deps.db.query<{ state: string }>(
    'message-state',
    'select state from message where shop_id = $1 and ticket_id = $2 and id = $3',
    [input.shopId, input.ticketId, input.messageId],
  )
  if (!message) return refuse({ code: 'not_found', what: 'message' })
  if (message.state !== 'unknown') return refuse({ code: 'message_not_unknown', state: message.state })
  if (input.arrived) {
    await deps.db.query(
      'resolve-arrived',
      `update message set state = 'sent', error = null, settled_at = $4
       where shop_id = $1 and ticket_id = $2 and id = $3 and state = 'unknown'`,
      [input.shopId, input.ticketId, input.messageId, deps.clock.now()],
    )
  } else {
    await failMessage(deps, input, 'not_arrived')
  }
  await deps.db.query(
    'audit-resolve',
    `insert into audit_log (shop_id, actor, action, data, at) values ($1, $2, 'resolve_unknown', $3, $4)`,
    [
      input.shopId,
      input.actor,
      JSON.stringify({ messageId: String(input.messageId), arrived: input.arrived }),
      deps.clock.now(),
    ],
  )
}
