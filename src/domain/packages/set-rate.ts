import { channels, isChannel } from '../credits/rate-card.ts'
import type { Deps } from '../deps.ts'
import { refuseField } from '../refusal.ts'
import { lockShop } from '../shops/lock-shop.ts'
import { type GivenPrice, readPrice } from './read-price.ts'
import { writeRate } from './write-rate.ts'

export interface NewRate extends GivenPrice {
  shopId: bigint
  channel: string
  /** Who sets it, for the audit log. */
  actor: string
}

/**
 * Sets a channel's price for purchases from now on; earlier ones keep what they promised.
 * Throws Refused: `invalid` naming each field, `not_found` for the shop.
 */
export async function setRate(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: NewRate,
): Promise<{ version: number }> {
  const { shopId, channel, actor } = input
  if (!isChannel(channel)) return refuseField('channel', `choose from ${channels.join(', ')}`)
  const price = readPrice(channel, input)
  return await deps.db.transaction(async (sql) => {
    await lockShop(sql, shopId)
    return await writeRate(sql, { shopId, channel, price, actor, at: deps.clock.now() })
  })
}
