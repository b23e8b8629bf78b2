import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { listSpent } from '../../../src/domain/credits/list-spent.ts'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import type { Refusal } from '../../../src/domain/refusal.ts'
import { getTicket } from '../../../src/domain/tickets/get-ticket.ts'
import { logWork, type WorkInput } from '../../../src/domain/tickets/log-work.ts'
import { quoteWork } from '../../../src/domain/tickets/quote-work.ts'
import { makeWorld, type World } from '../../support/world.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())

let serial = 0

function log(ticketId: bigint, input: Partial<WorkInput> = {}) {
  serial += 1
  return logWork(world.deps, {
    shopId: world.shopId,
    ticketId,
    minutes: 20,
    body: 'Moved the shop to PHP 8.4.',
    idempotencyKey: `work-${serial}`,
    agent: { name: 'Maja', actor: 'agent:1' },
    ...input,
  })
}

async function refusalOf(work: Promise<unknown>): Promise<Refusal> {
  const error = await work.then(
    () => undefined,
    (reason: { refusal: Refusal }) => reason,
  )
  if (!error) throw new Error('it was not refused')
  return error.refusal
}

/** Everything that a refused act must leave as it was. */
async function stateOf(ticketId: bigint, customerId: bigint) {
  const { shopId } = world
  const { prisma } = world.db
  return {
    account: await world.account(customerId),
    entries: (await world.entries(customerId)).length,
    ticket: await world.ticketOf(ticketId),
    messages: await prisma.message.count({ where: { shopId, ticketId } }),
    events: (await world.events(ticketId)).length,
    keys: await prisma.operationKey.count({ where: { shopId, operation: 'work' } }),
    audit: await prisma.auditLog.count({ where: { shopId } }),
  }
}

