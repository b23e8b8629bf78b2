import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { makeWorld, type World } from '../../support/world.ts'
import { hands, refundedAfterSpending, refusalOf } from './by-hand.ts'
import { failReply, setPromised } from './moves.ts'

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

const figures = async (customerId: bigint) => {
  const { available, deficit, overdraft } = await world.account(customerId)
  return { available, deficit, overdraft }
}

describe('rule 14: a refund after spending', () => {
  it('2 packs of 10, 12 spent, one refunded: owes 2, other grants are untouched', async () => {
    const { customerId, ticketId } = await refundedAfterSpending(world)
    expect(await figures(customerId)).toEqual({ available: 0n, deficit: 200n, overdraft: 0n })
    const other = await world.grant(customerId, { units: 500n })
    await world.reply(ticketId)
    expect(await world.grantOf(other)).toMatchObject({ consumed: 100n })
    expect(await figures(customerId)).toEqual({ available: 400n, deficit: 200n, overdraft: 0n })
  })

  it('a deficit is settled by the next purchase, in its transaction', async () => {
    const { customerId, grantId } = await refundedAfterSpending(world)
    const bought = await hand.purchase(customerId, 1000n)
    expect(await figures(customerId)).toEqual({ available: 800n, deficit: 0n, overdraft: 0n })
    expect(await world.grantOf(bought)).toMatchObject({ entitled: 1000n, consumed: 200n })
    expect(await world.grantOf(grantId)).toMatchObject({ cleared: 200n })
    expect((await world.entries(customerId)).slice(-3)).toMatchObject([
      { kind: 'grant', grantId: bought },
      { kind: 'settle', grantId, cleared: 200n, causeKind: 'order_line' },
      { kind: 'settle', grantId: bought, consumed: 200n, causeKind: 'order_line' },
    ])
  })

  it('a purchase that does not suffice pays what it can, the next one the rest', async () => {
    const { customerId } = await refundedAfterSpending(world)
    await hand.purchase(customerId, 150n)
    expect(await figures(customerId)).toMatchObject({ available: 0n, deficit: 50n })
    await hand.purchase(customerId, 100n)
    expect(await figures(customerId)).toMatchObject({ available: 50n, deficit: 0n })
  })

  it('overdraft is settled before deficit', async () => {
    const { customerId, grantId } = await refundedAfterSpending(world)
    const drawn = await world.grant(customerId, { units: 100n })
    await world.db.query('set-overdraft', 'update credit_grant set overdraft_limit = 300 where id = $1', [
      drawn,
    ])
    await world.db.query(
      'overdraw',
      `select ledger_move($1, $2, $3, 'spend', 0, 250, 0, 0, 0, 150, 'test', 'overdraw', 'test', '1', 'test', null, $4)`,
      [world.shopId, customerId, drawn, world.clock.at],
    )
    expect(await figures(customerId)).toEqual({ available: 0n, deficit: 200n, overdraft: 150n })
    await hand.purchase(customerId, 200n)
    expect(await figures(customerId)).toEqual({ available: 0n, deficit: 150n, overdraft: 0n })
    expect(await world.grantOf(drawn)).toMatchObject({ overdraft: 0n, cleared: 150n })
    expect(await world.grantOf(grantId)).toMatchObject({ cleared: 50n })
  })

  it('goodwill and grants by the API pay nothing by themselves', async () => {
    const { customerId } = await refundedAfterSpending(world)
    await world.grant(customerId, { units: 500n })
    expect(await figures(customerId)).toMatchObject({ available: 500n, deficit: 200n })
  })

  it('un-revoke after settlement: what was paid goes back as far as it is no longer owed', async () => {
    const { customerId, grantId } = await refundedAfterSpending(world)
    const payer = await hand.purchase(customerId, 1000n)
    await setPromised(world, { customerId, grantId }, 1050n)
    expect(await world.grantOf(payer)).toMatchObject({ consumed: 150n })
    expect(await world.grantOf(grantId)).toMatchObject({ cleared: 150n })
    await setPromised(world, { customerId, grantId }, 2000n)
    expect(await world.grantOf(payer)).toMatchObject({ consumed: 0n })
    expect(await figures(customerId)).toEqual({ available: 1800n, deficit: 0n, overdraft: 0n })
    await setPromised(world, { customerId, grantId }, 1000n)
    expect(await figures(customerId)).toMatchObject({ available: 1000n, deficit: 200n })
  })

  it('un-revoke after the payer expired: what was paid comes as goodwill', async () => {
    const { customerId, grantId } = await refundedAfterSpending(world)
    const payer = await hand.purchase(customerId, 500n, { expiresAt: world.day(5) })
    world.goTo(world.day(8))
    await setPromised(world, { customerId, grantId }, 2000n)
    const grants = await world.grantsOf(customerId)
    expect(grants.at(-1)).toMatchObject({ source: 'goodwill', entitled: 200n, expiresAt: world.day(38) })
    expect(await world.grantOf(payer)).toMatchObject({ consumed: 0n, expired: 500n })
    expect(await figures(customerId)).toMatchObject({ available: 1000n, deficit: 0n })
  })

  it('a payer that was refunded itself owes less when its payment comes back', async () => {
    const { customerId, grantId } = await refundedAfterSpending(world)
    const payer = await hand.purchase(customerId, 500n)
    await setPromised(world, { customerId, grantId: payer }, 0n)
    expect(await figures(customerId)).toMatchObject({ deficit: 200n })
    await setPromised(world, { customerId, grantId }, 2000n)
    expect(await figures(customerId)).toMatchObject({ available: 800n, deficit: 0n })
  })

  it('a reversal lowers what is owed, and the payer gets that back', async () => {
    const { customerId, ticketId, grantIds } = await world.ticketWith([200n])
    const { messageId } = await world.reply(ticketId)
    await world.reply(ticketId)
    await setPromised(world, { customerId, grantId: grantIds[0] ?? 0n }, 100n)
    const payer = await hand.purchase(customerId, 300n)
    expect(await world.grantOf(payer)).toMatchObject({ consumed: 100n })
    await failReply(world, { ticketId, messageId })
    expect(await world.grantOf(payer)).toMatchObject({ consumed: 0n })
    expect(await figures(customerId)).toMatchObject({ available: 300n, deficit: 0n })
  })

  it('forgive, then restore: the line is whole again, and taken back again it owes nothing', async () => {
    const { customerId, grantId } = await refundedAfterSpending(world)
    expect((await hand.forgive(customerId, grantId)).units).toBe(200n)
    expect(await figures(customerId)).toMatchObject({ available: 0n, deficit: 0n })
    await setPromised(world, { customerId, grantId }, 2000n)
    expect(await figures(customerId)).toMatchObject({ available: 800n, deficit: 0n })
    await setPromised(world, { customerId, grantId }, 1000n)
    expect(await figures(customerId)).toMatchObject({ available: 0n, deficit: 0n })
  })
})

