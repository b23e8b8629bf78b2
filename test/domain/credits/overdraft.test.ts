import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { RateCard } from '../../../src/domain/credits/rate-card.ts'
import { readStatement } from '../../../src/domain/credits/statement.ts'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { logWork } from '../../../src/domain/tickets/log-work.ts'
import { quoteTicket } from '../../../src/domain/tickets/quote-ticket.ts'
import { makeWorld, start, type World } from '../../support/world.ts'
import { hands, refusalOf } from './by-hand.ts'
import { closeVideo, failReply, openVideo, setPromised } from './moves.ts'

let world: World
let hand: ReturnType<typeof hands>

beforeAll(async () => {
  world = await makeWorld()
  hand = hands(world)
})
afterAll(async () => {
  expect((await verifyLedger(world.db, world.shopId)).problems).toEqual([])
  await world.close()
})
beforeEach(() => world.goTo(start))

/** A customer with a ticket and one grant that may lend. */
async function lending(units: bigint, overdraftLimit: bigint, prices?: Partial<RateCard>) {
  const customerId = await world.customer()
  const ticketId = await world.ticket(customerId)
  const grantId = await world.grant(customerId, { units, overdraftLimit, ...(prices && { prices }) })
  return { customerId, ticketId, grantId }
}

async function figures(customerId: bigint) {
  const { available, held, deficit, overdraft } = await world.account(customerId)
  return { available, held, deficit, overdraft }
}

describe('rule 3: an overdraft', () => {
  it('is spent beyond zero up to its limit, and no unit further', async () => {
    const { customerId, ticketId } = await lending(150n, 200n)
    await world.reply(ticketId)
    const second = await world.reply(ticketId)
    expect(second.charge.entries).toMatchObject([{ units: 100n, beyond: 50n }])
    expect(second.balance).toEqual({ available: 0n, held: 0n, deficit: 0n, overdraft: 50n })
    await world.reply(ticketId)
    expect(await refusalOf(world.reply(ticketId))).toEqual({
      code: 'insufficient_credits',
      requiredUnits: 100n,
      availableUnits: 0n,
    })
    expect(await figures(customerId)).toEqual({ available: 0n, held: 0n, deficit: 0n, overdraft: 150n })
  })

  it('beyond its limit is refused by the database itself', async () => {
    const { grantId } = await lending(100n, 50n)
    const beyond = world.db.query('beyond', 'update credit_grant set overdraft = 51 where id = $1', [grantId])
    await expect(beyond).rejects.toThrow('credit_grant_figures')
  })

  it('waits until the credits of every grant are used up', async () => {
    const { customerId, ticketId, grantId } = await lending(50n, 500n)
    const other = await world.grant(customerId, { units: 100n })
    expect((await world.reply(ticketId)).charge.entries).toMatchObject([
      { grantId: String(grantId), units: 50n, beyond: 0n },
      { grantId: String(other), units: 50n, beyond: 0n },
    ])
    expect((await world.reply(ticketId)).charge.entries).toMatchObject([
      { grantId: String(grantId), units: 50n, beyond: 50n },
      { grantId: String(other), units: 50n, beyond: 0n },
    ])
  })

  it('of a channel that the package does not cover, of a revoked, frozen or ended grant is not lent', async () => {
    const { customerId, ticketId } = await lending(100n, 500n)
    await world.reply(ticketId)
    const [only] = await world.grantsOf(customerId)
    const grantId = only?.id ?? 0n
    await world.db.prisma.creditGrant.update({
      where: { shopId_id: { shopId: world.shopId, id: grantId } },
      data: { channels: ['sms'] },
    })
    expect(await refusalOf(world.reply(ticketId))).toMatchObject({ code: 'insufficient_credits' })
    await world.db.prisma.creditGrant.update({
      where: { shopId_id: { shopId: world.shopId, id: grantId } },
      data: { channels: ['email'] },
    })
    await hand.freeze(customerId)
    expect(await refusalOf(world.reply(ticketId))).toMatchObject({ code: 'insufficient_credits' })
    await hand.unfreeze(customerId)
    await setPromised(world, { customerId, grantId }, 0n)
    expect(await refusalOf(world.reply(ticketId))).toMatchObject({ code: 'insufficient_credits' })
    const ended = await world.customer()
    const endedTicket = await world.ticket(ended)
    await world.grant(ended, { units: 100n, overdraftLimit: 500n, expiresAt: world.day(1) })
    world.goTo(world.day(2))
    expect(await refusalOf(world.reply(endedTicket))).toMatchObject({ code: 'insufficient_credits' })
  })

  it('is told in the quote before it is charged (rule 7)', async () => {
    const { ticketId } = await lending(30n, 100n)
    const quote = await quoteTicket(world.deps, {
      shopId: world.shopId,
      ticketId,
      channel: 'email',
      body: 'x',
    })
    expect(quote).toMatchObject({ code: 'ok', units: 100n, beyond: 70n, leaves: 0n })
    expect(quote.payers).toMatchObject([{ units: 100n, beyond: 70n }])
  })

  it('also pays logged work', async () => {
    const { ticketId } = await lending(100n, 300n)
    const done = await logWork(world.deps, {
      shopId: world.shopId,
      ticketId,
      minutes: 15,
      body: 'Moved the shop.',
      idempotencyKey: 'work-on-overdraft',
      agent: { name: 'Maja', actor: 'agent:1' },
    })
    expect(done.charge).toMatchObject({ units: 300n, entries: [{ units: 300n, beyond: 200n }] })
    expect(done.balance).toEqual({ available: 0n, held: 0n, deficit: 0n, overdraft: 200n })
  })

  it('is no deficit when the order is refunded: both stand apart', async () => {
    const { customerId, ticketId, grantId } = await lending(200n, 100n)
    for (let n = 0; n < 3; n++) await world.reply(ticketId)
    await setPromised(world, { customerId, grantId }, 100n)
    expect(await figures(customerId)).toEqual({ available: 0n, held: 0n, deficit: 100n, overdraft: 100n })
  })
})

