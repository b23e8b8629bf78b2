import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mergeTickets } from '../../../src/domain/tickets/acts/merge-tickets.ts'
import { undoTicketAct } from '../../../src/domain/tickets/acts/undo-ticket-act.ts'
import { failMessage } from '../../../src/domain/tickets/fail-message.ts'
import { getTicket } from '../../../src/domain/tickets/get-ticket.ts'
import { listTickets } from '../../../src/domain/tickets/list-tickets.ts'
import { receiveMessage } from '../../../src/domain/tickets/receive-message.ts'
import { setTicketStatus } from '../../../src/domain/tickets/set-status.ts'
import { undoMessage } from '../../../src/domain/tickets/undo-message.ts'
import { makeWorld, type World } from '../../support/world.ts'

let world: World
beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())

const by = { actor: 'agent:1', name: 'Luka' }
const merge = (sourceIds: bigint[], targetId: bigint) =>
  mergeTickets(world.deps, { shopId: world.shopId, sourceIds, targetId, by })
const view = (ticketId: bigint) => getTicket(world.deps, { shopId: world.shopId, ticketId })
const write = (ticketId: bigint, body: string) =>
  receiveMessage(world.deps, {
    shopId: world.shopId,
    ticketId,
    channel: 'email',
    body,
    authorName: 'Ana',
    from: 'ana@example.org',
  })

/** Two tickets of one customer, each with a question and an answer. */
async function pair() {
  const { customerId, ticketId: target } = await world.ticketWith([1000n], { email: 'ana@example.org' })
  const source = await world.ticket(customerId, { subject: 'The same again' })
  await write(target, 'first')
  await world.reply(target, { body: 'second' })
  await write(source, 'third')
  return { customerId, target, source }
}

const fail = (ticketId: bigint, messageId: bigint) =>
  failMessage(world.deps, { shopId: world.shopId, ticketId, messageId }, 'no such mailbox')
const take = (ticketId: bigint, messageId: bigint) =>
  undoMessage(world.deps, { shopId: world.shopId, ticketId, messageId, actor: 'agent:1' })

describe('an answer on the ticket that went into another', () => {
  /** The answer was given on the source; nobody has answered on the target. */
  async function answered() {
    const { customerId, ticketId: target } = await world.ticketWith([1000n], { email: 'ana@example.org' })
    const source = await world.ticket(customerId, { subject: 'The same again' })
    world.goTo(world.day(1))
    await write(source, 'a question')
    world.goTo(world.day(2))
    const { messageId } = await world.reply(source, { body: 'an answer' })
    await setTicketStatus(world.deps, { shopId: world.shopId, ticketId: target, status: 'closed' })
    await merge([source], target)
    expect(await world.ticketOf(target)).toMatchObject({ status: 'closed', preview: 'an answer' })
    world.goTo(world.day(3))
    return { target, source, messageId, askedAt: world.day(1) }
  }

  it('that fails leaves the other to be answered, since the question', async () => {
    const { target, source, messageId, askedAt } = await answered()
    await fail(source, messageId)
    expect(await world.ticketOf(target)).toMatchObject({
      ...{ status: 'open', waitingSince: askedAt, firstResponseAt: null },
      activityAt: world.clock.at,
    })
    expect(await world.ticketOf(source)).toMatchObject({ status: 'closed', mergedInto: target, emails: 0 })
    const { rows } = await listTickets(world.deps, { shopId: world.shopId, view: 'unanswered', limit: 100 })
    expect(rows.map(({ id }) => id)).toContain(target)
  })

  it('that is taken back leaves the other as if it had not been written', async () => {
    const { target, source, messageId, askedAt } = await answered()
    await take(source, messageId)
    expect(await world.ticketOf(target)).toMatchObject({
      ...{ status: 'open', waitingSince: askedAt, activityAt: askedAt, firstResponseAt: null },
      preview: 'a question',
    })
    expect(await world.ticketOf(source)).toMatchObject({ status: 'closed', emails: 0 })
  })

  it('fails without a deadlock beside a merge that locks the two, by id', async () => {
    const { target, source, messageId } = await answered()
    const lock = 'select from ticket where shop_id = $1 and id = $2 for no key update'
    let failing: Promise<void> | undefined
    await world.db.transaction(async (sql) => {
      await sql.query('test-lock', lock, [world.shopId, target])
      failing = fail(source, messageId)
      await sleep(200)
      await sql.query('test-lock', lock, [world.shopId, source])
    })
    await failing
    expect(await world.ticketOf(target)).toMatchObject({ status: 'open' })
  })

  it('counts as the first response when the first one of the other fails', async () => {
    const { target, source } = await pair()
    world.goTo(world.day(4))
    const second = await world.reply(source, { body: 'fourth' })
    const { messages } = await view(target)
    await merge([source], target)
    const first = messages.find(({ body }) => body === 'second')
    await fail(target, first?.id ?? 0n)
    const { createdAt } = await world.message(source, second.messageId)
    expect(await world.ticketOf(target)).toMatchObject({ firstResponseAt: createdAt, status: 'open' })
  })
})

