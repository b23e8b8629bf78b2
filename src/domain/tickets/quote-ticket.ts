import { priceByRateCard } from '../credits/price-of.ts'
import { type Quote, type QuoteJson, readQuote } from '../credits/quote.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { type ReplyChannel, segmentsOf } from './message-text.ts'

export interface TicketQuote extends Quote {
  /** Of a text; null on other channels. */
  segments: number | null
}

/**
 * What this very text would cost as an answer on a ticket and which grants would pay, by the function that charges (rule 7).
 * One round trip, because it is asked while the agent writes. Refuses: not_found.
 */
export async function quoteTicket(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; ticketId: bigint; channel: ReplyChannel; body: string },
): Promise<TicketQuote> {
  const segments = input.channel === 'sms' ? segmentsOf(input.body) : null
  const quantity = Math.max(segments ?? 1, 1)
  const [row] = await deps.db.query<{ quote: QuoteJson | null }>(
    'quote-ticket',
    'select quote_reply($1, $2, $3, $4, $5) as quote',
    [input.shopId, input.ticketId, input.channel, quantity, deps.clock.now()],
  )
  if (!row?.quote) return refuse({ code: 'not_found', what: 'ticket' })
  const cardPrice = row.quote.price === null ? await priceByRateCard(deps.db, { ...input, quantity }) : 0n
  return { ...readQuote(row.quote, cardPrice), segments }
}
