import type { Sql } from '../../db/database.ts'
import type { Channel, RateCard } from './rate-card.ts'
import { recordFirstPayment } from './record-payment.ts'

export interface NewGrant {
  shopId: bigint
  customerId: bigint
  source: 'order_line' | 'api' | 'goodwill' | 'import'
  orderId?: bigint
  packageId?: bigint
  termsVersion?: number
  name: string
  channels: readonly Channel[]
  prices: RateCard
  /** What one piece of the package carries; later changes of the line count in it. */
  unitsEach: bigint
  units: bigint
  expiresAt?: Date
  /** Rule 6: a higher one is spent first among grants that end together; 0 when left out. */
  priority?: number
  /** Rule 6: given away, so spent before what was paid for. */
  promotional?: boolean
  /** Units that may be spent of it beyond zero; none when left out. */
  overdraftLimit?: bigint
  /**
   * Rule 17: what was paid after discount, tax apart; as the shop wrote it. `units`: what that bought, where pieces of it were
   * refunded before the grant; the grant's units when left out.
   */
  paid?: { total: string; tax: string; currency: string; units?: bigint }
  reason?: string
  operation: string
  key: string
  inputHash: Buffer
  cause: { kind: string; id: string }
  actor: string
  at: Date
}

/**
 * Puts credits into an account. Idempotent by operation and key: the same input gives the first grant's id again, another
 * input `idempotency_conflict`. Runs in the caller's transaction and takes the account's lock there.
 */
export async function createGrant(
  sql: Sql,
  grant: NewGrant,
): Promise<{ grantId: bigint } | 'idempotency_conflict'> {
  const [row] = await sql.query<{ result: { code: string; grant?: number } }>(
    'create-grant',
    `select create_grant($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26) as result`,
    [
      grant.shopId,
      grant.customerId,
      grant.source,
      grant.orderId ?? null,
      grant.packageId ?? null,
      grant.termsVersion ?? null,
      grant.name,
      grant.channels,
      JSON.stringify(grant.prices),
      grant.unitsEach,
      grant.units,
      grant.expiresAt ?? null,
      grant.paid?.total ?? null,
      grant.paid?.tax ?? null,
      grant.paid?.currency ?? null,
      grant.reason ?? null,
      grant.operation,
      grant.key,
      grant.inputHash,
      grant.cause.kind,
      grant.cause.id,
      grant.actor,
      grant.at,
      grant.priority ?? 0,
      grant.promotional ?? false,
      grant.overdraftLimit ?? 0n,
    ],
  )
  if (row?.result.grant === undefined) return 'idempotency_conflict'
  const grantId = BigInt(row.result.grant)
  if (grant.paid) {
    const { shopId, at, paid, units } = grant
    await recordFirstPayment(sql, { shopId, grantId, at }, { units, ...paid })
  }
  return { grantId }
}
