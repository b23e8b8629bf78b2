import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { readDeferredRevenue } from '../../../src/domain/reports/deferred-revenue.ts'
import { makeWorld, start, type World } from '../../support/world.ts'
import { hands } from '../credits/by-hand.ts'
import { closeVideo, failReply, openVideo, setPromised } from '../credits/moves.ts'

let world: World
let shopId: bigint
let customerId: bigint
let ticketId: bigint

beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())
beforeEach(() => newShop())

async function newShop(): Promise<void> {
  world.goTo(start)
  shopId = await world.addShop()
  customerId = await world.customer({}, shopId)
  ticketId = await world.ticket(customerId, {}, shopId)
}

const expireDue = () =>
  world.db.query('test-lock', 'select lock_account($1, $2, $3)', [shopId, customerId, world.clock.at])

const buy = (units: bigint, total: string, over: { currency?: string; expiresAt?: Date } = {}) => {
  const { currency = 'EUR', ...rest } = over
  return hands(world, shopId).purchase(customerId, units, { paid: { total, tax: '22', currency }, ...rest })
}
const read = (input: { from?: string; to?: string } = {}) =>
  readDeferredRevenue(world.deps, { shopId, ...input })
/** Paid, refunded, earned, of which expired, deferred, of which frozen. */
const now = async () =>
  (await read()).currencies.map(({ currency, now: sums }) => [
    currency,
    sums.paid,
    sums.refunded,
    sums.earned,
    sums.breakage,
    sums.deferred,
    sums.frozen,
  ])
const reply = async (times = 1) => {
  for (let n = 0; n < times; n += 1) await world.reply(ticketId, { shopId })
}

describe('deferred revenue now', () => {
  it('is nothing for a shop that sold nothing', async () => {
    await world.grant(customerId, { units: 500n }, shopId)
    expect(await now()).toEqual([])
  })

  it('is what was paid, in proportion to what is left of what it bought', async () => {
    await buy(2000n, '100.00')
    expect(await now()).toEqual([['EUR', '100.00', '0.00', '0.00', '0.00', '100.00', '0.00']])
    await reply(3)
    expect(await now()).toEqual([['EUR', '100.00', '0.00', '15.00', '0.00', '85.00', '0.00']])
  })

  it('of 20 bought for 100 and half refunded: 50 are left, of which what was spent is earned', async () => {
    const grantId = await buy(2000n, '100.00')
    await reply(4)
    await setPromised(world, { shopId, customerId, grantId }, 1000n)
    expect(await now()).toEqual([['EUR', '100.00', '50.00', '20.00', '0.00', '30.00', '0.00']])
  })

  it('of 20 bought, 12 spent and half refunded: nothing is left, and the deficit earned nothing', async () => {
    const grantId = await buy(2000n, '100.00')
    await reply(12)
    await setPromised(world, { shopId, customerId, grantId }, 1000n)
    expect(await now()).toEqual([['EUR', '100.00', '50.00', '50.00', '0.00', '0.00', '0.00']])
  })

  it('counts what expired as earned, before and after its entry is written', async () => {
    await buy(1000n, '100.00', { expiresAt: world.day(5) })
    await reply(2)
    world.goTo(world.day(5))
    const over = [['EUR', '100.00', '0.00', '100.00', '80.00', '0.00', '0.00']]
    expect(await now()).toEqual(over)
    await expireDue()
    expect(await now()).toEqual(over)
  })

  it('takes what was refunded after it had expired out of the earnings', async () => {
    const grantId = await buy(1000n, '100.00', { expiresAt: world.day(5) })
    world.goTo(world.day(6))
    await setPromised(world, { shopId, customerId, grantId }, 0n)
    expect(await now()).toEqual([['EUR', '100.00', '100.00', '0.00', '0.00', '0.00', '0.00']])
  })

  it('keeps held credits until the session is billed', async () => {
    await buy(1000n, '100.00')
    const { sessionId = '' } = await openVideo(world, { shopId, ticketId })
    expect(await now()).toEqual([['EUR', '100.00', '0.00', '0.00', '0.00', '100.00', '0.00']])
    await closeVideo(world, { shopId, sessionId, actualSeconds: 301 })
    expect(await now()).toEqual([['EUR', '100.00', '0.00', '20.00', '0.00', '80.00', '0.00']])
  })

  it('is not moved by corrections upwards: what was given on top is used first', async () => {
    const grantId = await buy(1000n, '100.00')
    await hands(world, shopId).adjust(customerId, grantId, 2)
    await reply(2)
    expect(await now()).toEqual([['EUR', '100.00', '0.00', '0.00', '0.00', '100.00', '0.00']])
    await reply(1)
    expect(await now()).toEqual([['EUR', '100.00', '0.00', '10.00', '0.00', '90.00', '0.00']])
  })

  it('earns what a correction took, since the money stays and the service is owed no more', async () => {
    const grantId = await buy(1000n, '100.00')
    await hands(world, shopId).adjust(customerId, grantId, -2)
    expect(await now()).toEqual([['EUR', '100.00', '0.00', '20.00', '0.00', '80.00', '0.00']])
    // The whole order is cancelled: then that goes back too.
    await setPromised(world, { shopId, customerId, grantId }, 0n)
    expect(await now()).toEqual([['EUR', '100.00', '100.00', '0.00', '0.00', '0.00', '0.00']])
  })

  it('names the part whose payment is contested', async () => {
    const grantId = await buy(1000n, '100.00')
    await buy(1000n, '40.00')
    await hands(world, shopId).freeze(customerId, { grantId })
    expect(await now()).toEqual([['EUR', '140.00', '0.00', '0.00', '0.00', '140.00', '100.00']])
  })

  it('never adds currencies, and rounds each grant to the coins of its own', async () => {
    await buy(300n, '100', { currency: 'JPY' })
    await buy(300n, '10.00', { currency: 'USD' })
    await buy(300n, '1.000', { currency: 'KWD' })
    await reply(1)
    expect(await now()).toEqual([
      ['JPY', '100', '0', '33', '0', '67', '0'],
      ['KWD', '1.000', '0.000', '0.000', '0.000', '1.000', '0.000'],
      ['USD', '10.00', '0.00', '0.00', '0.00', '10.00', '0.00'],
    ])
  })

  it('is of this shop alone', async () => {
    await buy(300n, '10')
    const stranger = await world.addShop()
    expect((await readDeferredRevenue(world.deps, { shopId: stranger })).currencies).toEqual([])
  })
})

