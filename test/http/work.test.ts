import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Response } from 'supertest'
import { offerToken } from '../../src/domain/secrets/links.ts'
import { askForWork } from '../../src/domain/tickets/ask-for-work.ts'
import { getTicket } from '../../src/domain/tickets/get-ticket.ts'
import { logWork } from '../../src/domain/tickets/log-work.ts'
import { portalUrl } from '../../src/domain/tickets/render-outgoing.ts'
import { listWorkOffers } from '../../src/domain/tickets/work-offers.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from './open-app.ts'
import { hiddenFields, readText, signInAs, type Visitor, visitor } from './visit.ts'

let test: TestApp
let shop: TestShop
let maja: Visitor
let luka: Visitor
let customer: Visitor

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
  maja = await signInAs(test.app, test.deps, shop.shopId, 'supervisor')
  luka = await signInAs(test.app, test.deps, shop.shopId, 'agent')
  customer = visitor(test.app)
})
afterAll(() => test.close())

const agent = { name: 'Maja Kovač', actor: 'agent:1' }
const read = (ticketId: string) => getTicket(test.deps, { shopId: shop.shopId, ticketId: BigInt(ticketId) })
const offersOf = (ticketId: string) =>
  listWorkOffers(test.deps, { shopId: shop.shopId, ticketId: BigInt(ticketId) })

/** Sends the composer of a ticket's page by the button that posts to `path`. */
async function press(who: Visitor, ticketId: string, path: string, fields: Record<string, string>) {
  const base = `/desk/tickets/${ticketId}`
  const page = await who.get(base).expect(200)
  return who.post(`${base}/${path}`, {
    ...hiddenFields(page.text, `${base}/replies`),
    channel: 'work',
    minutes: '20',
    body: 'Moved the shop to PHP 8.4.',
    ...fields,
  })
}

async function asked(credits = 10) {
  const { ticketId } = await seedTicket(test.app, test.deps, shop, { credits })
  const { offerId } = await askForWork(test.deps, {
    shopId: shop.shopId,
    ticketId: BigInt(ticketId),
    minutes: 20,
    body: 'Move the shop to PHP 8.4.',
    idempotencyKey: `ask-${ticketId}`,
    agent,
  })
  const token = offerToken(test.deps.keyring, { shopId: shop.shopId, offerId, version: 1 })
  return { ticketId, offerId, path: `/offer/${token}` }
}

async function portalOf(ticketId: string): Promise<Response> {
  const view = await read(ticketId)
  const url = portalUrl(test.deps, {
    shopId: shop.shopId,
    ticketId: view.id,
    customerId: view.customer.id,
    linkVersion: view.linkVersion,
  })
  return customer.get(new URL(url).pathname).expect(200)
}

