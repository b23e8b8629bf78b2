import { checkAll } from '../check-all.ts'
import { type Channel, channels, currentRateCard, type Price } from '../credits/rate-card.ts'
import type { Deps } from '../deps.ts'
import { type GivenPrice, readPrice } from './read-price.ts'
import { setRate } from './set-rate.ts'

/**
 * Sets the prices of several channels, for purchases from now on. What costs the same as before gets no new version. All are
 * checked before any is set. Throws Refused: `invalid` naming each field ("prices.sms.step"), `not_found` for the shop.
 */
export async function setRates(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; prices: Readonly<Partial<Record<Channel, GivenPrice>>> },
): Promise<void> {
  const { shopId } = input
  const given = channels.flatMap((channel) => {
    const price = input.prices[channel]
    return price ? [{ channel, price }] : []
  })
  const read = checkAll(
    Object.fromEntries(
      given.map(({ channel, price }) => [channel, () => readPrice(channel, price, `prices.${channel}.`)]),
    ),
  )
  const card = await currentRateCard(deps.db, shopId)
  for (const { channel, price } of given) {
    if (!same(card[channel], read[channel])) await setRate(deps, { shopId, channel, ...price })
  }
}

function same(a: Price, b: Price | undefined): boolean {
  return (
    a.per === b?.per &&
    a.units === b.units &&
    (a.step ?? 0) === (b.step ?? 0) &&
    (a.freeSeconds ?? 0) === (b.freeSeconds ?? 0)
  )
}