describe('merging tickets', () => {
  it('shows both conversations as one, adds the tallies, and moves nothing of the ledger', async () => {
    const { target, source, customerId } = await pair()
    await world.reply(source, { body: 'fourth' })
    const entries = () => world.db.prisma.ledgerEntry.findMany({ where: { customerId } })
    const before = await entries()
    await merge([source], target)
    const seen = await view(target)
    expect(seen.messages.map(({ body }) => body)).toEqual(['first', 'second', 'third', 'fourth'])
    expect(seen.messages.map(({ ticketId }) => ticketId)).toEqual([target, target, source, source])
    expect(seen.tally.email).toBe(2)
    expect(seen.otherTickets).toEqual([])
    expect(seen.events.map(({ kind }) => kind)).toEqual(['merged'])
    expect(await view(source)).toMatchObject({ status: 'closed', mergedInto: target })
    expect(await entries()).toEqual(before)
    const listed = await listTickets(world.deps, { shopId: world.shopId, view: 'all', limit: 100 })
    expect(listed.rows.map(({ id }) => id)).not.toContain(source)
  })

  it('tells what comes to the old ticket, by mail or by an answer, on the other', async () => {
    const { target, source } = await pair()
    await merge([source], target)
    await world.reply(target, { body: 'answer' })
    expect(await view(target)).toMatchObject({ status: 'waiting' })
    await write(source, 'by the old token')
    const seen = await view(target)
    expect(seen).toMatchObject({ status: 'open' })
    expect(seen.messages.at(-1)).toMatchObject({ body: 'by the old token', ticketId: source })
    expect(seen.lastMessageId).toBe(seen.messages.at(-1)?.id)
    expect(await view(source)).toMatchObject({ status: 'closed' })
    const stale = world.reply(target, { lastSeenMessageId: seen.lastMessageId - 1n })
    await expect(stale).rejects.toMatchObject({ refusal: { code: 'stale_conversation' } })
  })

  it('takes along what went into the source before, and is taken back exactly', async () => {
    const { customerId, target, source } = await pair()
    const third = await world.ticket(customerId)
    await merge([third], source)
    const read = () => world.db.prisma.ticket.findMany({ where: { customerId }, orderBy: { id: 'asc' } })
    const before = await read()
    const { actId } = await merge([source], target)
    expect((await read()).map(({ mergedInto }) => mergedInto)).toEqual([null, target, target])
    const undone = await undoTicketAct(world.deps, { shopId: world.shopId, actId: actId ?? 0n, by })
    expect(undone.left).toEqual([])
    expect(await read()).toEqual(before)
  })

  it('refuses tickets of two customers, one that went elsewhere, itself, and one that is not there', async () => {
    const { target, source } = await pair()
    const strange = await world.ticketWith([])
    const refused = (fields: { field: string }[]) => ({ refusal: { code: 'invalid', fields } })
    await expect(merge([strange.ticketId], target)).rejects.toMatchObject(refused([{ field: 'tickets' }]))
    await expect(merge([target], target)).rejects.toMatchObject(refused([{ field: 'into' }]))
    await merge([source], target)
    await expect(merge([target], source)).rejects.toMatchObject(refused([{ field: 'into' }]))
    await expect(merge([source], target)).rejects.toMatchObject(refused([{ field: 'tickets' }]))
    await expect(merge([999_999n], target)).rejects.toMatchObject({ refusal: { code: 'not_found' } })
  })
})
