import { type Balance, type BalanceJson, readBalance } from '../credits/balance.ts'
import { priceByRateCard } from '../credits/price-of.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import type { Quote } from './quote-reply.ts'

/**
 * What so many minutes of work would cost now on a ticket, by the function that charges (rule 7); under an agreed offer at
 * most what was agreed. Refuses: not_found.
 */
export async function quoteWork(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; ticketId: bigint; minutes: number; offerId?: bigint },
): Promise<{ code: Quote['code']; units: bigint; balance: Balance }> {
  const [row] = await deps.db.query<{
    quote: { code: Quote['code']; price: number | null; balance: BalanceJson } | null
  }>('quote-work', 'select quote_work($1, $2, $3, $4, $5) as quote', [
    input.shopId,
    input.ticketId,
    input.minutes,
    input.offerId ?? null,
    deps.clock.now(),
  ])
  if (!row?.quote) return refuse({ code: 'not_found', what: 'ticket' })
  const { code, price, balance } = row.quote
  return {
    code,
    units:
      price === null
        ? await priceByRateCard(deps.db, {
            shopId: input.shopId,
            channel: 'work',
            quantity: input.minutes * 60,
          })
        : BigInt(price),
    balance: readBalance(balance),
  }
}
