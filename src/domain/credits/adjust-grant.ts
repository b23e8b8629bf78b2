import type { Deps } from '../deps.ts'
import { hashInput } from '../hash-input.ts'
import { type ActInput, type ActResult, readUnits, requireReason, runAct, unitLimitOf } from './supervise.ts'

export interface AdjustGrant extends ActInput {
  customerId: bigint
  grantId: bigint
  /** Up or down, at most two decimals; not 0. */
  credits: number
}

/**
 * Moves what one grant entitles to, by hand; never below what is used and held of it. The order's state decides the rest as
 * before. One statement, idempotent by its key.
 *
 * Refuses: invalid (reason, credits, grantId), role_too_low, above_limit, not_found (customer), grant_over,
 * adjustment_below_use, idempotency_conflict.
 */
export async function adjustGrant(deps: Pick<Deps, 'db' | 'clock'>, input: AdjustGrant): Promise<ActResult> {
  requireReason('adjust', input.reason)
  const units = readUnits('credits', input.credits)
  const limit = await unitLimitOf(deps, input.shopId, input.by)
  return runAct(
    deps,
    'adjust-grant',
    'select adjust_grant($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) as answer',
    [
      input.shopId,
      input.customerId,
      input.grantId,
      units,
      limit,
      input.reason,
      input.note ?? null,
      input.idempotencyKey,
      hashInput(input.customerId, input.grantId, units, input.reason, input.note ?? null, input.by.actor),
      input.by.actor,
      deps.clock.now(),
    ],
  )
}
