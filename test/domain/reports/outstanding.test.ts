import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { readOutstanding } from '../../../src/domain/reports/outstanding.ts'
import { makeWorld, start, type World } from '../../support/world.ts'
import { hands } from '../credits/by-hand.ts'
import { closeVideo, openVideo } from '../credits/moves.ts'

let world: World
let shopId: bigint
let customerId: bigint

beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  world.goTo(start)
  shopId = await world.addShop()
  customerId = await world.customer({}, shopId)
})

const read = () => readOutstanding(world.deps, { shopId })
const rows = async () =>
  (await read()).rows.map(({ expiryMonth, origin, available, held, frozen, total }) => [
    expiryMonth,
    origin.name ?? origin.source,
    available,
    held,
    frozen,
    total,
  ])

describe('outstanding credits', () => {
  it('are none in a new shop', async () => {
    const none = { available: 0n, held: 0n, frozen: 0n, total: 0n }
    expect(await read()).toEqual({ at: start, timeZone: 'UTC', shopLocale: 'en', total: none, rows: [] })
  })

  it('stand by the month in which they end and by package, what never ends last, under the newest name', async () => {
    const hand = hands(world, shopId)
    const ends = { expiresAt: new Date('2026-06-30T23:59:59.999Z') }
    await hand.purchase(customerId, 1000n, { packageId: 7n, name: 'Ten answers', ...ends })
    await hand.purchase(customerId, 500n, { packageId: 7n, name: 'Answers', ...ends })
    await hand.purchase(customerId, 200n, { packageId: 8n, name: 'Two', ...ends })
    await hand.purchase(customerId, 300n, { packageId: 7n, name: 'Answers', expiresAt: world.day(1) })
    await world.grant(customerId, { units: 40n, name: 'Sorry' }, shopId)
    expect(await rows()).toEqual([
      ['2026-03', 'Answers', 300n, 0n, 0n, 300n],
      ['2026-06', 'Answers', 1500n, 0n, 0n, 1500n],
      ['2026-06', 'Two', 200n, 0n, 0n, 200n],
      [null, 'api', 40n, 0n, 0n, 40n],
    ])
    expect((await read()).rows.map(({ grants }) => grants)).toEqual([1, 2, 1, 1])
  })

  it('end in the month of the shop, not of UTC', async () => {
    await world.db.prisma.shop.update({ where: { id: shopId }, data: { timezone: 'Europe/Ljubljana' } })
    await world.grant(customerId, { units: 100n, expiresAt: new Date('2026-06-30T22:30:00Z') }, shopId)
    expect(await rows()).toEqual([['2026-07', 'api', 100n, 0n, 0n, 100n]])
  })

  it('show what is held and what is frozen apart, and count both', async () => {
    const ticketId = await world.ticket(customerId, {}, shopId)
    const grantId = await world.grant(customerId, { units: 500n }, shopId)
    await openVideo(world, { shopId, ticketId })
    expect(await rows()).toEqual([[null, 'api', 400n, 100n, 0n, 500n]])
    await hands(world, shopId).freeze(customerId, { grantId })
    expect(await rows()).toEqual([[null, 'api', 0n, 100n, 400n, 500n]])
  })

  it('are gone with the validity, before its entry is written; what a session holds stays until its bill', async () => {
    const ticketId = await world.ticket(customerId, {}, shopId)
    await world.grant(customerId, { units: 500n, expiresAt: world.day(3) }, shopId)
    const { sessionId = '' } = await openVideo(world, { shopId, ticketId })
    world.goTo(world.day(3))
    expect(await rows()).toEqual([['2026-03', 'api', 0n, 100n, 0n, 100n]])
    await closeVideo(world, { shopId, sessionId, actualSeconds: 0 })
    expect(await rows()).toEqual([])
  })

  it('are of this shop alone', async () => {
    await world.grant(customerId, { units: 500n }, shopId)
    expect((await readOutstanding(world.deps, { shopId: await world.addShop() })).rows).toEqual([])
  })
})
