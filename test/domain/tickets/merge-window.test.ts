import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { changeSettings } from '../../../src/domain/shops/change-settings.ts'
import { getTicket } from '../../../src/domain/tickets/get-ticket.ts'
import { quoteTicket } from '../../../src/domain/tickets/quote-ticket.ts'
import { makeWorld, start, type World } from '../../support/world.ts'
import { hands, refusalOf } from '../credits/by-hand.ts'
import { failReply } from '../credits/moves.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld()
})
afterAll(async () => {
  expect((await verifyLedger(world.db, world.shopId)).problems).toEqual([])
  await world.close()
})
beforeEach(async () => {
  world.goTo(start)
  await setWindow(10)
})

const setWindow = (mergeWindow: number) =>
  changeSettings(world.deps, { actor: 'cli', shopId: world.shopId, mergeWindow })
const minutesLater = (minutes: number) => world.goTo(new Date(start.getTime() + minutes * 60_000))
const available = async (customerId: bigint) => (await world.account(customerId)).available

describe('rule 8: the merge window', () => {
  it('is off unless the shop sets it', async () => {
    await setWindow(0)
    const { ticketId } = await world.ticketWith([1000n])
    await world.reply(ticketId)
    expect((await world.reply(ticketId)).charge.units).toBe(100n)
  })

  it('makes further replies on the ticket and channel free for its span, which no reply extends', async () => {
    const { ticketId, customerId } = await world.ticketWith([1000n])
    const first = await world.reply(ticketId)
    minutesLater(9)
    const second = await world.reply(ticketId)
    expect(second.charge).toEqual({ units: 0n, entries: [] })
    minutesLater(10)
    expect((await world.reply(ticketId)).charge.units).toBe(100n)
    expect(await available(customerId)).toBe(800n)
    const { messages } = await getTicket(world.deps, { shopId: world.shopId, ticketId })
    expect(messages.map(({ freeWith }) => freeWith)).toEqual([undefined, first.messageId, undefined])
  })

  it('counts every reply in the tally all the same', async () => {
    const { ticketId } = await world.ticketWith([1000n])
    await world.reply(ticketId)
    await world.reply(ticketId)
    expect((await world.ticketOf(ticketId)).emails).toBe(2)
  })

  it('is of one ticket and one channel', async () => {
    const { ticketId, customerId } = await world.ticketWith([1000n])
    const other = await world.ticket(customerId)
    await world.reply(ticketId)
    expect((await world.reply(other)).charge.units).toBe(100n)
    expect((await world.reply(ticketId, { channel: 'portal' })).charge.units).toBe(100n)
  })

  it('is told in the quote (rule 7)', async () => {
    const { ticketId } = await world.ticketWith([1000n])
    await world.reply(ticketId)
    const quote = await quoteTicket(world.deps, {
      shopId: world.shopId,
      ticketId,
      channel: 'email',
      body: 'x',
    })
    expect(quote).toMatchObject({ code: 'ok', units: 0n, leaves: 900n, payers: [] })
    expect(quote.freeUntil).toEqual(new Date(start.getTime() + 600_000))
  })

  it('stays as long as it was promised when the setting changes', async () => {
    const { ticketId } = await world.ticketWith([1000n])
    await world.reply(ticketId)
    await setWindow(0)
    minutesLater(5)
    expect((await world.reply(ticketId)).charge.units).toBe(0n)
    minutesLater(11)
    expect((await world.reply(ticketId)).charge.units).toBe(100n)
  })

  it('is neither opened nor joined by a waived reply', async () => {
    const { ticketId } = await world.ticketWith([1000n])
    const waive = { reason: 'Our fault' }
    await world.reply(ticketId, { waive })
    const charged = await world.reply(ticketId)
    expect(charged.charge.units).toBe(100n)
    const waived = await world.reply(ticketId, { waive })
    await failReply(world, { ticketId, messageId: charged.messageId })
    expect((await world.message(ticketId, waived.messageId)).windowId).toBeNull()
    expect((await world.message(ticketId, charged.messageId)).reversedAt).not.toBeNull()
  })

  it('goes on after the last credit', async () => {
    const { ticketId } = await world.ticketWith([100n])
    await world.reply(ticketId)
    expect((await world.reply(ticketId)).charge.units).toBe(0n)
    minutesLater(11)
    expect(await refusalOf(world.reply(ticketId))).toMatchObject({ code: 'insufficient_credits' })
  })

  it('keeps the charge while a reply of it may have arrived, and gives it back when none did', async () => {
    const { ticketId, customerId } = await world.ticketWith([1000n])
    const first = await world.reply(ticketId)
    const second = await world.reply(ticketId)
    const third = await world.reply(ticketId)
    expect(await failReply(world, { ticketId, messageId: first.messageId })).toBe(0n)
    expect(await failReply(world, { ticketId, messageId: third.messageId })).toBe(0n)
    expect(await available(customerId)).toBe(900n)
    expect((await world.message(ticketId, first.messageId)).reversedAt).toBeNull()
    expect(await failReply(world, { ticketId, messageId: second.messageId })).toBe(100n)
    expect(await available(customerId)).toBe(1000n)
    expect(await failReply(world, { ticketId, messageId: second.messageId })).toBeNull()
  })

  it('whose charge came back is void: the next reply is charged and opens another', async () => {
    const { ticketId, customerId } = await world.ticketWith([1000n])
    const first = await world.reply(ticketId)
    await failReply(world, { ticketId, messageId: first.messageId })
    expect((await world.reply(ticketId)).charge.units).toBe(100n)
    expect((await world.reply(ticketId)).charge.units).toBe(0n)
    expect(await available(customerId)).toBe(900n)
  })

  it('is void after a contest that was granted, and its charge comes back once', async () => {
    const { ticketId, customerId } = await world.ticketWith([1000n])
    const hand = hands(world)
    const first = await world.reply(ticketId)
    const second = await world.reply(ticketId)
    await world.db.query('sent', `update message set state = 'sent' where ticket_id = $1`, [ticketId])
    expect(await refusalOf(hand.reverse(ticketId, second.messageId))).toEqual({ code: 'message_not_charged' })
    await hand.reverse(ticketId, first.messageId)
    expect(await available(customerId)).toBe(1000n)
    for (const { messageId } of [first, second]) await failReply(world, { ticketId, messageId })
    expect(await available(customerId)).toBe(1000n)
    expect((await world.reply(ticketId)).charge.units).toBe(100n)
  })

  it('lets one of many replies at once pay', async () => {
    const { ticketId, customerId } = await world.ticketWith([1000n])
    await Promise.all(Array.from({ length: 16 }, () => world.reply(ticketId)))
    expect(await available(customerId)).toBe(900n)
  })

  it('takes whole minutes up to a week', async () => {
    for (const minutes of [-1, 1.5, 10_081]) {
      expect(await refusalOf(setWindow(minutes))).toMatchObject({
        code: 'invalid',
        fields: [{ field: 'mergeWindow' }],
      })
    }
  })
})
