import type { Deps } from '../deps.ts'
import { hashInput } from '../hash-input.ts'
import { type ActInput, type ActResult, requireReason, runAct, unitLimitOf } from './supervise.ts'

export interface FreezeAccount extends ActInput {
  customerId: bigint
  /** One grant; left out: the whole account, with the grants that still come. */
  grantId?: bigint
  frozen: boolean
}

/**
 * Stops, or allows again, spending and new holds (a chargeback). Everything else goes on: a running session bills what it
 * holds, refunds revoke, validity ends. `units` of the result is what became unavailable or available. To thaw the account
 * thaws each of its grants.
 *
 * Refuses: invalid (reason, grantId), role_too_low, not_found (customer), account_frozen, idempotency_conflict.
 */
export async function freezeAccount(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: FreezeAccount,
): Promise<ActResult> {
  requireReason(input.frozen ? 'freeze' : 'unfreeze', input.reason)
  await unitLimitOf(deps, input.shopId, input.by)
  const { customerId, grantId = null, frozen, reason, note = null, by } = input
  return runAct(deps, 'set-frozen', 'select set_frozen($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) as answer', [
    input.shopId,
    customerId,
    grantId,
    frozen,
    reason,
    note,
    input.idempotencyKey,
    hashInput(customerId, grantId, frozen, reason, note, by.actor),
    by.actor,
    deps.clock.now(),
  ])
}
