import type { Sql } from '../../db/database.ts'

export const channels = ['email', 'sms', 'whatsapp', 'portal', 'video', 'voice', 'work'] as const
export type Channel = (typeof channels)[number]

export function isChannel(value: string): value is Channel {
  return (channels as readonly string[]).includes(value)
}

/** Metered channels are priced per started step of minutes; the others per reply, texts also per segment. */
export const meteredChannels: readonly Channel[] = ['video', 'voice', 'work']
export const segmentChannels: readonly Channel[] = ['sms', 'whatsapp']

/** Price of a channel. `units` in hundredths of a credit; `step` in minutes, only for per minutes. */
export interface Price {
  per: 'reply' | 'segment' | 'minutes'
  units: number
  step?: number
  freeSeconds?: number
}

/** A price for every channel: what a grant promises, and what `price_of` in SQL reads. */
export type RateCard = Record<Channel, Price>

/** Prices of some channels, which go over a rate card. */
export type OwnPrices = Partial<RateCard>

const perReply: Price = { per: 'reply', units: 100 }
const perFiveMinutes: Price = { per: 'minutes', units: 100, step: 5, freeSeconds: 0 }

/** What a shop charges until it sets something else. */
export const defaultRates: RateCard = {
  email: perReply,
  portal: perReply,
  sms: perReply,
  whatsapp: perReply,
  video: perFiveMinutes,
  voice: perFiveMinutes,
  work: perFiveMinutes,
}

interface RateRow {
  channel: Channel
  units: bigint
  per: Price['per']
  step: number | null
  free_seconds: number
}

/** The rate card in force: the newest version of each channel over the defaults. Portal costs as e-mail unless set itself. */
export function currentRateCard(sql: Sql, shopId: bigint): Promise<RateCard> {
  return rateCardAt(sql, shopId, null)
}

/** The rate card as it was at a moment; null is now. */
export async function rateCardAt(sql: Sql, shopId: bigint, at: Date | null): Promise<RateCard> {
  const rows = await sql.query<RateRow>(
    'rate-card',
    `select distinct on (channel) channel, units, per, step, free_seconds from rate
     where shop_id = $1 and created_at <= coalesce($2, 'infinity'::timestamptz) order by channel, version desc`,
    [shopId, at],
  )
  const set: OwnPrices = Object.fromEntries(rows.map((row) => [row.channel, priceOfRate(row)]))
  return withOwnPrices(defaultRates, set)
}

/** Prices set over a card. What an answer by e-mail costs, one on the private page costs too, unless that is set itself. */
export function withOwnPrices(card: RateCard, own: OwnPrices): RateCard {
  return { ...card, ...own, portal: own.portal ?? own.email ?? card.portal }
}

export function priceOfRate(row: Omit<RateRow, 'channel'>): Price {
  return {
    per: row.per,
    units: Number(row.units),
    ...(row.per === 'minutes' && row.step ? { step: row.step, freeSeconds: row.free_seconds } : {}),
  }
}
