import { priceByRateCard } from '../credits/price-of.ts'
import { type Quote, type QuoteJson, readQuote } from '../credits/quote.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'

/**
 * What so many minutes of work would cost now on a ticket, by the function that charges (rule 7); under an agreed offer at
 * most what was agreed. Refuses: not_found.
 */
export async function quoteWork(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; ticketId: bigint; minutes: number; offerId?: bigint },
): Promise<Quote> {
  const { shopId } = input
  const [row] = await deps.db.query<{ quote: QuoteJson | null }>(
    'quote-work',
    'select quote_work($1, $2, $3, $4, $5) as quote',
    [shopId, input.ticketId, input.minutes, input.offerId ?? null, deps.clock.now()],
  )
  if (!row?.quote) return refuse({ code: 'not_found', what: 'ticket' })
  const quantity = 60 * input.minutes
  const cardPrice =
    row.quote.price === null ? await priceByRateCard(deps.db, { shopId, channel: 'work', quantity }) : 0n
  return readQuote(row.quote, cardPrice)
}
