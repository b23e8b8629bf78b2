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

const perReply: Price = { per: 'reply', units: 100 }
const perFiveMinutes: Price = { per: 'minutes', units: 100, step: 5, freeSeconds: 0 }

const defaults: RateCard = {
  email: perReply,
  portal: perReply,
  sms: perReply,
  whatsapp: perReply,
  video: perFiveMinutes,
  voice: perFiveMinutes,
  work: perFiveMinutes,
}

/** The rate card in force: the newest version of each channel over the defaults. Portal costs as e-mail unless set itself. */
export async function currentRateCard(sql: Sql, shopId: bigint): Promise<RateCard> {
  const rows = await sql.query<{
    channel: Channel
    units: bigint
    per: Price['per']
    step: number | null
    free_seconds: number
  }>(
    'rate-card',
    `select distinct on (channel) channel, units, per, step, free_seconds from rate
     where shop_id = $1 order by channel, version desc`,
    [shopId],
  )
  const set: Partial<RateCard> = {}
  for (const row of rows) {
    set[row.channel] = {
      per: row.per,
      units: Number(row.units),
      ...(row.per === 'minutes' && row.step ? { step: row.step, freeSeconds: row.free_seconds } : {}),
    }
  }
  return { ...defaults, ...set, portal: set.portal ?? set.email ?? defaults.portal }
}
