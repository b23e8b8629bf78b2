import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openSession } from '../../src/domain/sessions/open-session.ts'
import { addNote } from '../../src/domain/tickets/add-note.ts'
import { getTicket } from '../../src/domain/tickets/get-ticket.ts'
import { portalUrl } from '../../src/domain/tickets/render-outgoing.ts'
import { replyToTicket } from '../../src/domain/tickets/reply-to-ticket.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from './open-app.ts'
import { hiddenFields, readText, signInAs, type Visitor, visitor } from './visit.ts'

let test: TestApp
let shop: TestShop
let customer: Visitor

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
  customer = visitor(test.app)
})
afterAll(() => test.close())

const read = (ticketId: string) => getTicket(test.deps, { shopId: shop.shopId, ticketId: BigInt(ticketId) })

async function linkTo(ticketId: string): Promise<string> {
  const view = await read(ticketId)
  const url = portalUrl(test.deps, {
    shopId: shop.shopId,
    ticketId: view.id,
    customerId: view.customer.id,
    linkVersion: view.linkVersion,
  })
  return new URL(url).pathname
}

const agent = { name: 'Maja Kovač', actor: 'agent:1' }
const answer = (ticketId: string, body: string) =>
  replyToTicket(test.deps, {
    shopId: shop.shopId,
    ticketId: BigInt(ticketId),
    channel: 'portal',
    body,
    idempotencyKey: `key-${ticketId}-${body}`,
    agent,
  })

describe('the portal', () => {
  it('shows what is left, what it went for and the talk, but no notes', async () => {
    const { ticketId } = await seedTicket(test.app, test.deps, shop, { credits: 10 })
    await answer(ticketId, 'Please restart it.')
    await addNote(test.deps, {
      shopId: shop.shopId,
      ticketId: BigInt(ticketId),
      body: 'Difficult customer',
      agent,
    })
    const page = await customer.get(await linkTo(ticketId)).expect(200)
    const text = readText(page)
    expect(text).toContain('9 of 10 credits left')
    expect(text).toContain('Answer of Maja Kovač in the portal')
    expect(text).toContain('A gift from us +10')
    expect(text).toContain('Please restart it.')
    expect(text).not.toContain('Difficult customer')
    expect(page.headers['cache-control']).toBe('no-store')
    expect(page.headers['x-robots-tag']).toContain('noindex')
  })

  it('opens for nobody with a link that we did not make or that was revoked', async () => {
    const { ticketId } = await seedTicket(test.app, test.deps, shop)
    const link = await linkTo(ticketId)
    await customer.get('/portal/abc').expect(404)
    await customer.get(`${link.slice(0, -1)}${link.endsWith('a') ? 'b' : 'a'}`).expect(404)
    await test.deps.db.prisma.ticket.updateMany({ where: { id: BigInt(ticketId) }, data: { linkVersion: 2 } })
    await customer.get(link).expect(404)
  })

  it('proves the address that the link went to', async () => {
    const { ticketId } = await seedTicket(test.app, test.deps, shop, { email: 'proof@example.com' })
    await customer.get(await linkTo(ticketId)).expect(200)
    const contact = await test.deps.db.prisma.contact.findFirstOrThrow({
      where: { value: 'proof@example.com' },
    })
    expect(contact.verifiedAt).toBeInstanceOf(Date)
  })

  it('takes in a message once, for nothing, and reopens the ticket', async () => {
    const { ticketId } = await seedTicket(test.app, test.deps, shop, { credits: 2 })
    await answer(ticketId, 'Done?')
    const link = await linkTo(ticketId)
    const page = await customer.get(link)
    const send = () => customer.submit(page, `${link}/replies`, { body: 'Not yet.\r\nLook.' })
    const first = await send().expect(303)
    await send().expect(303)
    expect(first.headers.location).toBe(`${link}?received=1#reply`)
    expect(readText(await customer.get(`${link}?received=1`))).toContain('your message is with us')
    const view = await read(ticketId)
    expect(view.messages.filter((message) => message.body === 'Not yet.\nLook.')).toHaveLength(1)
    expect(view.status).toBe('open')
    expect(view.balance.available).toBe(100n)
  })

  it('keeps what was typed when it cannot be taken in', async () => {
    const { ticketId } = await seedTicket(test.app, test.deps, shop)
    const link = await linkTo(ticketId)
    const page = await customer.get(link)
    const empty = await customer.submit(page, `${link}/replies`, { body: '  ' }).expect(422)
    expect(readText(empty)).toContain('There is no text and no file yet')
    const long = await customer.submit(page, `${link}/replies`, { body: 'x'.repeat(100_001) }).expect(422)
    expect(long.text).toContain('x'.repeat(100_001))
    const stale = await customer.post(`${link}/replies`, { body: 'Hello', csrf: 'no' }).expect(403)
    expect(readText(stale)).toContain('Your text is still here')
    await customer
      .submit(page, `${link}/replies`, { body: 'Hello' })
      .set({ Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' })
      .expect(403)
    expect((await read(ticketId)).messages).toHaveLength(1)
  })

  it('tells agents what time it is where the customer is, once the browser said so', async () => {
    const { ticketId, customerId } = await seedTicket(test.app, test.deps, shop, { email: 'far@example.com' })
    const maja = await signInAs(test.app, test.deps, shop.shopId, 'agent')
    const link = await linkTo(ticketId)
    const page = await customer.get(link)
    const attribute = (name: string, text = page.text) =>
      new RegExp(`<main[^>]* ${name}="([^"]*)"`).exec(text)?.[1]
    const tell = (timeZone: string, csrf = attribute('data-csrf') ?? '') =>
      customer.post(attribute('data-clock-action') ?? '', { timeZone, csrf })
    const there = async () =>
      /(\d\d:\d\d) there \(([^)]*)\)/.exec(readText(await maja.get(`/desk/tickets/${ticketId}`)))
    expect(await there()).toBeNull()
    await tell('Asia/Kathmandu', 'no').expect(403)
    await tell('Nowhere/At_All').expect(204)
    expect(await there()).toBeNull()
    await tell('Asia/Kathmandu').expect(204)
    const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'Asia/Kathmandu' })
    const [, time, ahead] = (await there()) ?? []
    expect(time).toBe(clock.format(test.deps.clock.now()))
    expect(ahead).toMatch(/^[\d.]+ hours ahead$/)
    expect(attribute('data-clock-known', (await customer.get(link)).text)).toBe('Asia/Kathmandu')
    // The order's country is surer, where it has one clock.
    await test.deps.db.prisma.customer.updateMany({
      where: { id: BigInt(customerId) },
      data: { country: 'JP' },
    })
    expect((await there())?.[1]).toBe(
      new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'Asia/Tokyo' }).format(
        test.deps.clock.now(),
      ),
    )
  })

  it("opens the customer's other tickets with the same link, and nobody else's", async () => {
    const email = 'two@example.com'
    const { ticketId } = await seedTicket(test.app, test.deps, shop, { email })
    const other = await seedTicket(test.app, test.deps, shop, { email })
    const foreign = await seedTicket(test.app, test.deps, shop)
    const link = await linkTo(ticketId)
    expect((await customer.get(link)).text).toContain(`${link}?ticket=${other.ticketId}`)
    const path = `${link}/replies?ticket=${other.ticketId}`
    const page = await customer.get(`${link}?ticket=${other.ticketId}`).expect(200)
    await customer.submit(page, path, { body: 'About the other one' }).expect(303)
    expect((await read(other.ticketId)).messages.at(-1)?.body).toBe('About the other one')
    await customer.get(`${link}?ticket=${foreign.ticketId}`).expect(404)
    const { csrf = '' } = hiddenFields(page.text, path)
    await customer.post(`${link}/replies?ticket=${foreign.ticketId}`, { body: 'Hello', csrf }).expect(404)
    expect((await read(foreign.ticketId)).messages).toHaveLength(1)
  })
})

