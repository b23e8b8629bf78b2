import type { Deps } from '../deps.ts'
import { hashInput } from '../hash-input.ts'
import { type ActInput, type ActResult, readUnits, requireReason, runAct, unitLimitOf } from './supervise.ts'

export interface SettleDeficit extends ActInput {
  customerId: bigint
  /** The grant that owes, and the one of the same account that pays. */
  grantId: bigint
  payerId: bigint
  /** Left out: as much as is owed and there. */
  credits?: number
}

/**
 * Pays what one grant owes (overdraft, then deficit) from another grant of the same account. A purchase does it by itself.
 *
 * Refuses: invalid (reason, credits, grantId, payerId), role_too_low, above_limit, not_found (customer), nothing_owed,
 * more_than_owed, payer_short, idempotency_conflict.
 */
export async function settleDeficit(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: SettleDeficit,
): Promise<ActResult> {
  requireReason('settle', input.reason)
  const units = input.credits === undefined ? null : readUnits('credits', Math.abs(input.credits))
  const limit = await unitLimitOf(deps, input.shopId, input.by)
  const { customerId, grantId, payerId, reason, note = null, by } = input
  return runAct(
    deps,
    'settle-deficit',
    'select settle_deficit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as answer',
    [
      input.shopId,
      customerId,
      grantId,
      payerId,
      units,
      limit,
      reason,
      note,
      input.idempotencyKey,
      hashInput(customerId, grantId, payerId, units, reason, note, by.actor),
      by.actor,
      deps.clock.now(),
    ],
  )
}
