import type { BalanceJson } from '../credits/balance.ts'

export const quotedChannels = ['email', 'sms', 'portal', 'video', 'work'] as const
export type QuotedChannel = (typeof quotedChannels)[number]

/** What the next answer on a channel would cost: of a text one segment, of a session or work its first step. */
export interface ChannelQuote {
  code: 'ok' | 'insufficient_credits' | 'channel_not_covered'
  units: bigint
  /** End of validity of the grant that pays first. */
  until?: Date
  per: 'reply' | 'segment' | 'minutes'
  stepMinutes: number
  freeSeconds: number
}

export type ChannelQuotes = Record<QuotedChannel, ChannelQuote>

interface Terms {
  units: number
  per: ChannelQuote['per']
  step?: number | null
  freeSeconds?: number | null
}

interface QuoteRow {
  quote: { code: ChannelQuote['code']; price: number | null; balance: BalanceJson }
  /** By the grant that sets the price; else by the shop's rate card; null where the default holds. */
  terms: Terms | null
  until: string | null
}

export type QuoteRows = Record<QuotedChannel, QuoteRow>

/**
 * A column for a statement over `ticket t` with the time as $3. The quotes ride on the ticket's own statement, because a round
 * trip for each channel would cost more than the quotes. Each comes from the function that charges (rule 7).
 */
export const quotesColumn = `
  (select json_object_agg(n.channel, json_build_object('quote', q.quote, 'until', payer.expires_at,
     'terms', coalesce(pricer.prices -> n.channel, (
       select jsonb_build_object('units', r.units, 'per', r.per, 'step', r.step, 'freeSeconds', r.free_seconds) from rate r
       where r.shop_id = t.shop_id and (r.channel = n.channel or n.channel = 'portal' and r.channel = 'email')
       order by r.channel = n.channel desc, r.version desc limit 1))))
   from unnest(array['email', 'sms', 'portal', 'video', 'work']) n(channel)
   cross join lateral (select quote_charge(t.shop_id, t.customer_id, n.channel, null, t.order_id, $3) as quote) q
   left join credit_grant pricer on pricer.shop_id = t.shop_id and pricer.id = (q.quote ->> 'priceGrant')::bigint
   left join credit_grant payer on payer.shop_id = t.shop_id and payer.id = (q.quote -> 'grants' ->> 0)::bigint) as quotes`

export function readQuotes(rows: QuoteRows): ChannelQuotes {
  return {
    email: readQuote(rows.email, 'reply'),
    sms: readQuote(rows.sms, 'reply'),
    portal: readQuote(rows.portal, 'reply'),
    video: readQuote(rows.video, 'minutes'),
    work: readQuote(rows.work, 'minutes'),
  }
}

/* The defaults of the rate card (credits/rate-card.ts): one credit, of metered channels for each five minutes. */
function readQuote(row: QuoteRow, per: ChannelQuote['per']): ChannelQuote {
  const { quote, terms, until } = row
  return {
    code: quote.code,
    units: BigInt(quote.price ?? terms?.units ?? 100),
    ...(until === null ? {} : { until: new Date(until) }),
    per: terms?.per ?? per,
    stepMinutes: terms?.step ?? 5,
    freeSeconds: terms?.freeSeconds ?? 0,
  }
}
