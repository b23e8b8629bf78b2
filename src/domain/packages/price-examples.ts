import type { Sql } from '../../db/database.ts'
import type { Channel, RateCard } from '../credits/rate-card.ts'

/** What a page reckons as an example: quantity as price_of takes it, and how often. */
const things = {
  video: { channel: 'video', quantity: 12 * 60, times: 1 },
  email: { channel: 'email', quantity: 1, times: 2 },
  sms: { channel: 'sms', quantity: 1, times: 2 },
} as const satisfies Record<string, { channel: Channel; quantity: number; times: number }>

export type ExampleThing = keyof typeof things

export interface PriceExample {
  /** Empty when the package covers none of them. */
  things: ExampleThing[]
  units: bigint
}

/**
 * What a 12-minute video and two e-mails (where neither is covered, two texts) cost by each of these promises, reckoned by the
 * function that charges.
 */
export async function priceExamples(
  sql: Sql,
  promises: readonly { prices: RateCard; channels: readonly Channel[] }[],
): Promise<PriceExample[]> {
  const chosen = promises.map(({ channels }) => {
    const main = (['video', 'email'] as const).filter((thing) => channels.includes(thing))
    return main.length > 0 ? main : (['sms'] as const).filter((thing) => channels.includes(thing))
  })
  const asked = chosen.flatMap((names, index) =>
    names.map((name) => ({ index, prices: promises[index]?.prices, ...things[name] })),
  )
  const rows = await sql.query<{ index: number; units: bigint }>(
    'price-examples',
    `select (e ->> 'index')::int as index, sum(price_of(e -> 'prices', e ->> 'channel', (e ->> 'quantity')::int)
       * (e ->> 'times')::int)::bigint as units
     from jsonb_array_elements($1) e group by 1`,
    [JSON.stringify(asked)],
  )
  const units = new Map(rows.map((row) => [row.index, row.units]))
  return chosen.map((names, index) => ({ things: [...names], units: units.get(index) ?? 0n }))
}
