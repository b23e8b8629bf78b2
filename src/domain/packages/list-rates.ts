import { type Channel, channels, currentRateCard, type Price, priceOfRate } from '../credits/rate-card.ts'
import type { Deps } from '../deps.ts'

/** What a channel costs in a shop now, and before. */
export interface ListedRate {
  channel: Channel
  price: Price
  /** 0 while the shop has not set it: it is the default, or for portal what e-mail costs. */
  version: number
  /** The newest first; what was in force until then is the next one. */
  history: { version: number; price: Price; createdAt: Date }[]
}

/** The shop's rate card, every channel of it. */
export async function listRates(deps: Pick<Deps, 'db'>, input: { shopId: bigint }): Promise<ListedRate[]> {
  const card = await currentRateCard(deps.db, input.shopId)
  const rows = await deps.db.query<{
    channel: Channel
    version: number
    units: bigint
    per: Price['per']
    step: number | null
    free_seconds: number
    created_at: Date
  }>(
    'list-rates',
    `select channel, version, units, per, step, free_seconds, created_at from rate
     where shop_id = $1 order by channel, version desc`,
    [input.shopId],
  )
  return channels.map((channel) => {
    const history = rows
      .filter((row) => row.channel === channel)
      .map((row) => ({ version: row.version, price: priceOfRate(row), createdAt: row.created_at }))
    return { channel, price: card[channel], version: history[0]?.version ?? 0, history }
  })
}
