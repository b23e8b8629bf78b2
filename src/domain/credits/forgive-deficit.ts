import type { Deps } from '../deps.ts'
import { hashInput } from '../hash-input.ts'
import { type ActInput, type ActResult, readUnits, requireReason, runAct, unitLimitOf } from './supervise.ts'

export interface ForgiveDeficit extends ActInput {
  customerId: bigint
  grantId: bigint
  /** Left out: all that the grant owes. */
  credits?: number
}

/**
 * Writes off what a grant owes; nobody pays. It stays forgiven when the grant is restored and taken back again.
 *
 * Refuses: invalid (reason, credits, grantId), role_too_low, above_limit, not_found (customer), nothing_owed,
 * more_than_owed, idempotency_conflict.
 */
export async function forgiveDeficit(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: ForgiveDeficit,
): Promise<ActResult> {
  requireReason('forgive', input.reason)
  const units = input.credits === undefined ? null : readUnits('credits', Math.abs(input.credits))
  const limit = await unitLimitOf(deps, input.shopId, input.by)
  const { customerId, grantId, reason, note = null, by } = input
  return runAct(
    deps,
    'forgive-deficit',
    'select forgive_deficit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) as answer',
    [
      input.shopId,
      customerId,
      grantId,
      units,
      limit,
      reason,
      note,
      input.idempotencyKey,
      hashInput(customerId, grantId, units, reason, note, by.actor),
      by.actor,
      deps.clock.now(),
    ],
  )
}
