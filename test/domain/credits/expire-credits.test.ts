import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { dueAccounts, expireCredits } from '../../../src/domain/credits/expire-credits.ts'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { makeWorld, start, type World } from '../../support/world.ts'
import { closeVideo, failReply, openVideo } from './moves.ts'
import { planOf } from './plan.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())

const kinds = async (customerId: bigint) => (await world.entries(customerId)).map((entry) => entry.kind)

/** A customer with a ticket of an order and a grant of that order that ends after so many days from now. */
async function ordered(days: number, units = 1000n) {
  const customerId = await world.customer()
  const orderId = await world.order()
  const ticketId = await world.ticket(customerId, { orderId })
  const expiresAt = new Date(world.clock.at.getTime() + days * 86_400_000)
  const grantId = await world.grant(customerId, { units, orderId, expiresAt, name: 'Pack 10' })
  return { customerId, ticketId, grantId, orderId }
}

const afterDays = (days: number) => world.goTo(new Date(world.clock.at.getTime() + days * 86_400_000))

describe('rule 13: what is left at the end of validity expires', () => {
  it('once, whatever the number of workers, with a line on the ticket of the order', async () => {
    const { customerId, ticketId, grantId } = await ordered(10)
    await world.reply(ticketId)
    const plain = await world.customer()
    await world.grant(plain, { units: 500n, expiresAt: world.day(10) })
    expect(await expireCredits(world.deps)).toBe(0)
    afterDays(10)
    await Promise.all([1, 2, 3, 4].map(() => expireCredits(world.deps)))
    expect(await kinds(customerId)).toEqual(['grant', 'spend', 'expire'])
    expect(await kinds(plain)).toEqual(['grant', 'expire'])
    expect(await world.grantOf(grantId)).toMatchObject({ expired: 900n, live: false })
    expect(await world.account(customerId)).toMatchObject({ available: 0n, nextExpiry: null })
    expect(await world.events(ticketId)).toMatchObject([
      { kind: 'expired', data: { units: 900, name: 'Pack 10' }, at: world.clock.at },
    ])
    expect(await expireCredits(world.deps)).toBe(0)
    expect((await verifyLedger(world.db)).problems).toEqual([])
  })

  it('in batches, the longest overdue first, and only what is due', async () => {
    const made = []
    for (const days of [3, 1, 2, 2, 1, 9]) made.push(await ordered(days))
    afterDays(5)
    const told: bigint[] = []
    const tellDesk = (shopId: bigint) => told.push(shopId)
    expect(await expireCredits({ ...world.deps, tellDesk }, { batch: 2 })).toBe(5)
    expect(new Set(told)).toEqual(new Set([world.shopId]))
    const ended = await Promise.all(made.map(async ({ grantId }) => (await world.grantOf(grantId)).expired))
    expect(ended).toEqual([1000n, 1000n, 1000n, 1000n, 1000n, 0n])
  })

  it('is right before the job has come: balance, spend, and the same single entry', async () => {
    const { customerId, ticketId } = await ordered(1)
    afterDays(2)
    const [row] = await world.db.query<{ balance: { available: number } }>(
      'test-balance',
      'select account_balance($1, $2, $3) as balance',
      [world.shopId, customerId, world.clock.at],
    )
    expect(row?.balance.available).toBe(0)
    await expect(world.reply(ticketId)).rejects.toMatchObject({ refusal: { code: 'insufficient_credits' } })
    await expireCredits(world.deps)
    expect(await kinds(customerId)).toEqual(['grant', 'expire'])
    expect(await world.events(ticketId)).toHaveLength(1)
  })

  it('writes no line on the ticket of somebody else', async () => {
    const { ticketId, grantId, orderId, customerId } = await ordered(1)
    await world.db.prisma.ticket.update({
      where: { shopId_id: { shopId: world.shopId, id: ticketId } },
      data: { customerId: await world.customer() },
    })
    afterDays(1)
    await expireCredits(world.deps)
    expect(await world.grantOf(grantId)).toMatchObject({ orderId, expired: 1000n })
    expect([await kinds(customerId), await world.events(ticketId)]).toEqual([['grant', 'expire'], []])
  })

  it('takes frozen credits too', async () => {
    const { customerId, grantId } = await ordered(1)
    await world.db.query('test-freeze', 'update credit_grant set frozen = true where id = $1', [grantId])
    await world.db.query('test-freeze-account', 'update account set available = 0 where customer_id = $1', [
      customerId,
    ])
    afterDays(1)
    await expireCredits(world.deps)
    expect(await world.grantOf(grantId)).toMatchObject({ expired: 1000n, frozen: true })
    expect(await world.account(customerId)).toMatchObject({ available: 0n })
  })

  it('goes on past an account that cannot be brought up to date, and tries that again', async () => {
    const broken = await ordered(1)
    const sound = await ordered(2)
    await world.db.query('test-tamper', 'update account set available = 1 where customer_id = $1', [
      broken.customerId,
    ])
    afterDays(3)
    const errors: unknown[] = []
    const log = { ...world.deps.log, error: (data: object) => errors.push(data) }
    expect(await expireCredits({ ...world.deps, log }, { batch: 1 })).toBe(1)
    expect(errors).toMatchObject([{ customerId: String(broken.customerId) }])
    expect(await kinds(sound.customerId)).toEqual(['grant', 'expire'])
    expect(await kinds(broken.customerId)).toEqual(['grant'])
    await world.db.query('test-mend', 'update account set available = 1000 where customer_id = $1', [
      broken.customerId,
    ])
    expect(await expireCredits(world.deps)).toBe(1)
    expect(await kinds(broken.customerId)).toEqual(['grant', 'expire'])
  })
})

