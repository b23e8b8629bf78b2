import { writeAudit } from '../audit/write-audit.ts'
import { createGrant } from '../credits/create-grant.ts'
import { channels, currentRateCard } from '../credits/rate-card.ts'
import { requireReason, type Supervisor, unitLimitOf } from '../credits/supervise.ts'
import { toUnits } from '../credits/units.ts'
import type { Deps } from '../deps.ts'
import { hashInput } from '../hash-input.ts'
import { type FieldProblem, refuse } from '../refusal.ts'

export interface GrantCredits {
  shopId: bigint
  customerId: bigint
  /** More than 0, at most two decimals. */
  credits: number
  /** Why; stands in the statement. */
  reason: string
  /** For goodwill: one of `actReasons.goodwill`, so that reports can count it. */
  reasonCode?: string
  expiresAt?: Date
  idempotencyKey: string
  by: Supervisor
}

export interface GrantedCredits {
  grantId: bigint
  units: bigint
  reason: string
  expiresAt: Date | null
  createdAt: Date
}

const operation = 'api_grant'

/**
 * Puts credits into an account by hand, for all channels at the prices in force. The same key and input gives the same
 * grant again. Throws Refused: `invalid` naming each field, `not_found` for the customer, `idempotency_conflict`,
 * `role_too_low`, `above_limit`.
 */
export async function grantCredits(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: GrantCredits,
): Promise<GrantedCredits> {
  const units = checkFields(input)
  if (input.reasonCode !== undefined) requireReason('goodwill', input.reasonCode)
  const { shopId, customerId } = input
  const { actor } = input.by
  const reason = input.reason.trim()
  const limit = await unitLimitOf(deps, shopId, input.by)
  if (limit !== null && units > limit) refuse({ code: 'above_limit', limitUnits: limit })
  const at = deps.clock.now()
  return await deps.db.transaction(async (sql) => {
    const [customer] = await sql.query<{ known: boolean; into: bigint | null }>(
      'customer-and-key',
      `select exists (select from operation_key k where k.shop_id = c.shop_id and k.operation = $3 and k.key = $4) as known,
         c.merged_into as into
       from customer c where c.shop_id = $1 and c.id = $2`,
      [shopId, customerId, operation, input.idempotencyKey],
    )
    if (!customer) return refuse({ code: 'not_found', what: 'customer' })
    if (!customer.known && customer.into !== null) {
      return refuse({ code: 'customer_merged', into: String(customer.into) })
    }
    // A repeat gives the first answer, even when the validity is over by now.
    if (!customer.known && input.expiresAt && input.expiresAt <= at) {
      return refuse({
        code: 'invalid',
        fields: [{ field: 'expiresAt', message: 'give a time in the future' }],
      })
    }
    const granted = await createGrant(sql, {
      shopId,
      customerId,
      source: input.reasonCode === undefined ? 'api' : 'goodwill',
      name: reason,
      channels,
      prices: await currentRateCard(sql, shopId),
      unitsEach: units,
      units,
      ...(input.expiresAt && { expiresAt: input.expiresAt }),
      reason,
      operation,
      key: input.idempotencyKey,
      inputHash: hashInput(customerId, units, reason, input.expiresAt ?? null, input.reasonCode ?? null),
      cause: { kind: 'api', id: input.idempotencyKey },
      actor,
      at,
    })
    if (granted === 'idempotency_conflict') return refuse({ code: 'idempotency_conflict' })
    const [grant] = await sql.query<GrantedCredits>(
      'granted-credits',
      `select id as "grantId", units_each as units, reason, expires_at as "expiresAt", created_at as "createdAt"
       from credit_grant where shop_id = $1 and id = $2`,
      [shopId, granted.grantId],
    )
    if (!grant) throw new Error('a grant that was just made is not there')
    if (!customer.known) {
      await writeAudit(sql, {
        shopId,
        customerId,
        actor,
        action: 'grant',
        data: {
          grantId: String(grant.grantId),
          units: Number(units),
          reason: input.reasonCode,
          note: reason,
        },
        at,
      })
    }
    return grant
  })
}

function checkFields(input: GrantCredits): bigint {
  const fields: FieldProblem[] = []
  let units = 0n
  try {
    units = toUnits(input.credits)
    if (units <= 0n || units > 100_000_000n) {
      fields.push({ field: 'credits', message: 'give a number above 0, such as 2.5' })
    }
  } catch {
    fields.push({ field: 'credits', message: 'credits have at most two decimals' })
  }
  if (input.reason.trim() === '') fields.push({ field: 'reason', message: 'say why' })
  if (input.idempotencyKey.trim() === '') {
    fields.push({ field: 'idempotencyKey', message: 'give a key of your own for this grant' })
  }
  if (fields.length > 0) refuse({ code: 'invalid', fields })
  return units
}
