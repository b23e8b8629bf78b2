import { type Quote, type QuoteJson, readQuote } from '../credits/quote.ts'

export const quotedChannels = ['email', 'sms', 'portal', 'video', 'work'] as const
export type QuotedChannel = (typeof quotedChannels)[number]

/** What the next answer on a channel would cost: of a text one segment, of a session or work its first step. */
export interface ChannelQuote extends Quote {
  per: 'reply' | 'segment' | 'minutes'
  stepMinutes: number
  freeSeconds: number
}

/** Of the channels that were asked for. */
export type ChannelQuotes = Partial<Record<QuotedChannel, ChannelQuote>>

interface Terms {
  units: number
  per: ChannelQuote['per']
  step?: number | null
  freeSeconds?: number | null
}

interface QuoteRow {
  quote: QuoteJson
  /** By the grant that sets the price; else by the shop's rate card; null where the default holds. */
  terms: Terms | null
}

export type QuoteRows = Partial<Record<QuotedChannel, QuoteRow>>

/**
 * A column for a statement over `ticket t` with the time as $3 and the channels as $6; null where none is asked for. The quotes ride
 * on the ticket's own statement, because a round trip for each channel would cost more than the quotes. Each comes from the function
 * that charges (rule 7); without "offset 0" it would be called once for each place that reads it.
 */
export const quotesColumn = `
  (select json_object_agg(n.channel, json_build_object('quote', q.quote,
     'terms', coalesce(pricer.prices -> n.channel, (
       select jsonb_build_object('units', r.units, 'per', r.per, 'step', r.step, 'freeSeconds', r.free_seconds) from rate r
       where r.shop_id = t.shop_id and (r.channel = n.channel or n.channel = 'portal' and r.channel = 'email')
       order by r.channel = n.channel desc, r.version desc limit 1))))
   from unnest($6::text[]) n(channel)
   cross join lateral (select quote_reply(t.shop_id, t.id, n.channel, null, $3) as quote offset 0) q
   left join credit_grant pricer on pricer.shop_id = t.shop_id and pricer.id = (q.quote ->> 'priceGrant')::bigint) as quotes`

export function readQuotes(rows: QuoteRows): ChannelQuotes {
  const quotes: ChannelQuotes = {}
  for (const channel of quotedChannels) {
    const row = rows[channel]
    if (row) quotes[channel] = readChannelQuote(row, perOf[channel])
  }
  return quotes
}

const perOf: Record<QuotedChannel, ChannelQuote['per']> = {
  email: 'reply',
  sms: 'reply',
  portal: 'reply',
  video: 'minutes',
  work: 'minutes',
}

/* The defaults of the rate card (credits/rate-card.ts): one credit, of metered channels for each five minutes. */
function readChannelQuote({ quote, terms }: QuoteRow, per: ChannelQuote['per']): ChannelQuote {
  return {
    ...readQuote(quote, BigInt(terms?.units ?? 100)),
    per: terms?.per ?? per,
    stepMinutes: terms?.step ?? 5,
    freeSeconds: terms?.freeSeconds ?? 0,
  }
}
