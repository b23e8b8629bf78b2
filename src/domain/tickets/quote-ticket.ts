import { type Balance, type BalanceJson, readBalance } from '../credits/balance.ts'
import { priceByRateCard } from '../credits/price-of.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { type ReplyChannel, segmentsOf } from './message-text.ts'

export interface TicketQuote {
  code: 'ok' | 'insufficient_credits' | 'channel_not_covered'
  units: bigint
  /** Of a text; null on other channels. */
  segments: number | null
  balance: Balance
}

/**
 * What this very text would cost as an answer on a ticket, by the function that charges (rule 7). One round trip, because it
 * is asked while the agent writes. Refuses: not_found.
 */
export async function quoteTicket(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; ticketId: bigint; channel: ReplyChannel; body: string },
): Promise<TicketQuote> {
  const segments = input.channel === 'sms' ? segmentsOf(input.body) : null
  const quantity = Math.max(segments ?? 1, 1)
  const [row] = await deps.db.query<{
    quote: { code: TicketQuote['code']; price: number | null; balance: BalanceJson }
  }>(
    'quote-ticket',
    `select quote_charge(t.shop_id, t.customer_id, $3, $4, t.order_id, $5) as quote from ticket t
     where t.shop_id = $1 and t.id = $2`,
    [input.shopId, input.ticketId, input.channel, quantity, deps.clock.now()],
  )
  if (!row) return refuse({ code: 'not_found', what: 'ticket' })
  const { code, price, balance } = row.quote
  return {
    code,
    units: price === null ? await priceByRateCard(deps.db, { ...input, quantity }) : BigInt(price),
    segments,
    balance: readBalance(balance),
  }
}
