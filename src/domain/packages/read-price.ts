import { checkAll } from '../check-all.ts'
import { type Channel, meteredChannels, type Price, segmentChannels } from '../credits/rate-card.ts'
import { toUnits } from '../credits/units.ts'
import { refuseField } from '../refusal.ts'

/** A price as people give it. */
export interface GivenPrice {
  /** Credits, 0 or more, at most two decimals. */
  price: number
  /** reply unless the channel is metered, then minutes. A message is a reply. */
  per?: string
  /** Minutes of a started step; 5 when left out. */
  step?: number
  /** Seconds at the beginning that cost nothing. */
  free?: number
}

/** Throws Refused `invalid` naming every wrong field: price, per, step or free, after `prefix`. */
export function readPrice(channel: Channel, given: GivenPrice, prefix = ''): Price {
  const { units, per } = checkAll({
    units: () => readUnits(given.price, `${prefix}price`),
    per: () => readPer(channel, given.per, `${prefix}per`),
    // What is metered is said by the channel alone, so that a wrong unit does not make the step wrong too.
    metering: () => checkMetering(meteredChannels.includes(channel), given, prefix),
  })
  const { step = 5, free = 0 } = given
  return per === 'minutes' ? { per, units, step, freeSeconds: free } : { per, units }
}

/** The same the other way: as people give it. */
export function givenPriceOf(price: Price): GivenPrice & { per: Price['per'] } {
  const given = { price: price.units / 100, per: price.per }
  return price.per === 'minutes' ? { ...given, step: price.step ?? 5, free: price.freeSeconds ?? 0 } : given
}

function readUnits(price: number, field: string): number {
  if (!(price >= 0) || price > 1_000_000) return refuseField(field, 'give credits, 0 or more, such as 0.5')
  try {
    return Number(toUnits(price))
  } catch {
    return refuseField(field, 'credits have at most two decimals')
  }
}

function readPer(channel: Channel, per: string | undefined, field: string): Price['per'] {
  if (meteredChannels.includes(channel)) {
    if (per === undefined || per === 'minutes') return 'minutes'
    return refuseField(field, `${channel} is metered: it is priced per minutes`)
  }
  if (per === undefined || per === 'reply') return 'reply'
  const hasSegments = segmentChannels.includes(channel)
  if (hasSegments && per === 'message') return 'reply'
  if (hasSegments && per === 'segment') return 'segment'
  return refuseField(
    field,
    `${channel} is priced per ${hasSegments ? 'reply (a message) or segment' : 'reply'}`,
  )
}

function checkMetering(metered: boolean, given: GivenPrice, prefix: string): void {
  const { step = 5, free = 0 } = given
  checkAll({
    step: () => {
      if (!metered && given.step !== undefined) {
        refuseField(`${prefix}step`, 'only a price per minutes has steps')
      }
      if (!Number.isInteger(step) || step < 1 || step > 1_440) {
        refuseField(`${prefix}step`, 'give whole minutes from 1 to 1440, such as 5')
      }
    },
    free: () => {
      if (!metered && given.free !== undefined) {
        refuseField(`${prefix}free`, 'only a price per minutes has free seconds')
      }
      if (!Number.isInteger(free) || free < 0 || free > 86_400) {
        refuseField(`${prefix}free`, 'give whole seconds from 0 to 86400, such as 60')
      }
    },
  })
}
