import type { Request } from 'express'
import type { Sql } from '../../db/database.ts'
import { checkAll } from '../../domain/check-all.ts'
import {
  type Channel,
  channels,
  defaultRates,
  type RateCard,
  withOwnPrices,
} from '../../domain/credits/rate-card.ts'
import { type CostQuestion, calculateCost } from '../../domain/packages/calculate-cost.ts'
import { readPrice } from '../../domain/packages/read-price.ts'
import { Refused } from '../../domain/refusal.ts'
import { type CostProps, costFields } from '../../web/desk/cost-props.ts'
import { queryText } from '../pages/form.ts'
import { ratesIn } from './terms-form.ts'

const usual: Record<keyof CostQuestion, string> = {
  video: '12',
  emails: '2',
  texts: '0',
  letters: '160',
  work: '0',
}

/**
 * The answer of the calculator to what the address asks. Prices may stand there, too, as they are typed in the form of the prices and not
 * saved yet; otherwise `card` counts.
 */
export async function costProps(sql: Sql, req: Request, card: RateCard): Promise<CostProps> {
  const values = Object.fromEntries(costFields.map((field) => [field, queryText(req, field) ?? usual[field]]))
  try {
    const asked = Object.fromEntries(costFields.map((field) => [field, numberOf(values[field])]))
    const answer = await calculateCost(
      sql,
      pricesIn(req) ?? card,
      asked as Record<keyof CostQuestion, number>,
    )
    return { values, wrong: [], wrongPrices: false, ...answer }
  } catch (error) {
    if (!(error instanceof Refused) || error.refusal.code !== 'invalid') throw error
    const named = error.refusal.fields.map(({ field }) => field)
    const wrong = costFields.filter((field) => named.includes(field))
    return {
      values,
      wrong,
      wrongPrices: named.some((field) => field.startsWith('prices.')),
      lines: [],
      units: 0n,
    }
  }
}

/** Undefined where the address has none. */
function pricesIn(req: Request): RateCard | undefined {
  const form = Object.fromEntries(
    Object.entries(req.query).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
  const given = ratesIn(form)
  if (Object.keys(given).length === 0) return undefined
  const read = checkAll(
    Object.fromEntries(
      channels.flatMap((channel: Channel) => {
        const price = given[channel]
        return price ? [[channel, () => readPrice(channel, price, `prices.${channel}.`)]] : []
      }),
    ),
  )
  return withOwnPrices(defaultRates, read)
}

const numberOf = (typed = '') => (/^\d{1,6}$/.test(typed.trim()) ? Number(typed) : Number.NaN)