describe('rule 11: a hold that crosses the end', () => {
  it('keeps what it holds; closing it expires what it releases, once', async () => {
    const { customerId, ticketId, grantId } = await ordered(1)
    const { sessionId = '' } = await openVideo(world, { ticketId })
    afterDays(1)
    await Promise.all([1, 2, 3, 4].map(() => expireCredits(world.deps)))
    expect(await world.grantOf(grantId)).toMatchObject({ held: 100n, expired: 900n })
    await closeVideo(world, { sessionId, actualSeconds: 0 })
    expect(await world.grantOf(grantId)).toMatchObject({ held: 0n, consumed: 0n, expired: 1000n })
    await expireCredits(world.deps)
    expect(await kinds(customerId)).toEqual(['grant', 'hold', 'expire', 'release', 'expire'])
    expect(await expireCredits(world.deps)).toBe(0)
    expect(await world.account(customerId)).toMatchObject({ available: 0n, held: 0n, nextExpiry: null })
  })

  it('is billed from what it held although the rest is gone', async () => {
    const { ticketId, grantId } = await ordered(1)
    const { sessionId = '' } = await openVideo(world, { ticketId })
    afterDays(1)
    await expireCredits(world.deps)
    await closeVideo(world, { sessionId, actualSeconds: 200 })
    expect(await world.grantOf(grantId)).toMatchObject({ held: 0n, consumed: 100n, expired: 900n })
  })
})

describe('rule 10: what is given back after the end', () => {
  it('becomes goodwill, which has an end of its own', async () => {
    const { customerId, ticketId } = await ordered(1)
    const { messageId } = await world.reply(ticketId)
    afterDays(1)
    await expireCredits(world.deps)
    await failReply(world, { ticketId, messageId })
    expect(await world.account(customerId)).toMatchObject({ available: 100n })
    afterDays(30)
    await expireCredits(world.deps)
    const [first, goodwill] = await world.grantsOf(customerId)
    // 900 units at the end of validity; the 100 that came back into the ended grant went on into the goodwill.
    expect(first).toMatchObject({ expired: 1000n, consumed: 0n })
    expect(goodwill).toMatchObject({ source: 'goodwill', entitled: 100n, expired: 100n })
    expect(await world.account(customerId)).toMatchObject({ available: 0n })
  })
})

describe('the cost', () => {
  it('does not grow with the accounts on which nothing is due', async () => {
    await world.db.query(
      'test-many',
      `with c as (insert into customer (shop_id, name, created_at) select $1, 'x', $2 from generate_series(1, 4000) returning id)
       insert into account (shop_id, customer_id, next_expiry) select $1, id, $2::timestamptz + interval '400 days' from c`,
      [world.shopId, start],
    )
    await world.db.query('test-analyze', 'analyze account', [])
    const plan = await planOf(world, dueAccounts, [start, '-infinity', 0n, 0n, 200])
    expect(plan).toContain('account_next_expiry')
    expect(plan).not.toMatch(/Seq Scan|Sort/)
  })
})
