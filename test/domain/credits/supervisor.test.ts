import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { listCustomerAudit } from '../../../src/domain/audit/list-audit.ts'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { makeWorld, type World } from '../../support/world.ts'
import { agent, hands, owner, refundedAfterSpending, refusalOf } from './by-hand.ts'
import { failReply, openVideo, setPromised } from './moves.ts'

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

/** All that an act may write, to show that a refusal wrote none of it. */
async function written() {
  const [row] = await world.db.query<{ n: number }>(
    'test-written',
    `select ((select count(*) from ledger_entry) + (select count(*) from audit_log) + (select count(*) from operation_key)
       + (select count(*) from settlement) + (select count(*) from ticket_event))::int as n`,
    [],
  )
  return row?.n
}

describe('rule 3: an adjustment', () => {
  it('moves what one grant entitles to, with reason and author', async () => {
    const { customerId, grantId } = await world.ticketWith([1000n])
    const up = await hand.adjust(customerId, grantId, 2.5, { note: 'as promised on the phone' })
    expect(up).toMatchObject({ units: 250n, balance: { available: 1250n } })
    await hand.adjust(customerId, grantId, -12.5, { reason: 'mistake' })
    expect(await world.grantOf(grantId)).toMatchObject({ entitled: 0n, promised: 1000n, live: false })
    expect((await world.entries(customerId)).slice(1)).toMatchObject([
      { kind: 'adjust', entitled: 250n, actor: 'agent:7', reason: 'agreed', causeKind: 'supervisor' },
      { kind: 'adjust', entitled: -1250n, reason: 'mistake' },
    ])
    const { lines } = await listCustomerAudit(world.deps, { shopId: world.shopId, customerId, limit: 10 })
    expect(lines).toMatchObject([
      { action: 'adjust', actor: 'agent:7', data: { units: -1250, reason: 'mistake' } },
      {
        action: 'adjust',
        data: {
          grantId: String(grantId),
          units: 250,
          reason: 'agreed',
          note: 'as promised on the phone',
        },
      },
    ])
  })

  it('never goes below what is used and held', async () => {
    const { customerId, ticketId, grantId } = await world.ticketWith([1000n])
    await world.reply(ticketId)
    await openVideo(world, { ticketId })
    const before = await written()
    expect(await refusalOf(hand.adjust(customerId, grantId, -8.01))).toEqual({
      code: 'adjustment_below_use',
      lowestUnits: -800n,
    })
    expect(await written()).toBe(before)
    expect((await hand.adjust(customerId, grantId, -8)).balance).toMatchObject({ available: 0n, held: 100n })
  })

  it('of a grant that is over is refused', async () => {
    const customerId = await world.customer()
    const ended = await world.grant(customerId, { units: 100n, expiresAt: world.day(2) })
    const cancelled = await world.grant(customerId, { units: 100n })
    await setPromised(world, { customerId, grantId: cancelled }, 0n)
    world.goTo(world.day(3))
    expect(await refusalOf(hand.adjust(customerId, ended, 1))).toEqual({ code: 'grant_over' })
    expect(await refusalOf(hand.adjust(customerId, cancelled, 1))).toEqual({ code: 'grant_over' })
  })

  it('downwards stands through a cancellation and a restore of the line (rule 14)', async () => {
    const { customerId, grantId } = await world.ticketWith([1000n])
    await hand.adjust(customerId, grantId, -3)
    await setPromised(world, { customerId, grantId }, 0n)
    expect(await world.grantOf(grantId)).toMatchObject({ entitled: 0n, promised: 0n })
    await setPromised(world, { customerId, grantId }, 1000n)
    expect(await world.grantOf(grantId)).toMatchObject({ entitled: 700n, revokeDue: 0n })
    await setPromised(world, { customerId, grantId }, 0n)
    expect((await world.account(customerId)).available).toBe(0n)
  })
})

describe('rule 4: an act', () => {
  it('is done once for its key, and another input under it is a conflict', async () => {
    const { customerId, grantId } = await world.ticketWith([1000n])
    const again = { idempotencyKey: 'once' }
    const first = await hand.adjust(customerId, grantId, 1, again)
    expect(await hand.adjust(customerId, grantId, 1, again)).toEqual(first)
    expect(await refusalOf(hand.adjust(customerId, grantId, 2, again))).toEqual({
      code: 'idempotency_conflict',
    })
    expect((await world.account(customerId)).available).toBe(1100n)
    const { lines } = await listCustomerAudit(world.deps, { shopId: world.shopId, customerId, limit: 10 })
    expect(lines).toHaveLength(1)
  })

  it('asked for eight times at once is done once', async () => {
    const { customerId, grantId } = await world.ticketWith([1000n])
    const over = { idempotencyKey: 'eight' }
    await Promise.all(Array.from({ length: 8 }, () => hand.adjust(customerId, grantId, -1, over)))
    expect((await world.account(customerId)).available).toBe(900n)
  })
})

