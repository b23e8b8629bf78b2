import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { Refused } from '../../../src/domain/refusal.ts'
import { getTicket } from '../../../src/domain/tickets/get-ticket.ts'
import { quoteTicket } from '../../../src/domain/tickets/quote-ticket.ts'
import { quoteWork } from '../../../src/domain/tickets/quote-work.ts'
import { makeWorld, type World } from '../../support/world.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())

const channels = ['email', 'sms', 'portal'] as const

const someGrant = fc.record({
  units: fc.integer({ min: 1, max: 400 }),
  email: fc.constantFrom(0, 50, 100, 130, 250),
  overdraft: fc.constantFrom(0, 0, 120),
  sms: fc.constantFrom(0, 30, 100),
  channels: fc.subarray([...channels], { minLength: 1 }),
})

/** A reply as the caller sees it: what it took, or why it was refused and what it would have taken. */
async function outcomeOf(work: ReturnType<World['reply']>) {
  try {
    const { charge, balance } = await work
    const payers = charge.entries.map(({ grantId, units, beyond }) => ({ grantId, units, beyond }))
    return { code: 'ok', units: charge.units, leaves: balance.available, payers }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const { refusal } = error
    return refusal.code === 'insufficient_credits'
      ? { code: refusal.code, units: refusal.requiredUnits }
      : { code: refusal.code }
  }
}

describe('rule 7: the price before the send', () => {
  it('is what the send then charges, and leaves what it said', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(someGrant, { maxLength: 4 }),
        fc.array(fc.tuple(fc.constantFrom(...channels), fc.integer({ min: 1, max: 400 })), {
          minLength: 1,
          maxLength: 5,
        }),
        async (grants, replies) => {
          const customerId = await world.customer()
          const ticketId = await world.ticket(customerId, { phone: '+38640111222' })
          for (const grant of grants) {
            await world.grant(customerId, {
              units: BigInt(grant.units),
              overdraftLimit: BigInt(grant.overdraft),
              channels: grant.channels,
              prices: {
                email: { per: 'reply', units: grant.email },
                portal: { per: 'reply', units: grant.email },
                sms: { per: 'segment', units: grant.sms },
              },
            })
          }
          for (const [channel, length] of replies) {
            const body = 'x'.repeat(length)
            const quoted = await quoteTicket(world.deps, { shopId: world.shopId, ticketId, channel, body })
            const { payers, ...outcome } = await outcomeOf(world.reply(ticketId, { channel, body }))
            if (payers) {
              expect(quoted.payers.map(({ grantId, units, beyond }) => ({ grantId, units, beyond }))).toEqual(
                payers,
              )
            }
            expect(outcome).toEqual(
              quoted.code === 'channel_not_covered'
                ? { code: quoted.code }
                : {
                    code: quoted.code,
                    units: quoted.units,
                    ...(quoted.leaves === undefined ? {} : { leaves: quoted.leaves }),
                  },
            )
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  it('writes nothing', async () => {
    const { ticketId, customerId } = await world.ticketWith([1000n])
    await quoteTicket(world.deps, { shopId: world.shopId, ticketId, channel: 'email', body: 'x' })
    expect(await world.entries(customerId)).toHaveLength(1)
    expect((await world.account(customerId)).available).toBe(1000n)
  })

  it('counts out what expired although no entry says so yet', async () => {
    const customerId = await world.customer()
    const ticketId = await world.ticket(customerId)
    await world.grant(customerId, { units: 500n, expiresAt: world.day(1) })
    await world.grant(customerId, { units: 200n })
    world.goTo(world.day(2))
    const quote = await quoteTicket(world.deps, {
      shopId: world.shopId,
      ticketId,
      channel: 'email',
      body: 'x',
    })
    expect(quote.balance.available).toBe(200n)
    expect((await world.account(customerId)).available).toBe(700n)
    expect((await world.reply(ticketId)).balance.available).toBe(100n)
    expect((await world.account(customerId)).available).toBe(100n)
    world.goTo(world.day(0))
  })

  it('names the grants that would pay, in their order, with their part and their end', async () => {
    const customerId = await world.customer()
    const ticketId = await world.ticket(customerId)
    await world.grant(customerId, { units: 1000n, name: 'Support 10' })
    await world.grant(customerId, { units: 40n, name: 'Goodwill', expiresAt: world.day(9) })
    const { payers } = await quoteTicket(world.deps, {
      shopId: world.shopId,
      ticketId,
      channel: 'email',
      body: 'x',
    })
    expect(payers).toMatchObject([
      { name: 'Goodwill', units: 40n, beyond: 0n, until: world.day(9) },
      { name: 'Support 10', units: 60n, beyond: 0n },
    ])
  })

  it('for a metered channel is one started step, and in minutes what they come to', async () => {
    const { ticketId } = await world.ticketWith([1000n])
    const { shopId } = world
    const { quotes } = await getTicket(world.deps, { shopId, ticketId, quotes: ['video'] })
    expect(quotes?.video).toMatchObject({ code: 'ok', units: 100n, leaves: 900n, stepMinutes: 5 })
    const units = await Promise.all(
      [1, 5, 6, 15].map(
        async (minutes) => (await quoteWork(world.deps, { shopId, ticketId, minutes })).units,
      ),
    )
    expect(units).toEqual([100n, 100n, 200n, 300n])
  })

  it('of a price without free seconds is not free', async () => {
    const customerId = await world.customer()
    const ticketId = await world.ticket(customerId)
    await world.grant(customerId, {
      units: 1000n,
      prices: { work: { per: 'minutes', units: 100, step: 15 } },
    })
    const quote = await quoteWork(world.deps, { shopId: world.shopId, ticketId, minutes: 16 })
    expect(quote.units).toBe(200n)
  })
})
