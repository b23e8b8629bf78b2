import { type ActInput, type ActResult, requireReason, runAct } from '../credits/supervise.ts'
import type { Deps } from '../deps.ts'
import { hashInput } from '../hash-input.ts'
import { refuse } from '../refusal.ts'
import { askForContext } from './context/ask-for-context.ts'

/** Refuses: role_too_low. Merging makes no credits, so it knows no limit of units. */
function requireSupervisor(by: ActInput['by']): void {
  if (by.role === 'agent') refuse({ code: 'role_too_low', role: 'supervisor' })
}

/**
 * Makes one customer part of another: the source's grants with their whole history, orders, tickets and contacts (rule 15).
 * It cannot be undone. The same key and input gives the first result again. `units` of the result: what could be spent of the
 * grants that moved, held and frozen ones included.
 *
 * Refuses: invalid (reason), role_too_low, not_found, same_customer, customer_merged, session_open, idempotency_conflict.
 */
export async function mergeCustomers(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: ActInput & { sourceId: bigint; targetId: bigint },
): Promise<ActResult> {
  requireReason('merge', input.reason)
  requireSupervisor(input.by)
  const { shopId, sourceId, targetId, reason, note } = input
  const result = await runAct(
    deps,
    'merge-customers',
    'select merge_customers($1, $2, $3, $4, $5, $6, $7, $8, $9) as answer',
    [
      shopId,
      sourceId,
      targetId,
      reason,
      note ?? null,
      input.idempotencyKey,
      hashInput(sourceId, targetId, reason, note ?? null),
      input.by.actor,
      deps.clock.now(),
    ],
  )
  // What is known of the target is without the source's orders. Should this be lost, it is too old in a few hours.
  await askForContext(deps.db, { shopId, customerId: targetId })
  return result
}