describe('rule 9: limits by role', () => {
  it('let an agent do none of it, and write nothing', async () => {
    const { customerId, ticketId, grantId } = await refundedAfterSpending(world)
    const payer = await world.grant(customerId, { units: 500n })
    const { messageId } = await world.reply(ticketId, { channel: 'portal' })
    const before = await written()
    const by = { by: agent }
    for (const act of [
      hand.adjust(customerId, payer, 1, by),
      hand.settle(customerId, grantId, payer, by),
      hand.forgive(customerId, grantId, by),
      hand.freeze(customerId, by),
      hand.unfreeze(customerId, by),
      hand.reverse(ticketId, messageId, by),
    ]) {
      expect(await refusalOf(act)).toEqual({ code: 'role_too_low', role: 'supervisor' })
    }
    expect(await written()).toBe(before)
  })

  it("stop a supervisor at the shop's limit, and not an owner", async () => {
    const { customerId, grantId } = await world.ticketWith([1000n])
    await hand.adjust(customerId, grantId, 50)
    expect(await refusalOf(hand.adjust(customerId, grantId, -50.01))).toEqual({
      code: 'above_limit',
      limitUnits: 5000n,
    })
    await hand.adjust(customerId, grantId, 50.01, { by: owner })
    expect((await world.account(customerId)).available).toBe(11_001n)
  })

  it('hold for what is forgiven and given back too', async () => {
    await world.db.prisma.shop.update({
      where: { id: world.shopId },
      data: { supervisorLimitUnits: 99n },
    })
    const { customerId, ticketId, grantId } = await refundedAfterSpending(world)
    await world.grant(customerId, { units: 500n })
    const { messageId } = await world.reply(ticketId, { channel: 'portal' })
    const limit = { code: 'above_limit', limitUnits: 99n }
    expect(await refusalOf(hand.forgive(customerId, grantId))).toEqual(limit)
    expect(await refusalOf(hand.reverse(ticketId, messageId))).toEqual(limit)
    await hand.forgive(customerId, grantId, { credits: 0.5 })
    await hand.reverse(ticketId, messageId, { by: owner })
    await world.db.prisma.shop.update({
      where: { id: world.shopId },
      data: { supervisorLimitUnits: 5000n },
    })
    expect((await world.account(customerId)).deficit).toBe(150n)
  })

  it.each(['unknown', ''])('take no other reason than those of the list: %s', async (reason) => {
    const { customerId, grantId } = await world.ticketWith([1000n])
    const before = await written()
    expect(await refusalOf(hand.adjust(customerId, grantId, 1, { reason }))).toMatchObject({
      code: 'invalid',
      fields: [{ field: 'reason' }],
    })
    expect(await written()).toBe(before)
  })

  it.each([0, 0.005, Number.NaN, 2_000_000])('name wrong credits: %s', async (credits) => {
    const { customerId, grantId } = await world.ticketWith([1000n])
    expect(await refusalOf(hand.adjust(customerId, grantId, credits, { by: owner }))).toMatchObject({
      fields: [{ field: 'credits' }],
    })
  })

  it('know only grants of the customer', async () => {
    const { customerId } = await world.ticketWith([1000n])
    const other = await world.ticketWith([1000n])
    expect(await refusalOf(hand.adjust(customerId, other.grantId, 1))).toMatchObject({
      fields: [{ field: 'grantId' }],
    })
    expect(await refusalOf(hand.adjust(0n, other.grantId, 1))).toEqual({
      code: 'not_found',
      what: 'customer',
    })
  })
})

describe('rule 10: a contest that is granted', () => {
  it('gives the charge back into the grants that paid, once', async () => {
    const { ticketId, customerId, grantIds } = await world.ticketWith([30n, 500n])
    const { messageId } = await world.reply(ticketId, { channel: 'portal' })
    expect((await hand.reverse(ticketId, messageId)).balance.available).toBe(530n)
    const reversals = (await world.entries(customerId)).filter((entry) => entry.kind === 'reverse')
    expect(reversals).toMatchObject([
      { grantId: grantIds[0], consumed: -30n, actor: 'agent:7', reason: 'contest_granted' },
      { grantId: grantIds[1], consumed: -70n },
    ])
    expect(await refusalOf(hand.reverse(ticketId, messageId))).toEqual({ code: 'message_reversed' })
    expect(await world.message(ticketId, messageId)).toMatchObject({ state: 'delivered', units: 100n })
    expect(await world.events(ticketId)).toMatchObject([
      { kind: 'reversed', data: { units: 100, reasonCode: 'contest_granted' } },
    ])
    expect((await world.account(customerId)).available).toBe(530n)
  })

  it('is not given back again when the mail bounces afterwards', async () => {
    const { ticketId, customerId } = await world.ticketWith([1000n])
    const { messageId } = await world.reply(ticketId)
    await world.db.prisma.message.updateMany({ where: { id: messageId }, data: { state: 'sent' } })
    await hand.reverse(ticketId, messageId)
    expect(await failReply(world, { ticketId, messageId })).toBe(0n)
    expect((await world.account(customerId)).available).toBe(1000n)
  })

  it('is refused while the send may still fail by itself, and for what cost nothing', async () => {
    const { ticketId } = await world.ticketWith([1000n])
    const queued = await world.reply(ticketId)
    const waived = await world.reply(ticketId, { channel: 'portal', waive: { reason: 'our fault' } })
    expect(await refusalOf(hand.reverse(ticketId, queued.messageId))).toEqual({
      code: 'message_pending',
      state: 'queued',
    })
    expect(await refusalOf(hand.reverse(ticketId, waived.messageId))).toEqual({ code: 'message_not_charged' })
    await failReply(world, { ticketId, messageId: queued.messageId })
    expect(await refusalOf(hand.reverse(ticketId, queued.messageId))).toEqual({ code: 'message_reversed' })
    expect(await refusalOf(hand.reverse(ticketId, 0n))).toEqual({ code: 'not_found', what: 'message' })
  })
})