describe('the work tab of the composer', () => {
  it('rule 7: shows the price first, also live for the minutes, and charges what it said', async () => {
    const { ticketId } = await seedTicket(test.app, test.deps, shop, { credits: 10 })
    const page = await maja.get(`/desk/tickets/${ticketId}`).expect(200)
    expect(readText(page)).toContain('1 credit per started 5 min')
    const { csrf = '' } = hiddenFields(page.text, `/desk/tickets/${ticketId}/replies`)
    const quote = await maja
      .postJson(`/desk/tickets/${ticketId}/quote`, { channel: 'work', minutes: 20 }, csrf)
      .expect(200)
    expect(quote.body).toEqual({
      credits: 4,
      leaves: 6,
      segments: null,
      available: 10,
      code: 'ok',
      payers: 'from \u2068Test\u2069',
    })
    await maja.postJson(`/desk/tickets/${ticketId}/quote`, { channel: 'work', minutes: 0 }, csrf).expect(422)
    const done = await press(maja, ticketId, 'work', {})
    expect([done.status, done.headers.location]).toEqual([303, `/desk/tickets/${ticketId}#newest`])
    const after = readText(await maja.get(`/desk/tickets/${ticketId}`))
    expect(after).toContain('logged work · 20 min')
    expect(after).toContain('−4 credits')
    expect(after).toContain('6 of 10 credits left')
    expect(after).toContain('Automatic mail “What was done, and what it cost”')
  })

  it('rule 4: logs the same form once, also without the button of its own', async () => {
    const { ticketId } = await seedTicket(test.app, test.deps, shop, { credits: 10 })
    const fields = { idempotencyKey: `same-form-${ticketId}` }
    await press(maja, ticketId, 'work', fields)
    expect((await press(maja, ticketId, 'replies', fields)).status).toBe(303)
    expect(await read(ticketId)).toMatchObject({ balance: { available: 600n }, tally: { workMinutes: 20 } })
  })

  it.each(['', '0', '1441', '2.5', 'soon', '-3'])(
    'keeps the draft when the minutes are "%s"',
    async (minutes) => {
      const { ticketId } = await seedTicket(test.app, test.deps, shop, { credits: 10 })
      for (const path of ['work', 'work-offers']) {
        const refused = await press(maja, ticketId, path, { minutes, body: 'A long draft' })
        expect(refused.status).toBe(422)
        expect(readText(refused)).toContain('give the whole minutes of work')
        expect(refused.text).toContain('A long draft')
        expect(refused.text).toMatch(/value="work" checked/)
      }
      expect((await read(ticketId)).balance.available).toBe(1000n)
    },
  )

  it('says what it costs when the credits do not reach, and charges nothing', async () => {
    const { ticketId } = await seedTicket(test.app, test.deps, shop, { credits: 2 })
    const refused = await press(luka, ticketId, 'work', {})
    expect(refused.status).toBe(402)
    expect(readText(refused)).toContain('it costs 4 credits, 2 available')
    expect((await read(ticketId)).tally.workMinutes).toBe(0)
  })

  it('rule 9: is free with a reason, for those who may', async () => {
    const { ticketId } = await seedTicket(test.app, test.deps, shop, { credits: 10 })
    expect((await press(luka, ticketId, 'work', { waiveReason: 'our fault' })).status).toBe(403)
    expect((await press(maja, ticketId, 'work', { waiveReason: 'our fault' })).status).toBe(303)
    expect(readText(await maja.get(`/desk/tickets/${ticketId}`))).toContain('worth 4, waived')
    expect((await read(ticketId)).balance.available).toBe(1000n)
  })

  it('asks first, shows who was asked, takes it back, and works under an agreed offer', async () => {
    const { ticketId } = await seedTicket(test.app, test.deps, shop, { credits: 10 })
    const base = `/desk/tickets/${ticketId}`
    expect((await press(maja, ticketId, 'work-offers', {})).status).toBe(303)
    const page = await maja.get(base).expect(200)
    expect(readText(page)).toContain('asked first: 20 min of work for 4 credits')
    expect((await read(ticketId)).balance.available).toBe(1000n)
    const [first] = await offersOf(ticketId)
    const withdraw = `${base}/work-offers/${first?.id}/withdraw`
    const form = hiddenFields(page.text, withdraw)
    await maja.post(withdraw, {}).expect(403)
    await maja.post(withdraw, form).expect(303)
    await maja.post(withdraw, form).expect(303)
    expect((await offersOf(ticketId)).map(({ state }) => state)).toEqual(['withdrawn'])

    const { ticketId: other, path } = await asked()
    await customer.submit(await customer.get(path), path, { answer: 'agree' }).expect(303)
    const agreed = await maja.get(`/desk/tickets/${other}`).expect(200)
    const [offer] = await offersOf(other)
    expect(readText(agreed)).toContain('Mojca Novak agreed to 20 min of work for 4 credits')
    expect(agreed.text).toContain(`<option value="${offer?.id}"`)
    expect((await press(maja, other, 'work', { minutes: '60', offerId: String(offer?.id) })).status).toBe(303)
    expect((await read(other)).balance.available).toBe(600n)
    const twice = await press(maja, other, 'work', { offerId: String(offer?.id) })
    expect(twice.status).toBe(409)
    expect(readText(twice)).toContain('this offer is not open for work any more')
  })
})

