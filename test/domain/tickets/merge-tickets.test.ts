import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mergeTickets } from '../../../src/domain/tickets/acts/merge-tickets.ts'
import { undoTicketAct } from '../../../src/domain/tickets/acts/undo-ticket-act.ts'
import { getTicket } from '../../../src/domain/tickets/get-ticket.ts'
import { listTickets } from '../../../src/domain/tickets/list-tickets.ts'
import { receiveMessage } from '../../../src/domain/tickets/receive-message.ts'
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
    expect(seen.events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['merged', 'merged_away']))
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
