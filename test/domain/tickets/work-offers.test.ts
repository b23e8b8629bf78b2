import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Refusal } from '../../../src/domain/refusal.ts'
import { offerToken, readOfferToken, readPortalToken } from '../../../src/domain/secrets/links.ts'
import { askForWork } from '../../../src/domain/tickets/ask-for-work.ts'
import { answerWorkOffer, withdrawWorkOffer } from '../../../src/domain/tickets/close-work-offer.ts'
import { findOfferPage } from '../../../src/domain/tickets/find-offer-page.ts'
import { getTicket } from '../../../src/domain/tickets/get-ticket.ts'
import { logWork, type WorkInput } from '../../../src/domain/tickets/log-work.ts'
import { quoteWork } from '../../../src/domain/tickets/quote-work.ts'
import { listWorkOffers } from '../../../src/domain/tickets/work-offers.ts'
import { makeWorld, type World } from '../../support/world.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())

const agent = { name: 'Maja', actor: 'agent:1' }
let serial = 0

function ask(ticketId: bigint, input: { minutes?: number; idempotencyKey?: string; shopId?: bigint } = {}) {
  serial += 1
  return askForWork(world.deps, {
    shopId: world.shopId,
    ticketId,
    minutes: 20,
    body: 'Move the shop to PHP 8.4.',
    idempotencyKey: `ask-${serial}`,
    agent,
    ...input,
  })
}

function log(ticketId: bigint, input: Partial<WorkInput> = {}) {
  serial += 1
  return logWork(world.deps, {
    shopId: world.shopId,
    ticketId,
    minutes: 20,
    body: 'Moved it.',
    idempotencyKey: `work-${serial}`,
    agent,
    ...input,
  })
}

const answer = (offerId: bigint, agreed = true, shopId = world.shopId) =>
  answerWorkOffer(world.deps, { shopId, offerId, agreed, customer: { id: 7n, name: 'Ana' } })

async function refusalOf(work: Promise<unknown>): Promise<Refusal> {
  const error = await work.then(
    () => undefined,
    (reason: { refusal: Refusal }) => reason,
  )
  if (!error) throw new Error('it was not refused')
  return error.refusal
}

/** A ticket whose customer pays for work at so many units for each 5 minutes. */
async function pricedTicket(units: number, first = 10_000n) {
  const customerId = await world.customer()
  const ticketId = await world.ticket(customerId)
  const prices = { work: { per: 'minutes' as const, units, step: 5, freeSeconds: 0 } }
  const grantId = await world.grant(customerId, { units: first, prices, expiresAt: world.day(300) })
  return { customerId, ticketId, grantId }
}

/** From now on work is paid by another grant at this price. */
const raisePrice = (customerId: bigint, units: number) =>
  world.grant(customerId, {
    units: 10_000n,
    expiresAt: world.day(30),
    prices: { work: { per: 'minutes', units, step: 5, freeSeconds: 0 } },
  })

