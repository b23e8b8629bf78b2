import { checkAll } from '../check-all.ts'
import { type Channel, channels, currentRateCard, type Price } from '../credits/rate-card.ts'
import type { Deps } from '../deps.ts'
import { lockShop } from '../shops/lock-shop.ts'
import { type GivenPrice, readPrice } from './read-price.ts'
import { writeRate } from './write-rate.ts'

/**
 * Sets the prices of several channels, for purchases from now on. What costs the same as before gets no new version. All are
 * checked before any is set, and all are set in one commit. Throws Refused: `invalid` naming each field ("prices.sms.step"), `not_found` for the shop.
 */
export async function setRates(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; prices: Readonly<Partial<Record<Channel, GivenPrice>>>; actor: string },
): Promise<void> {
  const { shopId, actor } = input
  const given = channels.flatMap((channel) => {
    const price = input.prices[channel]
    return price ? [{ channel, price }] : []
  })
  const read = checkAll(
    Object.fromEntries(
      given.map(({ channel, price }) => [channel, () => readPrice(channel, price, `prices.${channel}.`)]),
    ),
  )
  await deps.db.transaction(async (sql) => {
    await lockShop(sql, shopId)
    const card = await currentRateCard(sql, shopId)
    const at = deps.clock.now()
    // Whoever saves them as they are has looked at them, too: one of the first steps of a shop.
    await sql.query('prices-looked-at', 'update shop set prices_looked_at = $2 where id = $1', [shopId, at])
    for (const { channel } of given) {
      const price = read[channel]
      if (price && !same(card[channel], price)) await writeRate(sql, { shopId, channel, price, actor, at })
    }
  })
}

function same(a: Price, b: Price): boolean {
  return (
    a.per === b.per &&
    a.units === b.units &&
    (a.step ?? 0) === (b.step ?? 0) &&
    (a.freeSeconds ?? 0) === (b.freeSeconds ?? 0)
  )
}