describe('deferred revenue by month', () => {
  const months = async (input: { from?: string; to?: string } = {}) =>
    (await read({ from: '2026-03-01', to: '2026-05-31', ...input })).currencies.flatMap((one) =>
      one.months.map((month) => [
        month.month,
        month.opening,
        month.paid,
        month.refunded,
        month.earned,
        month.breakage,
        month.closing,
      ]),
    )

  it('says what was paid, refunded and earned, and what stood at the end', async () => {
    const grantId = await buy(2000n, '100.00', { expiresAt: new Date('2026-05-10T23:59:59.999Z') })
    await reply(4)
    world.goTo(new Date('2026-04-02T10:00:00Z'))
    await setPromised(world, { shopId, customerId, grantId }, 1000n)
    await reply(1)
    await buy(1000n, '40.00')
    world.goTo(new Date('2026-05-20T10:00:00Z'))
    await reply(1)
    const march = ['2026-03', '0.00', '100.00', '0.00', '20.00', '0.00', '80.00']
    const april = ['2026-04', '80.00', '40.00', '50.00', '5.00', '0.00', '65.00']
    const may = ['2026-05', '65.00', '0.00', '0.00', '29.00', '25.00', '36.00']
    expect(await months()).toEqual([march, april, may])
    expect(await months({ from: '2026-04-01', to: '2026-04-30' })).toEqual([april])
    expect(await months({ from: '2026-02-01', to: '2026-02-28' })).toEqual([
      ['2026-02', '0.00', '0.00', '0.00', '0.00', '0.00', '0.00'],
    ])
  })

  it('gives back what a failed answer had earned in an earlier month', async () => {
    await buy(1000n, '100.00')
    const { messageId } = await world.reply(ticketId, { shopId })
    world.goTo(new Date('2026-04-01T00:00:00Z'))
    await failReply(world, { shopId, ticketId, messageId })
    expect(await months({ to: '2026-04-30' })).toEqual([
      ['2026-03', '0.00', '100.00', '0.00', '10.00', '0.00', '90.00'],
      ['2026-04', '90.00', '0.00', '0.00', '-10.00', '0.00', '100.00'],
    ])
  })

  it('dates a refund by its entry, also when a correction had taken a part before', async () => {
    const grantId = await buy(1000n, '100.00')
    await reply(3)
    await hands(world, shopId).adjust(customerId, grantId, -2)
    world.goTo(new Date('2026-04-10T10:00:00Z'))
    await setPromised(world, { shopId, customerId, grantId }, 0n)
    world.goTo(new Date('2026-05-10T10:00:00Z'))
    await hands(world, shopId).forgive(customerId, grantId)
    expect(await months()).toEqual([
      ['2026-03', '0.00', '100.00', '0.00', '50.00', '0.00', '50.00'],
      ['2026-04', '50.00', '0.00', '100.00', '-50.00', '0.00', '0.00'],
      ['2026-05', '0.00', '0.00', '0.00', '0.00', '0.00', '0.00'],
    ])
    expect(await months({ from: '2026-05-01' })).toEqual([
      ['2026-05', '0.00', '0.00', '0.00', '0.00', '0.00', '0.00'],
    ])
  })

  it('closes each month as it stood at its end, whatever was bought, spent, failed, refunded and restored', async () => {
    const move = fc.record({
      act: fc.constantFrom('buy', 'reply', 'reply', 'reply', 'fail', 'refund', 'restore', 'wait', 'wait'),
      nth: fc.nat({ max: 3 }),
      size: fc.integer({ min: 1, max: 9 }),
      ends: fc.boolean(),
    })
    let compared = 0
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 15, maxLength: 30 }), async (moves) => {
        await newShop()
        const grants: { grantId: bigint; units: bigint }[] = []
        const sent: bigint[] = []
        const seen: { day: string; deferred: string; earned: string }[] = []
        const look = async () => {
          // An expiry stands where its entry stands, so the entries must not be late.
          await expireDue()
          const [euros] = (await read()).currencies
          const day = world.clock.at.toISOString().slice(0, 10)
          if (seen.at(-1)?.day === day) seen.pop()
          if (euros) seen.push({ day, deferred: euros.now.deferred, earned: euros.now.earned })
        }
        for (const { act, nth, size, ends } of moves) {
          const grant = grants[nth % Math.max(grants.length, 1)]
          if (act === 'buy') {
            const units = BigInt(size * 70)
            const expiresAt = new Date(world.clock.at.getTime() + size * 5 * 86_400_000)
            const grantId = await buy(units, `${size * 3}.1${nth}`, ends ? { expiresAt } : {})
            grants.push({ grantId, units })
          } else if (act === 'reply') {
            const answer = await world.reply(ticketId, { shopId }).catch(() => undefined)
            if (answer) sent.push(answer.messageId)
          } else if (act === 'fail') {
            const [messageId] = sent.splice(nth % Math.max(sent.length, 1), 1)
            if (messageId !== undefined) await failReply(world, { shopId, ticketId, messageId })
          } else if (act === 'wait') {
            await look()
            world.goTo(new Date(world.clock.at.getTime() + size * 2 * 86_400_000))
          } else if (grant) {
            const units = act === 'restore' ? grant.units : grant.units - BigInt(Math.min(size, 7) * 10)
            await setPromised(world, { shopId, customerId, grantId: grant.grantId }, units)
          }
        }
        await look()
        let earnedBefore = 0
        let from = '2026-03-01'
        for (const { day, deferred, earned } of seen) {
          const [euros] = (await read({ from, to: day })).currencies
          const turns = euros?.months ?? []
          const sum = turns.reduce((coins, month) => coins + Math.round(Number(month.earned) * 100), 0)
          expect([day, turns.at(-1)?.closing]).toEqual([day, deferred])
          expect([day, sum]).toEqual([day, Math.round(Number(earned) * 100) - earnedBefore])
          compared += 1
          earnedBefore = Math.round(Number(earned) * 100)
          from = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
        }
      }),
      { numRuns: 25 },
    )
    expect(compared).toBeGreaterThan(50)
  })
})
