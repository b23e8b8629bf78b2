import type { Channel, OwnPrices } from '../credits/rate-card.ts'

/**
 * What a further order of a customer does whose earlier ticket is not closed: open a ticket of its own, or bring its credits to
 * that one.
 */
export const furtherOrders = ['new_ticket', 'open_ticket'] as const
export type FurtherOrder = (typeof furtherOrders)[number]

/** What a package promises. A purchase keeps its own copy, so a change counts for later purchases only. */
export interface Terms {
  /** '' when the merchant gave none; customers then read the line's own name. */
  name: string
  /** For each piece sold. */
  unitsEach: bigint
  /** Validity, counted from the day of payment; null never ends. */
  days: number | null
  channels: Channel[]
  priority: number
  promotional: boolean
  /** May be spent beyond zero, of each grant, whatever the quantity. */
  overdraftUnits: bigint
  /** Go over the shop's rate card. */
  prices: OwnPrices
  furtherOrder: FurtherOrder
  /** Minutes after a customer began to wait in which the first answer is promised; null promises nothing. */
  firstResponse: number | null
}

/** Columns of package_terms t, as Terms. */
export const termsColumns = `t.name, t.units as "unitsEach", t.days, t.channels, t.priority, t.promotional,
  t.overdraft_units as "overdraftUnits", t.prices, t.further_order as "furtherOrder",
  t.first_response_minutes as "firstResponse"`

/** Whether two terms promise the same; channels and prices in any order. */
export function sameTerms(a: Terms, b: Terms): boolean {
  return canonical(a) === canonical(b)
}

function canonical({ prices, channels, ...rest }: Terms): string {
  const sortedPrices = Object.entries(prices)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([channel, price]) => [channel, price.per, price.units, price.step, price.freeSeconds])
  return JSON.stringify([
    rest.name,
    String(rest.unitsEach),
    rest.days,
    [...channels].sort(),
    rest.priority,
    rest.promotional,
    String(rest.overdraftUnits),
    sortedPrices,
    rest.furtherOrder,
    rest.firstResponse,
  ])
}
