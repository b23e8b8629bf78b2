import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { currentRateCard } from '../../src/domain/credits/rate-card.ts'
import { calculateCost } from '../../src/domain/packages/calculate-cost.ts'
import { setRates } from '../../src/domain/packages/set-rates.ts'
import { quoteTicket } from '../../src/domain/tickets/quote-ticket.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from './open-app.ts'
import { readText, signInAs, type Visitor } from './visit.ts'

let test: TestApp
let shop: TestShop
let owner: Visitor
beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
  owner = await signInAs(test.app, test.deps, shop.shopId, 'owner')
})
afterAll(() => test.close())

const page = async (query: string) => readText(await owner.get(`/desk/packages?${query}`))

describe('the price calculator', () => {
  it('says what a 12-minute video and two e-mails cost before anything is asked', async () => {
    // Three started steps of five minutes, and two replies.
    expect(await page('')).toContain('12 minutes of video and 2 e-mails: 5 credits')
  })

  it('counts the segments of texts, logged work and free seconds as charging does', async () => {
    await setRates(test.deps, {
      shopId: shop.shopId,
      actor: 'cli',
      prices: {
        sms: { price: 0.5, per: 'segment' },
        video: { price: 1, step: 6, free: 60 },
        work: { price: 2, step: 15 },
      },
    })
    const told = await page('video=13&emails=0&texts=2&letters=161&work=16')
    // 12 minutes after the free one: two steps. Two texts of two segments each. Two steps of work.
    for (const line of [
      '13 minutes of video: 2 credits',
      '2 SMS of 2 segments each: 2 credits',
      '16 minutes of work: 4 credits',
      '16 minutes of work: 8 credits',
    ]) {
      expect(told).toContain(line)
    }
    const { ticketId } = await seedTicket(test.app, test.deps, shop, { credits: 10 })
    const quote = await quoteTicket(test.deps, {
      ...{ shopId: shop.shopId, ticketId: BigInt(ticketId), channel: 'sms', body: 'x'.repeat(161) },
    })
    const card = await currentRateCard(test.deps.db, shop.shopId)
    const cost = await calculateCost(test.deps.db, card, {
      video: 0,
      emails: 0,
      texts: 1,
      letters: 161,
      work: 0,
    })
    expect(cost.units).toBe(quote.units)
  })

  it('reckons with prices that are typed and not saved', async () => {
    expect(
      await page('video=12&emails=2&prices.video.price=2&prices.video.step=6&prices.email.price=0.25'),
    ).toContain('2 e-mails: 4.5 credits')
    expect(await page('prices.video.price=x')).toContain('A price above cannot be read')
    expect((await currentRateCard(test.deps.db, shop.shopId)).email.units).toBe(100)
  })

  it('names what is no number', async () => {
    const told = await page('video=-1&emails=1001&letters=x')
    expect(told).toContain('Give whole minutes from 0 to 1440')
    expect(told).toContain('Give a whole number from 0 to 1000')
    expect(told).toContain('Give a whole number of letters from 0 to 1600')
    expect(await page('video=0&emails=0')).toContain('Type how much of anything')
  })
})