describe('asking before work is done', () => {
  it('rule 7: asks for what the quote says, moves no credits and queues one free mail', async () => {
    const { ticketId, customerId } = await pricedTicket(100)
    const quote = await quoteWork(world.deps, { shopId: world.shopId, ticketId, minutes: 20 })
    const offer = await ask(ticketId)
    expect(offer.units).toBe(quote.units)
    expect((await world.account(customerId)).available).toBe(10_000n)
    expect(await world.ticketOf(ticketId)).toMatchObject({ status: 'waiting', workMinutes: 0 })
    const mails = await world.db.prisma.message.findMany({ where: { ticketId } })
    expect(mails).toMatchObject([
      { template: 'work-offer', units: 0n, state: 'queued', data: { offerId: String(offer.offerId) } },
    ])
    expect(await world.events(ticketId)).toMatchObject([
      { kind: 'work_asked', data: { minutes: 20, units: 400, agentName: 'Maja' } },
    ])
  })

  it('rule 4: asks once for the same key, and refuses the key for another question', async () => {
    const { ticketId } = await pricedTicket(100)
    const idempotencyKey = 'ask-once'
    const all = await Promise.all(Array.from({ length: 4 }, () => ask(ticketId, { idempotencyKey })))
    expect(new Set(all.map(({ offerId }) => offerId)).size).toBe(1)
    expect(await refusalOf(ask(ticketId, { idempotencyKey, minutes: 25 }))).toEqual({
      code: 'idempotency_conflict',
    })
    expect(await listWorkOffers(world.deps, { shopId: world.shopId, ticketId })).toHaveLength(1)
  })

  it('asks also a customer with too few credits, at the price that will hold', async () => {
    const { ticketId } = await pricedTicket(150, 100n)
    expect((await ask(ticketId)).units).toBe(600n)
    const poor = await world.ticket(await world.customer())
    expect((await ask(poor)).units).toBe(400n)
  })

  it('is refused where no package covers work, with wrong minutes and on a ticket of another shop', async () => {
    const customerId = await world.customer()
    const ticketId = await world.ticket(customerId)
    await world.grant(customerId, { units: 1000n, channels: ['email'] })
    expect(await refusalOf(ask(ticketId))).toMatchObject({ code: 'channel_not_covered' })
    expect(await refusalOf(ask(ticketId, { minutes: 0 }))).toMatchObject({ fields: [{ field: 'minutes' }] })
    const shopId = await world.addShop()
    expect(await refusalOf(ask(ticketId, { shopId }))).toEqual({ code: 'not_found', what: 'ticket' })
    expect(await listWorkOffers(world.deps, { shopId: world.shopId, ticketId })).toEqual([])
  })
})

describe("the customer's word", () => {
  it.each([
    [true, 'agreed', 'work_agreed'],
    [false, 'declined', 'work_declined'],
  ])(
    'is kept with who and when, and stands in the conversation (agreed: %p)',
    async (agreed, state, kind) => {
      const { ticketId } = await pricedTicket(100)
      const { offerId } = await ask(ticketId)
      world.goTo(world.day(1))
      const kept = { state, answeredBy: 'customer:7', answeredAt: world.day(1) }
      expect(await answer(offerId, agreed)).toMatchObject(kept)
      expect((await world.events(ticketId)).at(-1)).toMatchObject({ kind, data: { by: 'Ana', units: 400 } })
      expect((await world.ticketOf(ticketId)).status).toBe('open')
      world.goTo(world.day(2))
      expect(await answer(offerId, !agreed)).toMatchObject(kept)
      expect(await world.events(ticketId)).toHaveLength(2)
      world.goTo(world.day(0))
    },
  )

  it('is taken once when both buttons are pressed at the same moment', async () => {
    const { ticketId } = await pricedTicket(100)
    const { offerId } = await ask(ticketId)
    const said = await Promise.all([true, false, true, false].map((agreed) => answer(offerId, agreed)))
    expect(new Set(said.map(({ state }) => state)).size).toBe(1)
    expect(await world.events(ticketId)).toHaveLength(2)
  })

  it('is not taken for an offer of another shop', async () => {
    const { ticketId } = await pricedTicket(100)
    const { offerId } = await ask(ticketId)
    const other = await world.addShop()
    expect(await refusalOf(answer(offerId, true, other))).toEqual({ code: 'not_found', what: 'offer' })
    expect(await listWorkOffers(world.deps, { shopId: world.shopId, ticketId })).toMatchObject([
      { state: 'open' },
    ])
  })

  it('comes too late for an offer that was withdrawn, and a withdrawal too late for an answered one', async () => {
    const { ticketId } = await pricedTicket(100)
    const withdraw = (offerId: bigint, of = ticketId) =>
      withdrawWorkOffer(world.deps, { shopId: world.shopId, ticketId: of, offerId, agent })
    const first = await ask(ticketId)
    expect(await refusalOf(withdraw(first.offerId, 999_999n))).toEqual({ code: 'not_found', what: 'offer' })
    expect(await withdraw(first.offerId)).toMatchObject({ state: 'withdrawn', answeredBy: 'agent:1' })
    expect(await answer(first.offerId)).toMatchObject({ state: 'withdrawn' })
    expect((await world.ticketOf(ticketId)).status).toBe('waiting')
    const second = await ask(ticketId)
    await answer(second.offerId)
    expect(await refusalOf(withdraw(second.offerId))).toEqual({ code: 'offer_not_open', state: 'agreed' })
  })
})