describe('rule 14: a supervisor settles and forgives', () => {
  it('from a grant of the same account, in part or in whole', async () => {
    const { customerId, grantId } = await refundedAfterSpending(world)
    const payer = await world.grant(customerId, { units: 500n })
    expect((await hand.settle(customerId, grantId, payer, { credits: 0.5 })).units).toBe(50n)
    expect((await hand.settle(customerId, grantId, payer)).balance).toMatchObject({
      available: 300n,
      deficit: 0n,
    })
    expect(await refusalOf(hand.settle(customerId, grantId, payer))).toEqual({ code: 'nothing_owed' })
    expect(await refusalOf(hand.forgive(customerId, grantId))).toEqual({ code: 'nothing_owed' })
  })

  it('refuses what is not owed or not there, and writes nothing', async () => {
    const { customerId, grantId } = await refundedAfterSpending(world)
    const payer = await world.grant(customerId, { units: 100n })
    const count = (await world.entries(customerId)).length
    expect(await refusalOf(hand.settle(customerId, grantId, payer, { credits: 3 }))).toEqual({
      code: 'more_than_owed',
      owedUnits: 200n,
    })
    expect(await refusalOf(hand.settle(customerId, grantId, payer, { credits: 1.5 }))).toEqual({
      code: 'payer_short',
      requiredUnits: 150n,
      availableUnits: 100n,
    })
    expect(await refusalOf(hand.settle(customerId, grantId, grantId))).toMatchObject({
      fields: [{ field: 'payerId' }],
    })
    expect(await refusalOf(hand.forgive(customerId, grantId, { credits: 9 }))).toMatchObject({
      code: 'more_than_owed',
    })
    await hand.freeze(customerId, { grantId: payer })
    expect(await refusalOf(hand.settle(customerId, grantId, payer))).toMatchObject({ code: 'payer_short' })
    expect(await world.entries(customerId)).toHaveLength(count)
  })
})