describe('rule 10: what comes back into a grant', () => {
  it('covers its own overdraft first, whichever reply failed', async () => {
    const { customerId, ticketId } = await lending(150n, 200n)
    const first = await world.reply(ticketId)
    await world.reply(ticketId)
    await failReply(world, { ticketId, messageId: first.messageId })
    expect(await figures(customerId)).toEqual({ available: 50n, held: 0n, deficit: 0n, overdraft: 0n })
  })

  it('by a line that grows again or an adjustment covers it too', async () => {
    const { customerId, ticketId, grantId } = await lending(100n, 200n)
    for (let n = 0; n < 3; n++) await world.reply(ticketId)
    await setPromised(world, { customerId, grantId }, 250n)
    expect(await figures(customerId)).toMatchObject({ available: 0n, overdraft: 50n })
    await hand.adjust(customerId, grantId, 2)
    expect(await figures(customerId)).toMatchObject({ available: 150n, overdraft: 0n })
    const statement = await readStatement(world.deps, { shopId: world.shopId, customerId })
    expect(statement.totals).toMatchObject({ restored: 150n, adjusted: 200n, settled: 200n, closing: 150n })
  })
})

describe('rule 14: a purchase', () => {
  it('settles the overdraft before the deficit', async () => {
    const { customerId, ticketId, grantId } = await lending(200n, 100n)
    for (let n = 0; n < 3; n++) await world.reply(ticketId)
    await setPromised(world, { customerId, grantId }, 100n)
    await hand.purchase(customerId, 150n)
    expect(await figures(customerId)).toEqual({ available: 0n, held: 0n, deficit: 50n, overdraft: 0n })
  })

  it('gets back what it settled when the reply that was on overdraft failed', async () => {
    const { customerId, ticketId } = await lending(100n, 100n)
    await world.reply(ticketId)
    const lent = await world.reply(ticketId)
    await hand.purchase(customerId, 300n)
    expect(await figures(customerId)).toMatchObject({ available: 200n, overdraft: 0n })
    await failReply(world, { ticketId, messageId: lent.messageId })
    expect(await figures(customerId)).toEqual({ available: 300n, held: 0n, deficit: 0n, overdraft: 0n })
  })
})

describe('rule 12: a session near zero', () => {
  const session = async (ticketId: bigint) => (await openVideo(world, { ticketId })).sessionId ?? ''

  it('goes on over the overdraft, which is charged at its end', async () => {
    const { customerId, ticketId } = await lending(100n, 200n)
    const sessionId = await session(ticketId)
    expect(await figures(customerId)).toMatchObject({ available: 0n, held: 100n })
    const bill = await closeVideo(world, { sessionId, actualSeconds: 700 })
    expect(bill.charge?.units).toBe(300)
    expect(await figures(customerId)).toEqual({ available: 0n, held: 0n, deficit: 0n, overdraft: 200n })
  })

  it('begins on the overdraft alone, holding nothing', async () => {
    const { customerId, ticketId } = await lending(50n, 500n)
    const sessionId = await session(ticketId)
    expect(await figures(customerId)).toMatchObject({ available: 50n, held: 0n, overdraft: 0n })
    expect((await closeVideo(world, { sessionId, actualSeconds: 10 })).charge?.units).toBe(100)
    expect(await figures(customerId)).toMatchObject({ available: 0n, overdraft: 50n })
  })

  it('holds credits that pay the price of a grant which only lends any more', async () => {
    const video = (units: number) => ({ video: { per: 'minutes' as const, units, step: 5 } })
    const { customerId, ticketId, grantId: empty } = await lending(70n, 400n, video(70))
    await world.grant(customerId, { units: 75n, prices: video(100) })
    await session(await world.ticket(customerId))
    expect(await figures(customerId)).toMatchObject({ available: 75n, held: 70n })
    expect(await world.grantOf(empty)).toMatchObject({ held: 70n, live: false })
    const sessionId = await session(ticketId)
    expect(await figures(customerId)).toMatchObject({ available: 5n, held: 140n, overdraft: 0n })
    expect((await closeVideo(world, { sessionId, actualSeconds: 10 })).charge?.units).toBe(70)
    expect(await figures(customerId)).toMatchObject({ available: 5n, held: 70n, overdraft: 0n })
  })

  it('leaves unbilled what has no room any more', async () => {
    const { customerId, ticketId } = await lending(100n, 100n)
    const other = await world.ticket(customerId)
    const sessionId = await session(ticketId)
    await world.db.query('extend', 'select extend_session($1, $2, 600, $3)', [
      world.shopId,
      sessionId,
      world.clock.at,
    ])
    await world.reply(other)
    const bill = await closeVideo(world, { sessionId, actualSeconds: 600 })
    expect(bill.charge?.units).toBe(100)
    expect(await figures(customerId)).toEqual({ available: 0n, held: 0n, deficit: 0n, overdraft: 100n })
  })

  it('that nobody met costs nothing of it', async () => {
    const { customerId, ticketId } = await lending(50n, 500n)
    const sessionId = await session(ticketId)
    await closeVideo(world, { sessionId, actualSeconds: 0 })
    expect(await figures(customerId)).toEqual({ available: 50n, held: 0n, deficit: 0n, overdraft: 0n })
  })
})
