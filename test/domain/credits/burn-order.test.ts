import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { Channel, Price } from '../../../src/domain/credits/rate-card.ts'
import { quoteTicket } from '../../../src/domain/tickets/quote-ticket.ts'
import { makeWorld, start, type TestGrant, type World } from '../../support/world.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())

const perReply = (units: number): Price => ({ per: 'reply', units })

/** A ticket (of an order when one is given) and grants by name, made in this order. */
async function ticketWith(grants: Record<string, TestGrant>, orderId?: bigint) {
  const customerId = await world.customer()
  const ticketId = await world.ticket(customerId, { phone: '+38640111222', ...(orderId ? { orderId } : {}) })
  const names = new Map<string, string>()
  for (const [name, grant] of Object.entries(grants)) {
    names.set(String(await world.grant(customerId, grant)), name)
  }
  /** What a reply takes of which grant, in the order in which it is taken. */
  async function taken(input: Parameters<World['reply']>[1] = {}) {
    const { charge } = await world.reply(ticketId, input)
    return charge.entries.map((entry) => [names.get(entry.grantId), Number(entry.units)])
  }
  return { customerId, ticketId, taken }
}

describe('rule 6: burn order', () => {
  it.each<[string, Record<string, TestGrant>]>([
    [
      'the earliest expiry first, none last',
      {
        never: { units: 100n },
        late: { units: 100n, expiresAt: new Date('2027-01-01Z') },
        first: { units: 100n, expiresAt: new Date('2026-12-01Z') },
      },
    ],
    ['promotional before paid', { paid: { units: 100n }, first: { units: 100n, promotional: true } }],
    [
      'higher priority before lower',
      { low: { units: 100n, priority: 1 }, first: { units: 100n, priority: 2 }, none: { units: 100n } },
    ],
    ['the oldest before a newer', { first: { units: 100n }, newer: { units: 100n } }],
    [
      'promotional before priority',
      { important: { units: 100n, priority: 9 }, first: { units: 100n, promotional: true } },
    ],
    [
      'expiry before promotional and priority',
      {
        gift: { units: 100n, promotional: true, priority: 9 },
        first: { units: 100n, expiresAt: new Date('2026-12-01Z') },
      },
    ],
  ])('%s', async (_rule, grants) => {
    const { taken } = await ticketWith(grants)
    expect(await taken()).toEqual([['first', 100]])
  })

  it("the grant of the ticket's own order before others, but after an earlier expiry", async () => {
    const orderId = await world.order()
    const { taken } = await ticketWith(
      {
        gift: { units: 100n, promotional: true, priority: 9 },
        own: { units: 100n, orderId },
        ending: { units: 100n, expiresAt: world.day(30) },
      },
      orderId,
    )
    expect([await taken(), await taken(), await taken()].flat().map(([name]) => name)).toEqual([
      'ending',
      'own',
      'gift',
    ])
  })

  it.each([
    ['that an order opened', true],
    ['of no order', false],
  ])('the grants of an order that topped up a ticket %s are of that ticket', async (_which, opened) => {
    const opening = opened ? await world.order() : undefined
    const [topping, elsewhere] = [await world.order(), await world.order()]
    const { ticketId, customerId, taken } = await ticketWith(
      {
        gift: { units: 100n, promotional: true, priority: 9 },
        other: { units: 100n, orderId: elsewhere },
        added: { units: 250n, orderId: topping },
        lent: { units: 30n, orderId: topping, overdraftLimit: 70n },
      },
      opening,
    )
    const second = await world.ticket(customerId)
    const topUp = (ticket: bigint, orderId: bigint) =>
      world.db.prisma.topUp.create({ data: { shopId: world.shopId, ticketId: ticket, orderId, at: start } })
    await topUp(ticketId, topping)
    await topUp(second, elsewhere)
    const quoted = await quoteTicket(world.deps, {
      shopId: world.shopId,
      ticketId,
      channel: 'email',
      body: 'Hi',
    })
    expect(quoted.payers).toMatchObject([{ units: 100n }])
    expect([await taken(), await taken()]).toEqual([[['added', 100]], [['added', 100]]])
    expect(await taken()).toEqual([
      ['added', 50],
      ['lent', 30],
      ['gift', 20],
    ])
  })

  it('is the same for replies that come together, whatever the grants are', async () => {
    const when = [undefined, world.day(30), world.day(60)]
    const someGrant = fc.record({
      units: fc.constantFrom(40, 100, 150),
      ends: fc.nat(2),
      order: fc.nat(3),
      promotional: fc.boolean(),
      priority: fc.nat(1),
      channels: fc.constantFrom<Channel[]>(['email', 'sms'], ['sms'], ['email']),
    })
    const tried = fc.asyncProperty(
      fc.array(fc.array(someGrant, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 4 }),
      async (accounts) => {
        const made = await Promise.all(
          accounts.map(async (grants) => {
            const orders = [undefined, await world.order(), await world.order(), await world.order()]
            const customerId = await world.customer()
            const opening = orders[1]
            const ticketId = await world.ticket(customerId, opening ? { orderId: opening } : {})
            await world.db.prisma.topUp.create({
              data: { shopId: world.shopId, ticketId, orderId: orders[2] ?? 0n, at: start },
            })
            const ids: bigint[] = []
            for (const { units, ends, order, promotional, priority, channels } of grants) {
              const [expiresAt, orderId] = [when[ends], orders[order]]
              ids.push(
                await world.grant(customerId, {
                  units: BigInt(units),
                  ...{ promotional, priority, channels },
                  ...(expiresAt && { expiresAt }),
                  ...(orderId && { orderId }),
                }),
              )
            }
            // README, invariant 6, said once more: none ends last, then the ticket's two orders, promotional, priority, oldest.
            const admitted = grants
              .map((grant, index) => ({ ...grant, id: String(ids[index]) }))
              .filter(({ channels }) => channels.includes('email'))
              .sort(
                (a, b) =>
                  (a.ends || 9) - (b.ends || 9) ||
                  Number(b.order % 3 > 0) - Number(a.order % 3 > 0) ||
                  Number(b.promotional) - Number(a.promotional) ||
                  b.priority - a.priority,
              )
            let missing = 100
            const expected = admitted.flatMap(({ id, units }) => {
              const part = Math.min(units, missing)
              missing -= part
              return part > 0 ? [[id, part]] : []
            })
            return { ticketId, expected: missing > 0 ? 'refused' : expected }
          }),
        )
        const answers = await Promise.all(
          made.map(({ ticketId }) =>
            world.reply(ticketId).then(
              ({ charge }) => charge.entries.map(({ grantId, units }) => [grantId, Number(units)]),
              () => 'refused',
            ),
          ),
        )
        expect(answers).toEqual(made.map(({ expected }) => expected))
      },
    )
    await fc.assert(tried, { numRuns: 25 })
  })

  it('on a ticket of no order, no grant is of its order', async () => {
    const { taken } = await ticketWith({
      bought: { units: 100n, orderId: await world.order() },
      given: { units: 100n },
    })
    expect(await taken()).toEqual([['bought', 100]])
  })

  it('what expired is skipped, to the millisecond', async () => {
    const { taken } = await ticketWith({
      over: { units: 100n, expiresAt: world.clock.at },
      lasting: { units: 100n, expiresAt: new Date(world.clock.at.getTime() + 1) },
    })
    expect(await taken()).toEqual([['lasting', 100]])
  })

  it('writes one entry for each grant touched', async () => {
    const { taken, customerId } = await ticketWith({
      a: { units: 30n },
      b: { units: 50n },
      c: { units: 90n },
    })
    expect(await taken()).toEqual([
      ['a', 30],
      ['b', 50],
      ['c', 20],
    ])
    const spends = (await world.entries(customerId)).filter((entry) => entry.kind === 'spend')
    expect(spends.map((entry) => entry.consumed)).toEqual([30n, 50n, 20n])
  })
})