describe('a room', () => {
  async function room() {
    const { ticketId } = await seedTicket(test.app, test.deps, shop, { credits: 2 })
    const opened = await openSession(test.deps, {
      shopId: shop.shopId,
      ticketId: BigInt(ticketId),
      kind: 'video',
      agent,
      actor: agent.actor,
    })
    return {
      ticketId,
      agentPath: new URL(opened.agentUrl).pathname,
      customerPath: new URL(opened.customerUrl).pathname,
      customerSocket: opened.customerSocket,
    }
  }

  it('is offered on the portal and shows each side who is awaited', async () => {
    const { ticketId, agentPath, customerPath, customerSocket } = await room()
    const portal = await customer.get(await linkTo(ticketId))
    expect(readText(portal)).toContain('Maja Kovač is waiting for you in a video session')
    expect(portal.text).toContain(`href="${customerPath}"`)
    const page = await customer.get(customerPath).expect(200)
    expect(readText(page)).toContain('Waiting for Maja Kovač')
    expect(page.text).toContain(`data-socket="${customerSocket}"`)
    expect(page.text).not.toContain(`${customerPath}/end`)
    expect(readText(await customer.get(agentPath).expect(200))).toContain('Waiting for Mojca Novak')
    await customer.get('/session/abc').expect(404)
  })

  it('is ended by the agent, not by the customer', async () => {
    const { ticketId, agentPath, customerPath } = await room()
    const page = await customer.get(agentPath)
    await customer.submit(page, `${agentPath}/end`, { csrf: 'wrong' }).expect(403)
    await customer.post(`${customerPath}/end`, {}).expect(403)
    await customer.submit(page, `${agentPath}/end`, {}).expect(303)
    expect(readText(await customer.get(agentPath))).toContain('You did not meet')
    expect((await read(ticketId)).balance).toMatchObject({ available: 200n, held: 0n })
    const maja = await signInAs(test.app, test.deps, shop.shopId)
    expect(readText(await maja.get(`/desk/tickets/${ticketId}`))).toContain('nothing charged')
  })
})
