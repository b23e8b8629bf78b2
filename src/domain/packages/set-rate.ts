import { uniqueViolation } from '../../db/database.ts'
import {
  type Channel,
  channels,
  isChannel,
  meteredChannels,
  type Price,
  segmentChannels,
} from '../credits/rate-card.ts'
import { toUnits } from '../credits/units.ts'
import type { Deps } from '../deps.ts'
import { refuseField } from '../refusal.ts'
import { requireShop } from '../shops/require-shop.ts'

export interface NewRate {
  shopId: bigint
  channel: string
  /** Credits, 0 or more, at most two decimals. */
  price: number
  /** reply unless the channel is metered, then minutes. */
  per?: string
  /** Minutes of a started step; 5 when left out. */
  step?: number
  /** Seconds at the beginning that cost nothing. */
  free?: number
}

/**
 * Sets a channel's price for grants made from now on; earlier ones keep what they promised.
 * Throws Refused: `invalid` naming the field, `not_found` for the shop.
 */
export async function setRate(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: NewRate,
): Promise<{ version: number }> {
  const { channel } = input
  if (!isChannel(channel)) return refuseField('channel', `choose from ${channels.join(', ')}`)
  const units = readPrice(input.price)
  const per = readPer(channel, input.per)
  const metering = readMetering(per, input)
  await requireShop(deps.db, input.shopId)
  const values = [
    input.shopId,
    channel,
    units,
    per,
    metering?.step ?? null,
    metering?.free ?? 0,
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

function readPrice(price: number): bigint {
  if (!(price >= 0) || price > 1_000_000) return refuseField('price', 'give credits, 0 or more, such as 0.5')
  try {
    return toUnits(price)
  } catch {
    return refuseField('price', 'credits have at most two decimals')
  }
}

function readPer(channel: Channel, per: string | undefined): Price['per'] {
  if (meteredChannels.includes(channel)) {
    if (per === undefined || per === 'minutes') return 'minutes'
    return refuseField('per', `${channel} is metered: it is priced per minutes`)
  }
  if (per === undefined || per === 'reply') return 'reply'
  if (per === 'segment' && segmentChannels.includes(channel)) return 'segment'
  const allowed = segmentChannels.includes(channel) ? 'reply or segment' : 'reply'
  return refuseField('per', `${channel} is priced per ${allowed}`)
}

function readMetering(per: Price['per'], input: NewRate): { step: number; free: number } | undefined {
  const { step = 5, free = 0 } = input
  if (per !== 'minutes') {
    if (input.step !== undefined) refuseField('step', 'only a price per minutes has steps')
    if (input.free !== undefined) refuseField('free', 'only a price per minutes has free seconds')
    return undefined
  }
  if (!Number.isInteger(step) || step < 1 || step > 1_440)
    refuseField('step', 'give whole minutes, such as 5')
  if (!Number.isInteger(free) || free < 0 || free > 86_400)
    refuseField('free', 'give whole seconds, such as 60')
  return { step, free }
}