describe('rule 6: the grant that sets the price', () => {
  it('is the first in order whose price it and the later ones cover', async () => {
    const { taken } = await ticketWith({
      dear: { units: 150n, prices: { email: perReply(500) } },
      fair: { units: 150n, prices: { email: perReply(200) } },
      rest: { units: 100n, prices: { email: perReply(300) } },
    })
    expect(await taken()).toEqual([
      ['fair', 150],
      ['rest', 50],
    ])
  })

  it('is the first although a later one is cheaper', async () => {
    const { taken } = await ticketWith({
      dear: { units: 150n, prices: { email: perReply(200) } },
      cheap: { units: 100n, prices: { email: perReply(10) } },
    })
    expect(await taken()).toEqual([
      ['dear', 150],
      ['cheap', 50],
    ])
  })

  it('asks what the first would have cost when none can be covered', async () => {
    const { ticketId } = await ticketWith({
      one: { units: 150n, prices: { email: perReply(500) } },
      two: { units: 150n, prices: { email: perReply(400) } },
    })
    await expect(world.reply(ticketId)).rejects.toMatchObject({
      refusal: { code: 'insufficient_credits', requiredUnits: 500n, availableUnits: 300n },
    })
  })

  it('takes a text by its segments', async () => {
    const { taken } = await ticketWith({
      a: { units: 1000n, prices: { sms: { per: 'segment', units: 60 } } },
    })
    expect(await taken({ channel: 'sms', body: 'short' })).toEqual([['a', 60]])
    expect(await taken({ channel: 'sms', body: 'x'.repeat(161) })).toEqual([['a', 120]])
    expect(await taken({ channel: 'sms', body: `${'x'.repeat(70)}ž` })).toEqual([['a', 120]])
  })

  it('touches no grant for a free answer, also when everything is spent', async () => {
    const prices = { portal: perReply(0), email: perReply(100) }
    const { taken, ticketId, customerId } = await ticketWith({ a: { units: 100n, prices } })
    expect(await taken({ channel: 'portal' })).toEqual([])
    expect(await taken()).toEqual([['a', 100]])
    expect(await taken({ channel: 'portal' })).toEqual([])
    expect(await world.entries(customerId)).toHaveLength(2)
    await expect(world.reply(ticketId)).rejects.toMatchObject({ refusal: { code: 'insufficient_credits' } })
  })

  it('a free answer ends with the validity of what promised it', async () => {
    const grant = { units: 100n, prices: { portal: perReply(0) }, expiresAt: world.day(1) }
    const { ticketId } = await ticketWith({ a: grant })
    world.goTo(world.day(2))
    await expect(world.reply(ticketId, { channel: 'portal' })).rejects.toMatchObject({
      refusal: { code: 'insufficient_credits' },
    })
    world.goTo(world.day(0))
  })
})

