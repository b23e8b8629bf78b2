import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { mergeCustomers } from '../../../src/domain/customers/merge-customers.ts'
import { makeWorld, start, type World } from '../../support/world.ts'
import { hands, owner } from './by-hand.ts'
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

async function figures(customerId: bigint) {
  const { available, held, deficit, overdraft } = await world.account(customerId)
  return { available, held, deficit, overdraft }
}

/** One credit that a running session holds, and one more that two replies at half a credit borrowed. */
async function heldAndLent() {
  const customerId = await world.customer()
  const ticketId = await world.ticket(customerId)
  const grantId = await world.grant(customerId, {
    units: 100n,
    overdraftLimit: 400n,
    prices: { email: { per: 'reply', units: 50 } },
  })
  const { sessionId = '' } = await openVideo(world, { ticketId })
  const replies = [await world.reply(ticketId), await world.reply(ticketId)]
  expect(await figures(customerId)).toEqual({ available: 0n, held: 100n, deficit: 0n, overdraft: 100n })
  return { customerId, ticketId, grantId, sessionId, replies }
}

describe('rule 3: a grant that owes a deficit', () => {
  it('still lends what its terms promise', async () => {
    const customerId = await world.customer()
    const ticketId = await world.ticket(customerId)
    const grantId = await world.grant(customerId, { units: 200n, overdraftLimit: 300n })
    await world.reply(ticketId)
    await world.reply(ticketId)
    await setPromised(world, { customerId, grantId }, 100n)
    expect(await figures(customerId)).toEqual({ available: 0n, held: 0n, deficit: 100n, overdraft: 0n })
    await world.reply(ticketId)
    expect(await figures(customerId)).toEqual({ available: 0n, held: 0n, deficit: 100n, overdraft: 100n })
  })
})

describe('rule 14: an overdraft beside a hold', () => {
  it('is settled by a purchase while the session runs', async () => {
    const { customerId, sessionId } = await heldAndLent()
    await hand.purchase(customerId, 150n)
    expect(await figures(customerId)).toEqual({ available: 50n, held: 100n, deficit: 0n, overdraft: 0n })
    await closeVideo(world, { sessionId, actualSeconds: 300 })
    expect(await figures(customerId)).toEqual({ available: 50n, held: 0n, deficit: 0n, overdraft: 0n })
  })

  it('is paid back to the purchase when the session costs nothing after all', async () => {
    const { customerId, sessionId } = await heldAndLent()
    await hand.purchase(customerId, 150n)
    await closeVideo(world, { sessionId, actualSeconds: 0 })
    expect(await figures(customerId)).toEqual({ available: 150n, held: 0n, deficit: 0n, overdraft: 0n })
  })

  it('is forgiven while the session runs', async () => {
    const { customerId, grantId, sessionId } = await heldAndLent()
    await hand.forgive(customerId, grantId)
    expect(await figures(customerId)).toEqual({ available: 0n, held: 100n, deficit: 0n, overdraft: 0n })
    await closeVideo(world, { sessionId, actualSeconds: 300 })
    expect(await figures(customerId)).toEqual({ available: 0n, held: 0n, deficit: 0n, overdraft: 0n })
  })

  it('gives the purchase back only what the hold cannot take any more', async () => {
    const { customerId, ticketId, sessionId, replies } = await heldAndLent()
    await hand.purchase(customerId, 150n)
    await failReply(world, { ticketId, messageId: replies[0]?.messageId ?? 0n })
    expect(await figures(customerId)).toEqual({ available: 100n, held: 100n, deficit: 0n, overdraft: 0n })
    await closeVideo(world, { sessionId, actualSeconds: 300 })
    expect(await figures(customerId)).toEqual({ available: 100n, held: 0n, deficit: 0n, overdraft: 0n })
  })
})

describe('rule 15: after a merge', () => {
  const merge = (sourceId: bigint, targetId: bigint) => ({
    shopId: world.shopId,
    by: owner,
    reason: 'same_person',
    idempotencyKey: `merge-${sourceId}`,
    sourceId,
    targetId,
  })

  it('a purchase pays the older debt first, on whichever account it was made', async () => {
    const old = await world.ticketWith([100n])
    await world.reply(old.ticketId)
    world.goTo(world.day(5))
    const young = await world.ticketWith([100n])
    await world.reply(young.ticketId)
    for (const one of [old, young]) await setPromised(world, one, 0n)
    await mergeCustomers(world.deps, merge(old.customerId, young.customerId))
    await hand.purchase(young.customerId, 100n)
    const [ofYoung, ofOld] = await world.grantsOf(young.customerId)
    expect([ofYoung?.cleared, ofOld?.cleared]).toEqual([0n, 100n])
  })

  it('a session that was being opened meanwhile holds the credits where they lie now', async () => {
    const source = await world.ticketWith([100n])
    const target = await world.customer()
    const opening = await world.db.transaction(async (sql) => {
      await sql.query('test-lock', 'select lock_account($1, $2, $3)', [
        world.shopId,
        source.customerId,
        world.clock.at,
      ])
      const waiting = openVideo(world, source)
      await untilSomebodyWaits()
      await mergeCustomers({ ...world.deps, db: { ...world.db, ...sql } }, merge(source.customerId, target))
      return { waiting }
    })
    expect(await opening.waiting).toMatchObject({ code: 'ok' })
    expect(await figures(target)).toEqual({ available: 0n, held: 100n, deficit: 0n, overdraft: 0n })
  })
})

async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const { rowCount } = await world.db.pool.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    if (rowCount) return
  }
}
