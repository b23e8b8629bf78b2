import { uniqueViolation } from '../../db/database.ts'
import { channels, isChannel } from '../credits/rate-card.ts'
import type { Deps } from '../deps.ts'
import { refuseField } from '../refusal.ts'
import { requireShop } from '../shops/require-shop.ts'
import { type GivenPrice, readPrice } from './read-price.ts'

export interface NewRate extends GivenPrice {
  shopId: bigint
  channel: string
}

/**
 * Sets a channel's price for purchases from now on; earlier ones keep what they promised.
 * Throws Refused: `invalid` naming each field, `not_found` for the shop.
 */
export async function setRate(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: NewRate,
): Promise<{ version: number }> {
  const { channel } = input
  if (!isChannel(channel)) return refuseField('channel', `choose from ${channels.join(', ')}`)
  const price = readPrice(channel, input)
  await requireShop(deps.db, input.shopId)
  const values = [
    input.shopId,
    channel,
    price.units,
    price.per,
    price.step ?? null,
    price.freeSeconds ?? 0,
    deps.clock.now(),
  ]
  for (let attempt = 1; ; attempt += 1) {
    try {
      const [row] = await deps.db.query<{ version: number }>(
        'set-rate',
        `insert into rate (shop_id, channel, version, units, per, step, free_seconds, created_at)
         select $1, $2, coalesce((select max(version) from rate where shop_id = $1 and channel = $2), 0) + 1, $3, $4, $5, $6, $7
         returning version`,
        values,
      )
      return { version: row?.version ?? 0 }
    } catch (error) {
      // Somebody else set the same channel's price at this moment and took the version.
      if (attempt === 3 || uniqueViolation(error) === undefined) throw error
    }
  }
}
