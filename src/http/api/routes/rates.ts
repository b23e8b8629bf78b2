import { z } from 'zod'
import { channels } from '../../../domain/credits/rate-card.ts'
import { listRates } from '../../../domain/packages/list-rates.ts'
import { setRate } from '../../../domain/packages/set-rate.ts'
import { actorOf } from '../author.ts'
import { givenPrice, rateJson, readGivenPrice, toRateJson } from '../json/price.ts'
import { apiRoute } from '../route.ts'

export const listRatesRoute = apiRoute({
  method: 'get',
  path: '/rates',
  summary: 'What each channel costs now, and what it cost before. All channels are on the one page.',
  scope: 'read',
  status: 200,
  answer: z.object({ data: z.array(rateJson), next: z.null() }),
  problems: [],
  async handle(deps, { caller }) {
    const rates = await listRates(deps, { shopId: caller.shopId })
    return { data: rates.map(toRateJson), next: null }
  },
})

export const setRateRoute = apiRoute({
  method: 'post',
  path: '/rates',
  summary: 'Sets what a channel costs, for purchases from now on.',
  scope: 'supervise',
  body: givenPrice.extend({ channel: z.enum(channels) }),
  example: { channel: 'video', price: 2, step: 10, free: 60 },
  status: 201,
  answer: rateJson,
  problems: [422],
  async handle(deps, { caller, body: { channel, ...price } }) {
    const { shopId } = caller
    await setRate(deps, { shopId, actor: actorOf(caller), channel, ...readGivenPrice(price) })
    const rates = await listRates(deps, { shopId })
    const set = rates.find((rate) => rate.channel === channel)
    if (!set) throw new Error(`channel ${channel} has no rate`)
    return toRateJson(set)
  },
})
