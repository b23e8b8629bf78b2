import { readUnits, type Supervisor, unitLimitOf } from '../credits/supervise.ts'
import { addContacts } from '../customers/contacts.ts'
import type { Deps } from '../deps.ts'
import { enqueueJob } from '../enqueue.ts'
import { refuse } from '../refusal.ts'

export interface ResolveReview {
  shopId: bigint
  reviewId: bigint
  decision: 'accept' | 'dismiss'
  /** Of an amount refund or a changed subscription: take, or grant, this many instead of the proposal. */
  credits?: number
  note?: string
  by: Supervisor
}

type ReviewAnswer =
  | {
      code: 'ok'
      kind: string
      resolvedAt: string
      first?: true
      customerId?: string | null
      ticketId?: string | null
      orderId?: string | null
      to?: string | null
    }
  | { code: 'review_not_found' }
  | { code: 'review_resolved'; decision: string }
  | { code: 'above_limit'; limit: number }
  | { code: 'adjustment_below_use'; lowest: number }

/**
 * Answers an open question of an order. Accepting an amount refund takes the proposed credits by adjustments; accepting a
 * changed e-mail lets the customer be written to there; accepting a changed subscription grants what its order kept back; of
 * the other kinds the answer is only kept. The same answer again gives the first result.
 *
 * Refuses: invalid (credits), role_too_low, not_found (review), review_resolved, above_limit, adjustment_below_use.
 */
export async function resolveReview(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: ResolveReview,
): Promise<{ kind: string; resolvedAt: Date }> {
  const units = input.credits === undefined ? null : readUnits('credits', Math.abs(input.credits))
  const limit = await unitLimitOf(deps, input.shopId, input.by)
  const at = deps.clock.now()
  return deps.db.transaction(async (sql) => {
    const [row] = await sql.query<{ answer: ReviewAnswer }>(
      'resolve-review',
      'select resolve_review($1, $2, $3, $4, $5, $6, $7, $8) as answer',
      [input.shopId, input.reviewId, input.decision, units, limit, input.note ?? null, input.by.actor, at],
    )
    if (!row) throw new Error('resolve_review gave no row')
    const { answer } = row
    if (answer.code !== 'ok') return refuseReview(answer)
    const accepted = input.decision === 'accept' && answer.first
    if (accepted && answer.kind === 'email_changed' && answer.customerId && answer.to) {
      const customerId = BigInt(answer.customerId)
      await addContacts(sql, { shopId: input.shopId, customerId, at }, [{ kind: 'email', value: answer.to }])
      await sql.query('write-to', 'update ticket set reply_email = $3 where shop_id = $1 and id = $2', [
        input.shopId,
        answer.ticketId ?? null,
        answer.to,
      ])
    }
    if (accepted && answer.kind === 'subscription_change' && answer.orderId) {
      await enqueueJob(sql, 'recheck_orders', { shopId: String(input.shopId), orderIds: [answer.orderId] })
    }
    return { kind: answer.kind, resolvedAt: new Date(answer.resolvedAt) }
  })
}

function refuseReview(answer: Exclude<ReviewAnswer, { code: 'ok' }>): never {
  switch (answer.code) {
    case 'review_not_found':
      return refuse({ code: 'not_found', what: 'review' })
    case 'review_resolved':
      return refuse({ code: 'review_resolved', decision: answer.decision })
    case 'above_limit':
      return refuse({ code: 'above_limit', limitUnits: BigInt(answer.limit) })
    case 'adjustment_below_use':
      return refuse({ code: 'adjustment_below_use', lowestUnits: BigInt(answer.lowest) })
  }
}
