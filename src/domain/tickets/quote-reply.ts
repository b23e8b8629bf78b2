import { type Balance, type BalanceJson, readBalance } from '../credits/balance.ts'
import { priceByRateCard } from '../credits/price-of.ts'
import type { Channel } from '../credits/rate-card.ts'
import type { Deps } from '../deps.ts'

export interface Quote {
  code: 'ok' | 'insufficient_credits' | 'channel_not_covered'
  units: bigint
  /** What would be left; undefined when it cannot be charged. */
  leaves?: bigint
  balance: Balance
}

/**
 * What a send would cost now, by the very function that charges (rule 7). `quantity`: 1 for a reply, segments for a text,
 * seconds for metered channels, null for the first step of a session.
 */
export async function quoteReply(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; customerId: bigint; orderId?: bigint; channel: Channel; quantity: number | null },
): Promise<Quote> {
  const [row] = await deps.db.query<{
    quote: { code: Quote['code']; price: number | null; balance: BalanceJson }
  }>('quote-charge', 'select quote_charge($1, $2, $3, $4, $5, $6) as quote', [
    input.shopId,
    input.customerId,
    input.channel,
    input.quantity,
    input.orderId ?? null,
    deps.clock.now(),
  ])
  if (!row) throw new Error('quote_charge gave no row')
  const balance = readBalance(row.quote.balance)
  const units = row.quote.price === null ? await priceByRateCard(deps.db, input) : BigInt(row.quote.price)
  return {
    code: row.quote.code,
    units,
    ...(row.quote.code === 'ok' ? { leaves: balance.available - units } : {}),
    balance,
  }
}