describe("the customer's side", () => {
  it('shows logged work with minutes and cost, in the talk and among what credits went for', async () => {
    const { ticketId } = await seedTicket(test.app, test.deps, shop, { credits: 10 })
    await logWork(test.deps, {
      shopId: shop.shopId,
      ticketId: BigInt(ticketId),
      minutes: 20,
      body: 'Moved the shop to PHP 8.4.',
      idempotencyKey: `portal-${ticketId}`,
      agent,
    })
    const text = readText(await portalOf(ticketId))
    expect(text).toContain('Moved the shop to PHP 8.4.')
    expect(text).toContain('20 min of work, 4 credits')
    expect(text).toContain('Work of Maja Kovač −4 20 min · The printer is offline')
  })

  it('is asked in the portal too, and answers there', async () => {
    const { ticketId, path } = await asked()
    const portal = await portalOf(ticketId)
    expect(readText(portal)).toContain('20 min of work for 4 credits. It will not cost more')
    await customer.submit(portal, path, { answer: 'decline' }).expect(303)
    expect(readText(await portalOf(ticketId))).not.toContain('Do you agree?')
    expect(await offersOf(ticketId)).toMatchObject([{ state: 'declined' }])
  })

  it('agrees to nothing by opening the link, as mail scanners do', async () => {
    const { ticketId, path } = await asked()
    const page = await customer.get(path).expect(200)
    await customer.get(`${path}?answer=agree`).expect(200)
    expect(page.headers['cache-control']).toBe('no-store')
    expect(page.headers['x-robots-tag']).toContain('noindex')
    expect(readText(page)).toContain('You have 10 credits.')
    await customer.post(path, { answer: 'agree' }).expect(403)
    expect(await offersOf(ticketId)).toMatchObject([{ state: 'open' }])
  })

  it('agrees with one click, once; later clicks show what was answered', async () => {
    const { ticketId, path } = await asked()
    const page = await customer.get(path)
    await customer.submit(page, path, { answer: 'maybe' }).expect(422)
    const done = await customer.submit(page, path, { answer: 'agree' }).expect(303)
    expect(done.headers.location).toBe(path)
    expect(readText(await customer.get(path))).toContain('You agreed on')
    await customer.submit(page, path, { answer: 'decline' }).expect(303)
    const after = await customer.get(path).expect(200)
    expect(readText(after)).toContain('You agreed on')
    expect(after.text).not.toContain('<form')
    const [offer] = await offersOf(ticketId)
    const { customer: owner } = await read(ticketId)
    expect(offer).toMatchObject({ state: 'agreed', answeredBy: `customer:${owner.id}` })
    expect((await read(ticketId)).balance.available).toBe(1000n)
  })

  it('finds nothing under a link that is forged, revoked or of another kind', async () => {
    const { ticketId, offerId, path } = await asked()
    const page = await customer.get(path)
    const forged = `${path.slice(0, -1)}${path.endsWith('a') ? 'b' : 'a'}`
    await customer.get(forged).expect(404)
    await customer.get('/offer/abc').expect(404)
    const other = await seedShop(test.deps, 'Other shop')
    const foreign = offerToken(test.deps.keyring, { shopId: other.shopId, offerId, version: 1 })
    await customer.get(`/offer/${foreign}`).expect(404)
    await test.deps.db.prisma.ticket.updateMany({ where: { id: BigInt(ticketId) }, data: { linkVersion: 2 } })
    await customer.get(path).expect(404)
    await customer.submit(page, path, { answer: 'agree' }).expect(404)
    expect(await offersOf(ticketId)).toMatchObject([{ state: 'open' }])
  })
})