describe('logged work', () => {
  it('rule 8: is a message that the customer reads, charged once, with minutes in the tally', async () => {
    const { ticketId, customerId } = await world.ticketWith([1000n])
    const done = await log(ticketId)
    expect(done).toMatchObject({ charge: { units: 400n }, balance: { available: 600n }, replayed: false })
    expect(await world.message(ticketId, done.messageId)).toMatchObject({
      channel: 'work',
      direction: 'outbound',
      authorKind: 'agent',
      authorName: 'Maja',
      body: 'Moved the shop to PHP 8.4.',
      state: 'delivered',
      units: 400n,
      data: { minutes: 20 },
    })
    expect(await world.ticketOf(ticketId)).toMatchObject({
      workMinutes: 20,
      status: 'waiting',
      lastMessageId: done.messageId,
      lastChannel: 'work',
    })
    const [, spend] = await world.entries(customerId)
    expect(spend).toMatchObject({
      kind: 'spend',
      consumed: 400n,
      operation: 'work',
      causeKind: 'message',
      causeId: `${ticketId}:${done.messageId}`,
      actor: 'agent:1',
    })
    const view = await getTicket(world.deps, { shopId: world.shopId, ticketId })
    expect(view.tally.workMinutes).toBe(20)
    expect(view.messages.find(({ channel }) => channel === 'work')).toMatchObject({
      workMinutes: 20,
      units: 400n,
    })
    const [line] = await listSpent(world.deps, { shopId: world.shopId, customerId, limit: 5 })
    expect(line).toMatchObject({ kind: 'work', units: -400n, workMinutes: 20, agent: 'Maja' })
  })

  it('rule 8: the mail about it is automatic, costs nothing, and goes only where there is an address', async () => {
    const { ticketId } = await world.ticketWith([1000n])
    const done = await log(ticketId)
    const mail = { where: { ticketId, template: 'work-done' } }
    expect(await world.db.prisma.message.findFirstOrThrow(mail)).toMatchObject({
      authorKind: 'system',
      channel: 'email',
      state: 'queued',
      units: 0n,
      address: 'ana@example.org',
      data: { workMessageId: String(done.messageId) },
    })
    const customerId = await world.customer()
    await world.grant(customerId, { units: 1000n })
    const silent = await world.ticket(customerId, { email: null })
    await log(silent)
    expect(await world.db.prisma.message.count({ where: { ticketId: silent } })).toBe(1)
  })

  it.each([1, 5, 6, 59, 60, 1440])('rule 7: %i minutes cost what the quote said', async (minutes) => {
    const { ticketId } = await world.ticketWith([150n, 100_000n])
    const { shopId } = world
    const quote = await quoteWork(world.deps, { shopId, ticketId, minutes })
    const done = await log(ticketId, { minutes })
    expect(quote.units).toBe(BigInt(Math.ceil(minutes / 5)) * 100n)
    expect(done.charge.units).toBe(quote.units)
    expect(done.balance.available).toBe(quote.balance.available - quote.units)
  })

  it('rule 6: is priced by the grant that pays', async () => {
    const customerId = await world.customer()
    const ticketId = await world.ticket(customerId)
    await world.grant(customerId, {
      units: 1000n,
      prices: { work: { per: 'minutes', units: 250, step: 15, freeSeconds: 600 } },
    })
    expect((await log(ticketId, { minutes: 10 })).charge.units).toBe(0n)
    expect((await log(ticketId, { minutes: 26 })).charge.units).toBe(500n)
  })

  it('rule 4: the same key and input is done once, also from eight clients at once', async () => {
    const { ticketId, customerId } = await world.ticketWith([1000n])
    const same = () => log(ticketId, { idempotencyKey: 'same' })
    const all = await Promise.all(Array.from({ length: 8 }, same))
    expect(new Set(all.map(({ messageId }) => messageId)).size).toBe(1)
    expect(all.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect(new Set(all.map(({ balance }) => balance.available))).toEqual(new Set([600n]))
    expect((await world.account(customerId)).available).toBe(600n)
    expect((await world.ticketOf(ticketId)).workMinutes).toBe(20)
  })

  it.each<[string, Partial<WorkInput>]>([
    ['minutes', { minutes: 21 }],
    ['text', { body: 'Something else.' }],
    ['waiver', { waive: { reason: 'our fault' } }],
    ['offer', { offerId: 99n }],
  ])('rule 4: the same key with another %s is a conflict and writes nothing', async (_, changed) => {
    const { ticketId, customerId } = await world.ticketWith([1000n])
    const idempotencyKey = `conflict-${serial}`
    await log(ticketId, { idempotencyKey })
    const before = await stateOf(ticketId, customerId)
    expect(await refusalOf(log(ticketId, { idempotencyKey, ...changed }))).toEqual({
      code: 'idempotency_conflict',
    })
    expect(await stateOf(ticketId, customerId)).toEqual(before)
  })

  it('rule 5: concurrent work never draws below zero and loses nothing', async () => {
    const { ticketId, customerId } = await world.ticketWith([300n, 500n])
    const all = await Promise.allSettled(Array.from({ length: 6 }, () => log(ticketId, { minutes: 10 })))
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(4)
    expect(await world.account(customerId)).toMatchObject({ available: 0n })
    expect((await world.ticketOf(ticketId)).workMinutes).toBe(40)
    expect((await verifyLedger(world.db, world.shopId)).problems).toEqual([])
  })

  it('says what it would have cost when the credits do not suffice, and writes nothing', async () => {
    const { ticketId, customerId } = await world.ticketWith([350n])
    const before = await stateOf(ticketId, customerId)
    expect(await refusalOf(log(ticketId))).toEqual({
      code: 'insufficient_credits',
      requiredUnits: 400n,
      availableUnits: 350n,
    })
    expect(await stateOf(ticketId, customerId)).toEqual(before)
    const poor = await world.ticket(await world.customer())
    expect(await refusalOf(log(poor, { minutes: 6 }))).toMatchObject({
      requiredUnits: 200n,
      availableUnits: 0n,
    })
  })

  it('is refused where no package covers work, on no ticket and on that of another shop', async () => {
    const customerId = await world.customer()
    const ticketId = await world.ticket(customerId)
    await world.grant(customerId, { units: 1000n, channels: ['email'] })
    const before = await stateOf(ticketId, customerId)
    expect(await refusalOf(log(ticketId))).toMatchObject({ code: 'channel_not_covered', channel: 'work' })
    expect(await stateOf(ticketId, customerId)).toEqual(before)
    const other = await world.addShop()
    const missing = { code: 'not_found', what: 'ticket' }
    expect(await refusalOf(log(ticketId, { shopId: other }))).toEqual(missing)
    expect(await refusalOf(log(999_999n))).toEqual(missing)
  })

  it.each([0, -5, 1.5, 1441, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses %p minutes and names the field',
    async (minutes) => {
      const { ticketId, customerId } = await world.ticketWith([1000n])
      const before = await stateOf(ticketId, customerId)
      expect(await refusalOf(log(ticketId, { minutes }))).toMatchObject({
        code: 'invalid',
        fields: [{ field: 'minutes' }],
      })
      expect(await refusalOf(log(ticketId, { minutes, body: ' ' }))).toMatchObject({
        fields: [{ field: 'minutes' }, { field: 'body' }],
      })
      expect(await stateOf(ticketId, customerId)).toEqual(before)
    },
  )

  it('rule 9: waived work shows its worth, costs nothing and is written down with its reason', async () => {
    const { ticketId, customerId } = await world.ticketWith([1000n])
    const done = await log(ticketId, { waive: { reason: 'our fault' } })
    expect(done).toMatchObject({ charge: { units: 0n }, waivedUnits: 400n, balance: { available: 1000n } })
    expect(await world.message(ticketId, done.messageId)).toMatchObject({
      units: 0n,
      waivedUnits: 400n,
      waiveReason: 'our fault',
    })
    expect((await world.entries(customerId)).map(({ kind }) => kind)).toEqual(['grant'])
    expect((await world.ticketOf(ticketId)).workMinutes).toBe(20)
    const audit = await world.db.prisma.auditLog.findMany({ where: { action: 'waive_work' } })
    expect(audit).toMatchObject([{ actor: 'agent:1', data: { units: 400, minutes: 20, note: 'our fault' } }])
    const poor = await world.ticket(await world.customer())
    expect((await log(poor, { waive: { reason: 'gift' } })).waivedUnits).toBe(400n)
  })
})
