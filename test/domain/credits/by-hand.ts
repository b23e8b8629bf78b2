import { adjustGrant } from '../../../src/domain/credits/adjust-grant.ts'
import { createGrant, type NewGrant } from '../../../src/domain/credits/create-grant.ts'
import { forgiveDeficit } from '../../../src/domain/credits/forgive-deficit.ts'
import { freezeAccount } from '../../../src/domain/credits/freeze-account.ts'
import { channels, currentRateCard } from '../../../src/domain/credits/rate-card.ts'
import { reverseMessage } from '../../../src/domain/credits/reverse-message.ts'
import { settleDeficit } from '../../../src/domain/credits/settle-deficit.ts'
import type { Supervisor } from '../../../src/domain/credits/supervise.ts'
import { Refused } from '../../../src/domain/refusal.ts'
import type { World } from '../../support/world.ts'
import { setPromised } from './moves.ts'

export const supervisor: Supervisor = { actor: 'agent:7', role: 'supervisor' }
export const owner: Supervisor = { actor: 'agent:1', role: 'owner' }
export const agent: Supervisor = { actor: 'agent:9', role: 'agent' }

// Of all hands together: two of them may act in one shop.
let serial = 0

/** The acts of a supervisor with defaults; each call is an act of its own unless it names its key. */
export function hands(world: World, shopId = world.shopId) {
  const base = () => ({ shopId, by: supervisor, idempotencyKey: `hand-${++serial}` })
  type Over = Partial<{ by: Supervisor; reason: string; note: string; idempotencyKey: string }>
  return {
    adjust: (customerId: bigint, grantId: bigint, credits: number, over: Over = {}) =>
      adjustGrant(world.deps, { ...base(), reason: 'agreed', customerId, grantId, credits, ...over }),
    settle: (customerId: bigint, grantId: bigint, payerId: bigint, over: Over & { credits?: number } = {}) =>
      settleDeficit(world.deps, { ...base(), reason: 'agreed', customerId, grantId, payerId, ...over }),
    forgive: (customerId: bigint, grantId: bigint, over: Over & { credits?: number } = {}) =>
      forgiveDeficit(world.deps, { ...base(), reason: 'small_sum', customerId, grantId, ...over }),
    freeze: (customerId: bigint, over: Over & { grantId?: bigint } = {}) =>
      freezeAccount(world.deps, { ...base(), reason: 'chargeback', customerId, frozen: true, ...over }),
    unfreeze: (customerId: bigint, over: Over & { grantId?: bigint } = {}) =>
      freezeAccount(world.deps, { ...base(), reason: 'dispute_won', customerId, frozen: false, ...over }),
    reverse: (ticketId: bigint, messageId: bigint, over: Over = {}) =>
      reverseMessage(world.deps, { ...base(), reason: 'contest_granted', ticketId, messageId, ...over }),
    /** A grant as an order's line makes it: a purchase, which pays what the account owes. */
    async purchase(customerId: bigint, units: bigint, over: Partial<NewGrant> = {}): Promise<bigint> {
      serial += 1
      const made = await createGrant(world.db, {
        shopId,
        customerId,
        source: 'order_line',
        name: 'Support pack',
        channels,
        prices: await currentRateCard(world.db, shopId),
        unitsEach: units,
        units,
        operation: 'entitle',
        key: `purchase-${shopId}-${serial}`,
        inputHash: Buffer.from('x'),
        cause: { kind: 'order_line', id: `1:${serial}` },
        actor: 'system',
        at: world.clock.at,
        ...over,
      })
      if (made === 'idempotency_conflict') throw new Error('a serial number was given twice')
      return made.grantId
    },
  }
}

/** Rule 14's worked case: two packs of 10 bought, 12 spent, one pack refunded; the grant owes 2. */
export async function refundedAfterSpending(world: World) {
  const { customerId, ticketId, grantId } = await world.ticketWith([2000n])
  for (let n = 0; n < 12; n++) await world.reply(ticketId)
  await setPromised(world, { customerId, grantId }, 1000n)
  return { customerId, ticketId, grantId }
}

/** Code and fields of the refusal that a promise ends in; undefined when it is done. */
export async function refusalOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
    return undefined
  } catch (error) {
    if (error instanceof Refused) return error.refusal
    throw error
  }
}
