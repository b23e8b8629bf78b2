import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { quotedChannels } from '../../../src/domain/tickets/channel-quotes.ts'
import { getTicket } from '../../../src/domain/tickets/get-ticket.ts'
import { makeWorld, type World } from '../../support/world.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())

describe('a ticket', () => {
  it('of 1,000 messages comes in pages of 300 from the newest, without gap or repeat', async () => {
    const { ticketId } = await world.ticketWith([1000n])
    await world.db.query(
      'many-messages',
      `insert into message (shop_id, ticket_id, direction, channel, author_kind, author_name, body, state, created_at)
       select $1, $2, 'inbound', 'email', 'customer', 'Ana', 'Line ' || n, 'received', $3 from generate_series(1, 1000) n`,
      [world.shopId, ticketId, world.clock.at],
    )
    const pages: string[][] = []
    let before: bigint | undefined
    do {
      const view = await getTicket(world.deps, {
        shopId: world.shopId,
        ticketId,
        ...(before === undefined ? {} : { before }),
      })
      pages.unshift(view.messages.map((message) => message.body))
      before = view.olderBefore
    } while (before !== undefined)
    expect(pages.map((page) => page.length)).toEqual([100, 300, 300, 300])
    expect(pages.flat()).toEqual(Array.from({ length: 1000 }, (_, n) => `Line ${n + 1}`))
  })

  it('has its balance, tally, grants, contacts and the price on each channel', async () => {
    const contact = { email: 'ana@example.org', phone: '+38640111222' }
    const { ticketId, customerId } = await world.ticketWith([1000n, 500n], contact)
    await world.grant(customerId, { units: 300n, expiresAt: world.day(1) })
    await world.reply(ticketId)
    await world.reply(ticketId, { channel: 'sms' })
    const view = await getTicket(world.deps, { shopId: world.shopId, ticketId, quotes: quotedChannels })
    expect(view).toMatchObject({
      balance: { available: 1600n, held: 0n, deficit: 0n },
      tally: { email: 1, sms: 1, portal: 0, videoSeconds: 0 },
      customer: { emails: [contact.email], phones: [contact.phone] },
      quotes: {
        email: { code: 'ok', units: 100n, payers: [{ until: world.day(1) }] },
        video: { stepMinutes: 5 },
      },
    })
    expect(view.grants.map((grant) => grant.remainder)).toEqual([100n, 500n, 1000n])
    expect(view.messages.map((message) => [message.channel, message.units])).toEqual([
      ['email', 100n],
      ['sms', 100n],
    ])
  })

  it('shows no credits that expired, although no entry says so yet', async () => {
    const customerId = await world.customer()
    const ticketId = await world.ticket(customerId)
    await world.grant(customerId, { units: 300n, expiresAt: world.day(1) })
    world.goTo(world.day(2))
    const view = await getTicket(world.deps, { shopId: world.shopId, ticketId })
    world.goTo(world.day(0))
    expect(view.balance.available).toBe(0n)
    expect(view.grants.map((grant) => grant.remainder)).toEqual([0n])
  })

  it('of another shop is not found', async () => {
    const { ticketId } = await world.ticketWith([])
    await expect(getTicket(world.deps, { shopId: await world.addShop(), ticketId })).rejects.toMatchObject({
      refusal: { code: 'not_found', what: 'ticket' },
    })
  })
})
