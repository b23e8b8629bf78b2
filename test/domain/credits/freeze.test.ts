import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { makeWorld, type World } from '../../support/world.ts'
import { hands, refundedAfterSpending, refusalOf } from './by-hand.ts'
import { closeVideo, failReply, openVideo, setPromised } from './moves.ts'

let world: World
let hand: ReturnType<typeof hands>

beforeAll(async () => {
  world = await makeWorld()
  hand = hands(world)
})
beforeEach(() => world.goTo(world.day(0)))
afterAll(async () => {
  expect((await verifyLedger(world.db)).problems).toEqual([])
  await world.close()
})

const available = async (customerId: bigint) => (await world.account(customerId)).available

describe('rule 14: a chargeback freezes', () => {
  it('one grant: it pays nothing, the others do', async () => {
    const { customerId, ticketId, grantIds } = await world.ticketWith([1000n, 150n])
    const frozen = await hand.freeze(customerId, { grantId: grantIds[0] ?? 0n })
    expect(frozen).toMatchObject({ units: 1000n, balance: { available: 150n } })
    await world.reply(ticketId)
    expect(await refusalOf(world.reply(ticketId))).toMatchObject({ code: 'insufficient_credits' })
    expect((await hand.unfreeze(customerId, { grantId: grantIds[0] ?? 0n })).units).toBe(1000n)
    expect(await available(customerId)).toBe(1050n)
  })

  it('the account: no spending, no hold, and grants that come later are frozen too', async () => {
    const { customerId, ticketId } = await world.ticketWith([1000n, 500n])
    expect((await hand.freeze(customerId)).balance.available).toBe(0n)
    const bought = await hand.purchase(customerId, 700n)
    expect((await world.grantOf(bought)).frozen).toBe(true)
    expect(await refusalOf(world.reply(ticketId))).toMatchObject({
      code: 'insufficient_credits',
      availableUnits: 0n,
    })
    expect((await openVideo(world, { ticketId })).code).toBe('insufficient_credits')
    expect(await refusalOf(hand.unfreeze(customerId, { grantId: bought }))).toEqual({
      code: 'account_frozen',
    })
    expect((await hand.unfreeze(customerId)).balance.available).toBe(2200n)
    await world.reply(ticketId)
    expect(await available(customerId)).toBe(2100n)
  })

  it('twice is as once', async () => {
    const { customerId } = await world.ticketWith([1000n])
    await hand.freeze(customerId)
    expect((await hand.freeze(customerId)).units).toBe(0n)
    expect((await hand.unfreeze(customerId)).balance.available).toBe(1000n)
    expect((await hand.unfreeze(customerId)).units).toBe(0n)
    expect(await available(customerId)).toBe(1000n)
  })

  it('a running session still bills what it holds, and nothing more', async () => {
    const { customerId, ticketId } = await world.ticketWith([1000n])
    const { sessionId } = await openVideo(world, { ticketId })
    await hand.freeze(customerId)
    expect(await world.account(customerId)).toMatchObject({ available: 0n, held: 100n })
    const ended = await closeVideo(world, { sessionId: sessionId ?? '', actualSeconds: 900 })
    expect(ended.charge?.units).toBe(100)
    expect(await world.account(customerId)).toMatchObject({ available: 0n, held: 0n })
    expect((await hand.unfreeze(customerId)).balance.available).toBe(900n)
  })

  it('a refund still revokes, a failed send still gives back, validity still ends', async () => {
    const { customerId, ticketId, grantId } = await world.ticketWith([1000n])
    const short = await world.grant(customerId, { units: 300n, expiresAt: world.day(5) })
    const { messageId } = await world.reply(ticketId)
    await hand.freeze(customerId)
    await setPromised(world, { customerId, grantId }, 600n)
    world.goTo(world.day(6))
    await failReply(world, { ticketId, messageId })
    expect(await world.grantOf(short)).toMatchObject({ expired: 300n })
    expect(await available(customerId)).toBe(0n)
    const [, , goodwill] = await world.grantsOf(customerId)
    expect(goodwill).toMatchObject({ source: 'goodwill', entitled: 100n, frozen: true })
    expect((await hand.unfreeze(customerId)).balance.available).toBe(700n)
  })

  it('a purchase still settles what is owed', async () => {
    const { customerId } = await refundedAfterSpending(world)
    await hand.freeze(customerId)
    await hand.purchase(customerId, 1000n)
    expect(await world.account(customerId)).toMatchObject({ available: 0n, deficit: 0n })
    expect((await hand.unfreeze(customerId)).balance.available).toBe(800n)
  })
})
