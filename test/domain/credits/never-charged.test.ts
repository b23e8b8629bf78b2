import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { setRate } from '../../../src/domain/packages/set-rate.ts'
import { addNote } from '../../../src/domain/tickets/add-note.ts'
import { receiveMessage } from '../../../src/domain/tickets/receive-message.ts'
import { makeWorld, type World } from '../../support/world.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())

describe('rule 8: what never costs', () => {
  it('a note and what the customer writes touch no credits and no tally', async () => {
    const { ticketId, customerId } = await world.ticketWith([1000n])
    const on = { shopId: world.shopId, ticketId }
    await addNote(world.deps, { ...on, body: 'Careful with this one', agent: { name: 'Maja' } })
    await receiveMessage(world.deps, { ...on, channel: 'email', body: 'It burns', authorName: 'Ana' })
    expect(await world.entries(customerId)).toHaveLength(1)
    expect((await world.account(customerId)).available).toBe(1000n)
    expect(await world.ticketOf(ticketId)).toMatchObject({ emails: 0, texts: 0, portals: 0 })
  })

  it.each([
    ['a note', 'note', 'note', 'noted', 'agent', null],
    ['what came in', 'inbound', 'email', 'received', 'customer', null],
    ['an automatic mail', 'outbound', 'email', 'queued', 'system', 'welcome'],
    ['an automatic mail in the name of an agent', 'outbound', 'email', 'queued', 'agent', 'welcome'],
    ['what no agent wrote', 'outbound', 'email', 'queued', 'system', null],
  ])('the database refuses a price on %s', async (_what, direction, channel, state, author, template) => {
    const { ticketId } = await world.ticketWith([1000n])
    const insert = (units: number) =>
      world.db.query(
        'test-insert-message',
        `insert into message (shop_id, ticket_id, direction, channel, state, author_kind, author_name, template, body, units, created_at)
         values ($1, $2, $3, $4, $5, $6, 'x', $7, 'x', $8, now()) returning id`,
        [world.shopId, ticketId, direction, channel, state, author, template, units],
      )
    await expect(insert(100)).rejects.toMatchObject({ constraint: 'message_figures' })
    await expect(insert(-1)).rejects.toMatchObject({ constraint: 'message_figures' })
    expect(await insert(0)).toHaveLength(1)
  })
})

describe('rule 9: a waived reply', () => {
  const waive = { reason: 'our fault' }

  it('costs nothing, shows what it was worth, and counts in the tally', async () => {
    const { ticketId, customerId } = await world.ticketWith([1000n])
    const answer = await world.reply(ticketId, { waive })
    expect(answer).toMatchObject({ waivedUnits: 100n, charge: { units: 0n, entries: [] } })
    expect(answer.balance.available).toBe(1000n)
    expect(await world.message(ticketId, answer.messageId)).toMatchObject({
      units: 0n,
      waivedUnits: 100n,
      waiveReason: 'our fault',
    })
    expect(await world.entries(customerId)).toHaveLength(1)
    expect((await world.ticketOf(ticketId)).emails).toBe(1)
  })

  it('is worth what the payer of the moment would have paid', async () => {
    const customerId = await world.customer()
    const ticketId = await world.ticket(customerId)
    await world.grant(customerId, { units: 1000n, prices: { email: { per: 'reply', units: 250 } } })
    expect((await world.reply(ticketId, { waive })).waivedUnits).toBe(250n)
  })

  it('needs no credits, and is then worth its price by the rate card', async () => {
    const { ticketId } = await world.ticketWith([])
    expect((await world.reply(ticketId, { waive })).waivedUnits).toBe(100n)
    await setRate(world.deps, { actor: 'cli', shopId: world.shopId, channel: 'email', price: 1.5 })
    expect((await world.reply(ticketId, { waive })).waivedUnits).toBe(150n)
  })
})
