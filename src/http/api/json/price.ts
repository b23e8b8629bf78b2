import { z } from 'zod'
import { channels, type Price } from '../../../domain/credits/rate-card.ts'
import type { ListedRate } from '../../../domain/packages/list-rates.ts'
import { type GivenPrice, givenPriceOf } from '../../../domain/packages/read-price.ts'
import { credits, text, time } from '../fields.ts'
import { present } from '../present.ts'

/** A price in a body. */
export const givenPrice = z.object({
  price: z.number().meta({ description: 'Credits, 0 or more, at most two decimals.', example: 0.5 }),
  per: text(20)
    .nullish()
    .meta({ description: 'reply (or message), segment or minutes, as the channel allows.' }),
  step: z.number().nullish().meta({ description: 'Minutes of a started step; 5 when absent.' }),
  free: z.number().nullish().meta({ description: 'Seconds at the beginning that cost nothing.' }),
})

export function readGivenPrice({ price, ...rest }: z.output<typeof givenPrice>): GivenPrice {
  return { price, ...present(rest) }
}

export const priceJson = z
  .object({
    price: credits,
    per: z.enum(['reply', 'segment', 'minutes']),
    step: z.int().nullable().meta({ description: 'Minutes of a started step; with per minutes.' }),
    free: z
      .int()
      .nullable()
      .meta({ description: 'Seconds at the beginning that cost nothing; with per minutes.' }),
  })
  .meta({ id: 'Price' })

export function toPriceJson(price: Price): z.input<typeof priceJson> {
  return { step: null, free: null, ...givenPriceOf(price) }
}

export const rateJson = z
  .object({
    channel: z.enum(channels),
    ...priceJson.shape,
    version: z.int().meta({ description: '0 while the shop has not set it.' }),
    history: z
      .array(z.object({ version: z.int(), ...priceJson.shape, createdAt: time }))
      .meta({ description: 'What was set, the newest first.' }),
  })
  .meta({ id: 'Rate', description: 'What a channel costs for purchases from now on.' })

export function toRateJson(rate: ListedRate): z.input<typeof rateJson> {
  return {
    channel: rate.channel,
    ...toPriceJson(rate.price),
    version: rate.version,
    history: rate.history.map(({ version, price, createdAt }) => ({
      version,
      ...toPriceJson(price),
      createdAt: createdAt.toISOString(),
    })),
  }
}
