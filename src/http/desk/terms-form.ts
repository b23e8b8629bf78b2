import {
  type Channel,
  channels,
  meteredChannels,
  type OwnPrices,
  segmentChannels,
} from '../../domain/credits/rate-card.ts'
import { toCredits } from '../../domain/credits/units.ts'
import { type GivenPrice, givenPriceOf } from '../../domain/packages/read-price.ts'
import type { GivenTerms } from '../../domain/packages/read-terms.ts'
import type { Terms } from '../../domain/packages/terms.ts'

type Form = Record<string, string>

/** What the form of a package says, every field of it: an empty price is none of its own. */
export function termsIn(form: Form): GivenTerms {
  const days = textOf(form, 'days')
  const firstResponse = textOf(form, 'firstResponse')
  return {
    name: form.name ?? '',
    credits: numberIn(form, 'credits'),
    days: days === '' ? null : numberIn(form, 'days'),
    channels: channels.filter((channel) => form[`channel.${channel}`] === 'on'),
    priority: textOf(form, 'priority') === '' ? 0 : numberIn(form, 'priority'),
    promotional: form.promotional === 'on',
    overdraft: textOf(form, 'overdraft') === '' ? 0 : numberIn(form, 'overdraft'),
    prices: Object.fromEntries(channels.map((channel) => [channel, priceIn(form, channel) ?? null])),
    furtherOrder: form.furtherOrder ?? '',
    firstResponse: firstResponse === '' ? null : numberIn(form, 'firstResponse'),
  }
}

/** What the form of the shop's prices says; an empty row leaves its channel as it is. */
export function ratesIn(form: Form): Partial<Record<Channel, GivenPrice>> {
  return Object.fromEntries(
    channels.flatMap((channel) => {
      const price = priceIn(form, channel)
      return price ? [[channel, price]] : []
    }),
  )
}

/** Terms as they stand in the fields. */
export function termsValues(terms: Omit<Terms, 'unitsEach'> & { unitsEach?: bigint }): Form {
  return {
    name: terms.name,
    credits: terms.unitsEach === undefined ? '' : String(toCredits(terms.unitsEach)),
    days: terms.days === null ? '' : String(terms.days),
    priority: String(terms.priority),
    overdraft: String(toCredits(terms.overdraftUnits)),
    promotional: terms.promotional ? 'on' : '',
    furtherOrder: terms.furtherOrder,
    firstResponse: terms.firstResponse === null ? '' : String(terms.firstResponse),
    ...Object.fromEntries(terms.channels.map((channel) => [`channel.${channel}`, 'on'])),
    ...priceValues(terms.prices),
  }
}

export function priceValues(prices: OwnPrices): Form {
  const values: Form = {}
  for (const [channel, price] of Object.entries(prices)) {
    const given = givenPriceOf(price)
    const name = `prices.${channel}`
    values[`${name}.price`] = String(given.price)
    values[`${name}.per`] = given.per
    if (given.step !== undefined) values[`${name}.step`] = String(given.step)
    if (given.free !== undefined) values[`${name}.free`] = String(given.free)
  }
  return values
}

/** A row of price fields; undefined when nothing is typed in it. */
function priceIn(form: Form, channel: Channel): GivenPrice | undefined {
  const name = `prices.${channel}`
  const typed = (part: string) => textOf(form, `${name}.${part}`) !== ''
  if (!['price', 'step', 'free'].some(typed)) return undefined
  return {
    price: numberIn(form, `${name}.price`),
    ...(segmentChannels.includes(channel) && { per: form[`${name}.per`] ?? 'reply' }),
    ...(meteredChannels.includes(channel) && typed('step') && { step: numberIn(form, `${name}.step`) }),
    ...(meteredChannels.includes(channel) && typed('free') && { free: numberIn(form, `${name}.free`) }),
  }
}

function textOf(form: Form, name: string): string {
  return (form[name] ?? '').trim()
}

/** People type a comma, and the true minus sign. NaN for what is no number, which every field refuses. */
function numberIn(form: Form, name: string): number {
  const text = textOf(form, name).replace(',', '.').replace('−', '-')
  return text === '' ? Number.NaN : Number(text)
}