describe('rule 6: channels', () => {
  it('a grant for e-mail admits the portal, and not the other way round', async () => {
    const mail = await ticketWith({ mail: { units: 200n, channels: ['email'] } })
    expect(await mail.taken({ channel: 'portal' })).toEqual([['mail', 100]])
    const portal = await ticketWith({ portal: { units: 200n, channels: ['portal'] } })
    await expect(portal.taken()).rejects.toMatchObject({ refusal: { code: 'channel_not_covered' } })
  })

  it('only grants that admit the channel pay', async () => {
    const { taken } = await ticketWith({
      texts: { units: 500n, channels: ['sms'], expiresAt: world.day(1) },
      mails: { units: 100n, channels: ['email'] },
    })
    expect(await taken()).toEqual([['mails', 100]])
  })

  it('says that the channel is not covered only when there are credits for others', async () => {
    const { ticketId, taken } = await ticketWith({ mails: { units: 100n, channels: ['email'] } })
    const text = () => world.reply(ticketId, { channel: 'sms' })
    await expect(text()).rejects.toMatchObject({
      refusal: { code: 'channel_not_covered', channel: 'sms', availableUnits: 100n },
    })
    await taken()
    await expect(text()).rejects.toMatchObject({
      refusal: { code: 'insufficient_credits', requiredUnits: 100n, availableUnits: 0n },
    })
  })
})
