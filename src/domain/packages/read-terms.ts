import { checkAll } from '../check-all.ts'
import { channels as allChannels, type Channel, isChannel, type OwnPrices } from '../credits/rate-card.ts'
import { toCredits, toUnits } from '../credits/units.ts'
import { notStorable } from '../not-storable.ts'
import { refuseField } from '../refusal.ts'
import { type GivenPrice, givenPriceOf, readPrice } from './read-price.ts'
import { type FurtherOrder, furtherOrders, type Terms } from './terms.ts'

/** What a merchant says of a package's terms; what is left out stays as it is. */
export interface GivenTerms {
  /** For each piece sold; more than 0, at most two decimals. */
  credits?: number
  /** Validity, counted from the day of payment; null: the credits never end. */
  days?: number | null
  /** Email includes portal. */
  channels?: readonly string[]
  /** What the customer reads; '' for the line's own name. */
  name?: string
  /** Among credits that end together, those of higher priority are spent first. */
  priority?: number
  /** Given away: spent before what was paid for. */
  promotional?: boolean
  /** Credits that may be spent beyond zero of one grant. */
  overdraft?: number
  /** By channel; null takes a price of its own away, so that the shop's counts. */
  prices?: Readonly<Record<string, GivenPrice | null>>
  /** One of `furtherOrders`. */
  furtherOrder?: string
  /** Minutes in which the first answer is promised; null promises nothing. */
  firstResponse?: number | null
}

/** All of it but the credits, which every package must say itself. */
export const defaultTerms: Omit<Terms, 'unitsEach'> = {
  name: '',
  days: null,
  channels: [...allChannels],
  priority: 0,
  promotional: false,
  overdraftUnits: 0n,
  prices: {},
  furtherOrder: 'new_ticket',
  firstResponse: null,
}

const longestName = 200
const mostPriority = 1000

/**
 * Terms with what is given in place of what was. `before` has no credits when there is no package yet.
 * Throws Refused `invalid` naming every wrong field.
 */
export function readTerms(
  before: Omit<Terms, 'unitsEach'> & { unitsEach?: bigint },
  given: GivenTerms,
): Terms {
  return checkAll({
    name: () => (given.name === undefined ? before.name : readName(given.name)),
    unitsEach: () =>
      given.credits === undefined && before.unitsEach !== undefined
        ? before.unitsEach
        : readCredits(given.credits),
    days: () => (given.days === undefined ? before.days : readDays(given.days)),
    channels: () => (given.channels === undefined ? before.channels : readChannels(given.channels)),
    priority: () => (given.priority === undefined ? before.priority : readPriority(given.priority)),
    promotional: () => given.promotional ?? before.promotional,
    overdraftUnits: () =>
      given.overdraft === undefined ? before.overdraftUnits : readOverdraft(given.overdraft),
    prices: () => readPrices(before.prices, given.prices ?? {}),
    furtherOrder: () =>
      given.furtherOrder === undefined ? before.furtherOrder : readFurtherOrder(given.furtherOrder),
    firstResponse: () =>
      given.firstResponse === undefined ? before.firstResponse : readFirstResponse(given.firstResponse),
  })
}

/** The same the other way, each price apart: what the audit log compares and keeps. */
export function givenTermsOf(terms: Terms): Record<string, unknown> {
  return {
    name: terms.name,
    credits: toCredits(terms.unitsEach),
    days: terms.days,
    channels: terms.channels,
    priority: terms.priority,
    promotional: terms.promotional,
    overdraft: toCredits(terms.overdraftUnits),
    furtherOrder: terms.furtherOrder,
    firstResponse: terms.firstResponse,
    ...Object.fromEntries(
      Object.entries(terms.prices).map(([channel, price]) => [`prices.${channel}`, givenPriceOf(price)]),
    ),
  }
}

function readName(name: string): string {
  const trimmed = name.trim()
  return trimmed.length > longestName || notStorable.test(trimmed)
    ? refuseField('name', `shorten it to ${longestName} characters that can be read`)
    : trimmed
}

function readCredits(credits: number | undefined): bigint {
  if (credits === undefined || !(credits > 0) || credits > 1_000_000) {
    return refuseField('credits', 'give a number above 0, such as 10')
  }
  return readUnits('credits', credits)
}

function readOverdraft(credits: number): bigint {
  if (!(credits >= 0) || credits > 1_000_000) {
    return refuseField('overdraft', 'give credits, 0 or more, such as 2')
  }
  return readUnits('overdraft', credits)
}

function readUnits(field: string, credits: number): bigint {
  try {
    return toUnits(credits)
  } catch {
    return refuseField(field, 'credits have at most two decimals')
  }
}

function readFirstResponse(minutes: number | null): number | null {
  if (minutes === null || (Number.isInteger(minutes) && minutes > 0 && minutes <= 525_600)) return minutes
  return refuseField('firstResponse', 'give whole minutes from 1 to 525600, such as 240')
}

function readDays(days: number | null): number | null {
  if (days === null || (Number.isInteger(days) && days > 0 && days <= 36_500)) return days
  return refuseField('days', 'give whole days from 1 to 36500, such as 365')
}

function readPriority(priority: number): number {
  if (Number.isInteger(priority) && Math.abs(priority) <= mostPriority) return priority
  return refuseField('priority', `give a whole number from -${mostPriority} to ${mostPriority}`)
}

function readChannels(names: readonly string[]): Channel[] {
  const unknown = names.filter((name) => !isChannel(name))
  if (unknown.length > 0 || names.length === 0) {
    return refuseField('channels', `${unknown.join(', ') || 'none'}: choose from ${allChannels.join(', ')}`)
  }
  return allChannels.filter((channel) => names.includes(channel))
}

function readFurtherOrder(text: string): FurtherOrder {
  return (
    furtherOrders.find((known) => known === text) ??
    refuseField('furtherOrder', `give one of ${furtherOrders.join(', ')}`)
  )
}

function readPrices(before: OwnPrices, given: Readonly<Record<string, GivenPrice | null>>): OwnPrices {
  const read = checkAll(
    Object.fromEntries(
      Object.entries(given).map(([name, price]) => [name, () => readOwnPrice(name, price)] as const),
    ),
  )
  const next: OwnPrices = {}
  for (const channel of allChannels) {
    const price = channel in read ? read[channel] : before[channel]
    if (price) next[channel] = price
  }
  return next
}

function readOwnPrice(channel: string, price: GivenPrice | null) {
  if (!isChannel(channel)) {
    return refuseField(`prices.${channel}`, `no such channel: choose from ${allChannels.join(', ')}`)
  }
  return price === null ? undefined : readPrice(channel, price, `prices.${channel}.`)
}
