import type { Sql } from '../../db/database.ts'
import { writeAudit } from '../audit/write-audit.ts'
import { type Channel, currentRateCard, type Price } from '../credits/rate-card.ts'
import { givenPriceOf } from './read-price.ts'

export interface WrittenRate {
  shopId: bigint
  channel: Channel
  price: Price
  actor: string
  at: Date
}

/** Writes the next version of a channel's price, and who set it. The caller holds the lock of the shop. */
export async function writeRate(sql: Sql, rate: WrittenRate): Promise<{ version: number }> {
  const { shopId, channel, price, actor, at } = rate
  const before = (await currentRateCard(sql, shopId))[channel]
  const [row] = await sql.query<{ version: number }>(
    'write-rate',
    `insert into rate (shop_id, channel, version, units, per, step, free_seconds, created_at)
     select $1, $2, coalesce((select max(version) from rate where shop_id = $1 and channel = $2), 0) + 1, $3, $4, $5, $6, $7
     returning version`,
    [shopId, channel, price.units, price.per, price.step ?? null, price.freeSeconds ?? 0, at],
  )
  if (!row) throw new Error('writing a rate returned nothing')
  await writeAudit(sql, {
    shopId,
    actor,
    action: 'rate_set',
    data: {
      channel,
      version: row.version,
      before: { price: givenPriceOf(before) },
      after: { price: givenPriceOf(price) },
    },
    at,
  })
  return row
}
