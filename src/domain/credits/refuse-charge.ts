import type { Sql } from '../../db/database.ts'
import { refuse } from '../refusal.ts'
import { type BalanceJson, readBalance } from './balance.ts'
import { priceByRateCard } from './price-of.ts'
import type { Channel } from './rate-card.ts'

/** What the SQL functions answer when a plan cannot be charged. `price` null: no grant names one. */
export interface UnpaidAnswer {
  code: 'insufficient_credits' | 'channel_not_covered'
  price?: number | null
  balance: BalanceJson
}

/** Says why a charge was refused and what is missing. `quantity` as in plan_charge. */
export async function refuseCharge(
  sql: Sql,
  input: { shopId: bigint; channel: Channel; quantity: number | null },
  answer: UnpaidAnswer,
): Promise<never> {
  const availableUnits = readBalance(answer.balance).available
  if (answer.code === 'channel_not_covered') {
    return refuse({ code: 'channel_not_covered', channel: input.channel, availableUnits })
  }
  const requiredUnits =
    answer.price === null || answer.price === undefined
      ? await priceByRateCard(sql, input)
      : BigInt(answer.price)
  return refuse({ code: 'insufficient_credits', requiredUnits, availableUnits })
}
