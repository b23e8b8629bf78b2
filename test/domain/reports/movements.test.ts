import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { mergeCustomers } from '../../../src/domain/customers/merge-customers.ts'
import { type Movements, readMovements } from '../../../src/domain/reports/movements.ts'
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
beforeEach(async () => {
  world.goTo(start)
  shopId = await world.addShop()
  customerId = await world.customer({}, shopId)
  ticketId = await world.ticket(customerId, {}, shopId)
})

const read = (input: { from?: string; to?: string } = {}) => readMovements(world.deps, { shopId, ...input })
/** Figures that are not zero. */
const figures = (movements: Movements | undefined) =>
  Object.fromEntries(Object.entries(movements ?? {}).filter(([, units]) => units !== 0n))

describe('movements by month', () => {
  it('are those of the last twelve months when no days are named', async () => {
    const { months, period } = await read()
    expect([period.from, period.to, months.length]).toEqual(['2025-04-01', '2026-03-31', 12])
    expect(months.every(({ all }) => Object.keys(figures(all)).length === 0)).toBe(true)
  })

  it('tell sold credits from given ones, in every figure', async () => {
    const hand = hands(world, shopId)
    const sold = await hand.purchase(customerId, 1000n, { expiresAt: world.day(45) })
    const given = await world.grant(customerId, { units: 300n }, shopId)
    await world.reply(ticketId, { shopId })
    await hand.adjust(customerId, given, -0.5)
    world.goTo(world.day(40))
    const { messageId } = await world.reply(ticketId, { shopId })
    await failReply(world, { shopId, ticketId, messageId })
    const { sessionId = '' } = await openVideo(world, { shopId, ticketId })
    await closeVideo(world, { shopId, sessionId, actualSeconds: 400 })
    await setPromised(world, { shopId, customerId, grantId: sold }, 800n)
    world.goTo(world.day(50))
    const { months, total } = await read({ from: '2026-03-01', to: '2026-04-30' })
    expect(months.map(({ sold, given, all }) => [figures(sold), figures(given), figures(all)])).toEqual([
      [
        { granted: 1000n, spent: 100n, closing: 900n },
        { granted: 300n, adjusted: -50n, closing: 250n },
        { granted: 1300n, adjusted: -50n, spent: 100n, closing: 1150n },
      ],
      [
        { opening: 900n, reversed: 100n, spent: 300n, revoked: 200n, expired: 500n },
        { opening: 250n, closing: 250n },
        { opening: 1150n, reversed: 100n, spent: 300n, revoked: 200n, expired: 500n, closing: 250n },
      ],
    ])
    expect(figures(total.all)).toEqual({
      granted: 1300n,
      reversed: 100n,
      adjusted: -50n,
      spent: 400n,
      revoked: 200n,
      expired: 500n,
      closing: 250n,
    })
  })

  it('count a grant with a payment on it as sold, whoever made it', async () => {
    await world.grant(customerId, { units: 100n, paid: { total: '9', tax: '0', currency: 'EUR' } }, shopId)
    expect(figures((await read()).total.sold)).toEqual({ granted: 100n, closing: 100n })
  })

  it('go on counting as sold what was sold before its customer was merged into another, twice', async () => {
    await world.grant(customerId, { units: 300n, paid: { total: '9', tax: '0', currency: 'EUR' } }, shopId)
    await world.reply(ticketId, { shopId })
    const march = { from: '2026-03-01', to: '2026-03-31' }
    const before = await read(march)
    expect(figures(before.total.sold)).toEqual({ granted: 300n, spent: 100n, closing: 200n })
    world.goTo(new Date('2026-04-10T10:00:00Z'))
    let sourceId = customerId
    for (const key of ['first', 'second']) {
      const targetId = await world.customer({}, shopId)
      await mergeCustomers(world.deps, {
        ...{ shopId, sourceId, targetId, reason: 'same_person', idempotencyKey: key },
        by: { actor: 'agent:1', role: 'owner' },
      })
      sourceId = targetId
    }
    expect((await read(march)).months).toEqual(before.months)
    const { total } = await read({ from: '2026-04-01', to: '2026-04-30' })
    expect([figures(total.sold), figures(total.given)]).toEqual([{ opening: 200n, closing: 200n }, {}])
  })

  it('show what was settled and forgiven of a debt', async () => {
    const hand = hands(world, shopId)
    const refunded = await hand.purchase(customerId, 400n)
    for (let n = 0; n < 4; n += 1) await world.reply(ticketId, { shopId })
    await setPromised(world, { shopId, customerId, grantId: refunded }, 100n)
    await hand.forgive(customerId, refunded, { credits: 1 })
    const gift = await world.grant(customerId, { units: 100n }, shopId)
    await hand.settle(customerId, refunded, gift)
    await hand.purchase(customerId, 500n)
    const { total } = await read()
    expect(figures(total.sold)).toEqual({
      granted: 900n,
      spent: 400n,
      settled: 100n,
      closing: 400n,
      forgiven: 100n,
    })
    expect(figures(total.given)).toEqual({ granted: 100n, settled: 100n })
  })

  it('fall into the month of the shop, and into the days that were asked for', async () => {
    await world.db.prisma.shop.update({ where: { id: shopId }, data: { timezone: 'Europe/Ljubljana' } })
    await world.grant(customerId, { units: 900n }, shopId)
    for (const at of ['2026-03-31T21:30:00Z', '2026-03-31T22:30:00Z', '2026-04-20T10:00:00Z']) {
      world.goTo(new Date(at))
      await world.reply(ticketId, { shopId })
    }
    const { months } = await read({ from: '2026-03-15', to: '2026-04-19' })
    expect(months.map(({ month, from, to, all }) => [month, from, to, figures(all)])).toEqual([
      ['2026-03', '2026-03-15', '2026-03-31', { opening: 900n, spent: 100n, closing: 800n }],
      ['2026-04', '2026-04-01', '2026-04-19', { opening: 800n, spent: 100n, closing: 700n }],
    ])
  })

  it('count what is over as expired before its entry is written, and not twice after it', async () => {
    await world.grant(customerId, { units: 100n, expiresAt: world.day(5) }, shopId)
    world.goTo(world.day(5))
    const before = (await read()).total.all
    expect(figures(before)).toEqual({ granted: 100n, expired: 100n })
    await world.db.query('test-lock', 'select lock_account($1, $2, $3)', [shopId, customerId, world.clock.at])
    expect((await read()).total.all).toEqual(before)
    const february = await read({ from: '2026-02-01', to: '2026-02-28' })
    expect(figures(february.total.all)).toEqual({})
    const later = await read({ from: '2026-04-01', to: '2026-04-30' })
    expect(figures(later.total.all)).toEqual({})
  })

  it('are of this shop alone', async () => {
    await world.grant(customerId, { units: 500n }, shopId)
    const { total } = await readMovements(world.deps, { shopId: await world.addShop() })
    expect(figures(total.all)).toEqual({})
  })
})
