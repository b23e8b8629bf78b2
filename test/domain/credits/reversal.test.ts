import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { makeWorld, type World } from '../../support/world.ts'
import { closeVideo, failReply, openVideo, setPromised } from './moves.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld()
})
beforeEach(() => world.goTo(world.day(0)))
afterAll(async () => {
  expect((await verifyLedger(world.db)).problems).toEqual([])
  await world.close()
})

/** A ticket whose only grant ends after ten days, with a reply on it. */
async function repliedBeforeTheEnd(units = 1000n) {
  const customerId = await world.customer()
  const ticketId = await world.ticket(customerId)
  const grantId = await world.grant(customerId, { units, expiresAt: world.day(10), channels: ['email'] })
  const { messageId } = await world.reply(ticketId)
  return { customerId, ticketId, grantId, messageId }
}

describe('rule 10: a failure after the charge', () => {
  it('goes back into the grants that paid, each its part', async () => {
    const { ticketId, customerId, grantIds } = await world.ticketWith([30n, 500n])
    const { messageId } = await world.reply(ticketId)
    expect(await failReply(world, { ticketId, messageId })).toBe(100n)
    const reversals = (await world.entries(customerId)).filter((entry) => entry.kind === 'reverse')
    expect(reversals.map((entry) => [entry.grantId, entry.consumed])).toEqual([
      [grantIds[0], -30n],
      [grantIds[1], -70n],
    ])
    expect((await world.account(customerId)).available).toBe(530n)
    expect(await world.ticketOf(ticketId)).toMatchObject({ emails: 0, status: 'open' })
    expect(await world.message(ticketId, messageId)).toMatchObject({
      state: 'failed',
      error: 'no such mailbox',
    })
    expect(await world.events(ticketId)).toMatchObject([
      { kind: 'reversed', data: { units: 100, messageId: String(messageId), reason: 'no such mailbox' } },
    ])
  })

  it('is given back once, also when eight failures are reported at once', async () => {
    const { ticketId, customerId } = await world.ticketWith([1000n])
    const { messageId } = await world.reply(ticketId)
    const given = await Promise.all(
      Array.from({ length: 8 }, () => failReply(world, { ticketId, messageId })),
    )
    expect(given.filter((units) => units !== null)).toEqual([100n])
    expect((await world.account(customerId)).available).toBe(1000n)
    expect((await world.ticketOf(ticketId)).emails).toBe(0)
  })

  it('does not touch what was delivered', async () => {
    const { ticketId } = await world.ticketWith([1000n])
    const { messageId } = await world.reply(ticketId, { channel: 'portal' })
    expect(await failReply(world, { ticketId, messageId })).toBeNull()
    expect((await world.message(ticketId, messageId)).state).toBe('delivered')
  })

  it('of a waived reply gives nothing back and corrects the tally', async () => {
    const { ticketId, customerId } = await world.ticketWith([1000n])
    const { messageId } = await world.reply(ticketId, { waive: { reason: 'our fault' } })
    expect(await failReply(world, { ticketId, messageId })).toBe(0n)
    expect((await world.ticketOf(ticketId)).emails).toBe(0)
    expect(await world.entries(customerId)).toHaveLength(1)
  })

  it('into a grant that expired becomes goodwill of 30 days on the same terms', async () => {
    const { customerId, ticketId, grantId, messageId } = await repliedBeforeTheEnd()
    world.goTo(world.day(20))
    await failReply(world, { ticketId, messageId })
    const [old, goodwill] = await world.grantsOf(customerId)
    expect(old).toMatchObject({ id: grantId, entitled: 1000n, consumed: 0n, expired: 1000n })
    expect(goodwill).toMatchObject({
      source: 'goodwill',
      entitled: 100n,
      channels: ['email'],
      expiresAt: world.day(50),
    })
    expect((await world.account(customerId)).available).toBe(100n)
    await world.reply(ticketId)
    expect((await world.account(customerId)).available).toBe(0n)
  })

  it('of goodwill that expired too becomes goodwill again', async () => {
    const { customerId, ticketId, messageId } = await repliedBeforeTheEnd()
    world.goTo(world.day(20))
    await failReply(world, { ticketId, messageId })
    const second = await world.reply(ticketId)
    world.goTo(world.day(80))
    await failReply(world, { ticketId, messageId: second.messageId })
    expect((await world.account(customerId)).available).toBe(100n)
    expect(await world.grantsOf(customerId)).toHaveLength(3)
  })

  it('reduces a deficit before it gives anything', async () => {
    const { customerId, ticketId, grantId } = await world.ticketWith([200n])
    const { messageId } = await world.reply(ticketId)
    await world.reply(ticketId)
    await setPromised(world, { customerId, grantId }, 0n)
    await failReply(world, { ticketId, messageId })
    expect(await world.account(customerId)).toMatchObject({ available: 0n, deficit: 100n })
  })

  it('is not lost when unspent credits were refunded after they had expired', async () => {
    const { customerId, ticketId, grantId, messageId } = await repliedBeforeTheEnd()
    world.goTo(world.day(20))
    await setPromised(world, { customerId, grantId }, 500n)
    await failReply(world, { ticketId, messageId })
    expect(await world.account(customerId)).toMatchObject({ available: 100n, deficit: 0n })
  })

  it('gives no goodwill for what the shop took back', async () => {
    const { customerId, ticketId, grantId, messageId } = await repliedBeforeTheEnd()
    world.goTo(world.day(20))
    await setPromised(world, { customerId, grantId }, 0n)
    expect(await world.account(customerId)).toMatchObject({ available: 0n, deficit: 100n })
    await failReply(world, { ticketId, messageId })
    expect(await world.account(customerId)).toMatchObject({ available: 0n, deficit: 0n })
    expect(await world.grantsOf(customerId)).toHaveLength(1)
  })

  it('goes to a revoke that waits for a hold, not to the customer', async () => {
    const { customerId, ticketId, grantId } = await world.ticketWith([200n])
    const { messageId } = await world.reply(ticketId)
    const { sessionId = '' } = await openVideo(world, { ticketId })
    await setPromised(world, { customerId, grantId }, 0n)
    await failReply(world, { ticketId, messageId })
    expect(await world.account(customerId)).toMatchObject({ available: 0n, held: 100n })
    await closeVideo(world, { sessionId, actualSeconds: 0 })
    expect(await world.account(customerId)).toMatchObject({ available: 0n, held: 0n, deficit: 0n })
  })
})