describe('work under an agreed offer', () => {
  it.each([
    ['the agreed price holds when it rose', 300, 20, 400n],
    ['a lower price is taken', 50, 20, 200n],
    ['fewer minutes cost less', 100, 10, 200n],
    ['fewer minutes cost less at the agreed price', 300, 10, 200n],
    ['more minutes cost no more than agreed', 100, 60, 400n],
  ])('%s', async (_, priceNow, minutes, charged) => {
    const { ticketId, customerId } = await pricedTicket(100)
    const { offerId } = await ask(ticketId)
    await answer(offerId)
    await raisePrice(customerId, priceNow)
    const { shopId } = world
    const quote = await quoteWork(world.deps, { shopId, ticketId, minutes, offerId })
    const done = await log(ticketId, { offerId, minutes })
    expect([quote.units, done.charge.units]).toEqual([charged, charged])
    expect((await listWorkOffers(world.deps, { shopId, ticketId }))[0]?.state).toBe('used')
  })

  it('is charged under it once; the next work names it in vain and writes nothing', async () => {
    const { ticketId, customerId } = await pricedTicket(100)
    const { offerId } = await ask(ticketId)
    await answer(offerId)
    await log(ticketId, { offerId })
    const left = (await world.account(customerId)).available
    expect(await refusalOf(log(ticketId, { offerId }))).toEqual({ code: 'offer_not_agreed', state: 'used' })
    expect((await world.account(customerId)).available).toBe(left)
    expect((await world.ticketOf(ticketId)).workMinutes).toBe(20)
    const view = await getTicket(world.deps, { shopId: world.shopId, ticketId })
    expect(view.offers).toEqual([])
  })

  it.each(['open', 'declined'] as const)('is refused under an offer that is %s', async (state) => {
    const { ticketId, customerId } = await pricedTicket(100)
    const { offerId } = await ask(ticketId)
    if (state === 'declined') await answer(offerId, false)
    expect(await refusalOf(log(ticketId, { offerId }))).toEqual({ code: 'offer_not_agreed', state })
    expect((await world.account(customerId)).available).toBe(10_000n)
  })

  it("is refused under another ticket's offer", async () => {
    const one = await pricedTicket(100)
    const other = await pricedTicket(100)
    const { offerId } = await ask(one.ticketId)
    await answer(offerId)
    expect(await refusalOf(log(other.ticketId, { offerId }))).toEqual({ code: 'not_found', what: 'offer' })
  })

  it('needs the credits all the same, and then says the agreed price', async () => {
    const { ticketId, customerId } = await pricedTicket(100, 100n)
    const { offerId } = await ask(ticketId)
    await answer(offerId)
    expect(await refusalOf(log(ticketId, { offerId }))).toEqual({
      code: 'insufficient_credits',
      requiredUnits: 400n,
      availableUnits: 100n,
    })
    await raisePrice(customerId, 1000)
    expect((await log(ticketId, { offerId })).charge.units).toBe(400n)
  })
})

describe('the link to an offer', () => {
  it('opens that offer alone, until the links of its ticket are revoked', async () => {
    const { ticketId } = await pricedTicket(100)
    const { offerId } = await ask(ticketId)
    const { keyring } = world.deps
    const token = offerToken(keyring, { shopId: world.shopId, offerId, version: 1 })
    const link = readOfferToken(keyring, token)
    if (!link) throw new Error('our own token was not read')
    expect(await findOfferPage(world.deps, link)).toMatchObject({ ticketId, offer: { id: offerId } })
    expect(await findOfferPage(world.deps, { ...link, shopId: await world.addShop() })).toBeUndefined()
    expect(readPortalToken(keyring, token)).toBeUndefined()
    expect(readOfferToken(keyring, `${token.slice(0, -1)}${token.endsWith('a') ? 'b' : 'a'}`)).toBeUndefined()
    await world.db.prisma.ticket.updateMany({ where: { id: ticketId }, data: { linkVersion: 2 } })
    expect(await findOfferPage(world.deps, link)).toBeUndefined()
  })
})
