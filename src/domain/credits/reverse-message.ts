import type { Deps } from '../deps.ts'
import { hashInput } from '../hash-input.ts'
import { type ActInput, type ActResult, requireReason, runAct, unitLimitOf } from './supervise.ts'

export interface ReverseMessage extends ActInput {
  ticketId: bigint
  messageId: bigint
}

/**
 * Gives back what a message was charged, because the customer contested it and is right. Once for each message, into the
 * grants that paid. The message itself stays sent.
 *
 * Refuses: invalid (reason), role_too_low, above_limit, not_found (ticket, message), message_pending, message_not_charged,
 * message_reversed, idempotency_conflict.
 */
export async function reverseMessage(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: ReverseMessage,
): Promise<ActResult> {
  requireReason('reverse', input.reason)
  const limit = await unitLimitOf(deps, input.shopId, input.by)
  const { ticketId, messageId, reason, note = null, by } = input
  return runAct(
    deps,
    'reverse-message',
    'select reverse_message($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) as answer',
    [
      input.shopId,
      ticketId,
      messageId,
      limit,
      reason,
      note,
      input.idempotencyKey,
      hashInput(ticketId, messageId, reason, note, by.actor),
      by.actor,
      deps.clock.now(),
    ],
  )
}
