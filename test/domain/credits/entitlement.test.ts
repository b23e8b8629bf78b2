import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { makeWorld, type World } from '../../support/world.ts'
import { closeVideo, openVideo, setPromised } from './moves.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld()
})
beforeEach(() => world.goTo(world.day(0)))
afterAll(async () => {
  expect((await verifyLedger(world.db)).problems).toEqual([])
  await world.close()
})

const kindsOf = async (customerId: bigint) =>
  (await world.entries(customerId)).map((entry) => [entry.kind, entry.entitled])

describe('rule 14: the source decides what is entitled', () => {
  it('2 packs of 10 bought, 12 spent, one refunded: remainder 0, deficit 2, other grants untouched', async () => {
    const { customerId, ticketId, grantId } = await world.ticketWith([2000n])
    for (let n = 0; n < 12; n += 1) await world.reply(ticketId)
    const otherId = await world.grant(customerId, { units: 500n })
    expect(await setPromised(world, { customerId, grantId }, 1000n)).toBe(-1000n)
    expect(await world.grantOf(grantId)).toMatchObject({ entitled: 1000n, consumed: 1200n, live: false })
    expect(await world.account(customerId)).toMatchObject({ available: 500n, deficit: 200n })
    expect(await world.grantOf(otherId)).toMatchObject({ entitled: 500n, consumed: 0n })
    expect(await setPromised(world, { customerId, grantId }, 2000n)).toBe(1000n)
    expect(await world.account(customerId)).toMatchObject({ available: 1300n, deficit: 0n })
  })

  it('down, up and down again are three entries; the same state again is none', async () => {
    const { customerId, grantId } = await world.ticketWith([1000n])
    for (const units of [0n, 1000n, 0n, 0n]) await setPromised(world, { customerId, grantId }, units)
    expect(await kindsOf(customerId)).toEqual([
      ['grant', 1000n],
      ['revoke', -1000n],
      ['restore', 1000n],
      ['revoke', -1000n],
    ])
    const keys = (await world.entries(customerId)).map((entry) => entry.key)
    expect(new Set(keys).size).toBe(4)
    expect(await world.account(customerId)).toMatchObject({ available: 0n, deficit: 0n })
  })

  it('told by eight at once, it moves once', async () => {
    const { customerId, grantId } = await world.ticketWith([1000n])
    const changes = await Promise.all(
      Array.from({ length: 8 }, () => setPromised(world, { customerId, grantId }, 300n)),
    )
    expect(changes.filter((change) => change !== 0n)).toEqual([-700n])
  })

  it('a refund after the end of validity takes no more than was spent', async () => {
    const customerId = await world.customer()
    const ticketId = await world.ticket(customerId)
    const grantId = await world.grant(customerId, { units: 1000n, expiresAt: world.day(10) })
    await world.reply(ticketId)
    world.goTo(world.day(20))
    await setPromised(world, { customerId, grantId }, 500n)
    expect(await world.account(customerId)).toMatchObject({ available: 0n, deficit: 0n })
    await setPromised(world, { customerId, grantId }, 0n)
    expect(await world.account(customerId)).toMatchObject({ available: 0n, deficit: 100n })
    await setPromised(world, { customerId, grantId }, 1000n)
    expect(await world.account(customerId)).toMatchObject({ available: 0n, deficit: 0n })
    expect(await world.grantOf(grantId)).toMatchObject({ consumed: 100n, expired: 900n })
  })

  it('what comes back after the end of validity cannot be spent', async () => {
    const customerId = await world.customer()
    const ticketId = await world.ticket(customerId)
    const grantId = await world.grant(customerId, { units: 1000n, expiresAt: world.day(10) })
    await setPromised(world, { customerId, grantId }, 0n)
    world.goTo(world.day(20))
    await setPromised(world, { customerId, grantId }, 1000n)
    await expect(world.reply(ticketId)).rejects.toMatchObject({
      refusal: { code: 'insufficient_credits', availableUnits: 0n },
    })
  })

  it('is refused for a grant of another account', async () => {
    const { grantId } = await world.ticketWith([1000n])
    const stranger = await world.customer()
    await expect(setPromised(world, { customerId: stranger, grantId }, 0n)).rejects.toMatchObject({
      code: '23503',
    })
    expect((await world.grantOf(grantId)).entitled).toBe(1000n)
  })
})

describe('rule 11: a hold protects what it holds', () => {
  it('from a revoke, which takes the rest when the hold closes', async () => {
    const { customerId, ticketId, grantId } = await world.ticketWith([250n])
    const { sessionId = '' } = await openVideo(world, { ticketId })
    await setPromised(world, { customerId, grantId }, 0n)
    expect(await world.grantOf(grantId)).toMatchObject({ entitled: 100n, held: 100n, revokeDue: 100n })
    expect(await world.account(customerId)).toMatchObject({ available: 0n, held: 100n, deficit: 0n })
    await closeVideo(world, { sessionId, actualSeconds: 60 })
    expect(await world.grantOf(grantId)).toMatchObject({ entitled: 0n, held: 0n, revokeDue: 0n })
    expect(await world.account(customerId)).toMatchObject({ available: 0n, held: 0n, deficit: 100n })
  })

  it('a payment that comes back meanwhile calls the waiting revoke off', async () => {
    const { customerId, ticketId, grantId } = await world.ticketWith([250n])
    const { sessionId = '' } = await openVideo(world, { ticketId })
    await setPromised(world, { customerId, grantId }, 0n)
    await setPromised(world, { customerId, grantId }, 250n)
    await closeVideo(world, { sessionId, actualSeconds: 0 })
    expect(await world.account(customerId)).toMatchObject({ available: 250n, held: 0n, deficit: 0n })
  })
})

describe('rule 17: what was paid', () => {
  it('stays with the grant as the shop wrote it, whatever happens later', async () => {
    const customerId = await world.customer()
    const paid = { total: '112.50', tax: '24.75', currency: 'EUR' }
    const grantId = await world.grant(customerId, { units: 1000n, paid })
    await setPromised(world, { customerId, grantId }, 0n)
    const grant = await world.grantOf(grantId)
    expect([grant.paidTotal?.toFixed(2), grant.paidTax?.toFixed(2), grant.currency]).toEqual([
      '112.50',
      '24.75',
      'EUR',
    ])
  })
})
