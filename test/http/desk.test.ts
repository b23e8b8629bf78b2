import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { claimOutgoing } from '../../src/domain/tickets/load-outgoing.ts'
import { receiveMessage } from '../../src/domain/tickets/receive-message.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from './open-app.ts'
import { hiddenFields, readText, signInAs, type Visitor, visitor } from './visit.ts'

let test: TestApp
let shop: TestShop
let maja: Visitor & { agentId: string }
let luka: Visitor

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
  maja = await signInAs(test.app, test.deps, shop.shopId, 'supervisor')
  luka = await signInAs(test.app, test.deps, shop.shopId, 'agent')
})
afterAll(() => test.close())

const ticket = (options: Parameters<typeof seedTicket>[3] = {}) =>
  seedTicket(test.app, test.deps, shop, { phone: '+38640111222', ...options })

async function credits(customerId: string): Promise<number> {
  const account = await test.deps.db.prisma.account.findFirstOrThrow({
    where: { customerId: BigInt(customerId) },
  })
  return Number(account.available) / 100
}

const messagesOf = (ticketId: string) =>
  test.deps.db.prisma.message.findMany({ where: { ticketId: BigInt(ticketId) }, orderBy: { id: 'asc' } })

describe('the desk without a login', () => {
  it('leads a browser to the sign-in page and refuses a form', async () => {
    const stranger = visitor(test.app)
    const list = await stranger.get('/desk').expect(303)
    expect(list.headers.location).toBe('/login')
    await stranger.post('/desk/tickets/1/replies', { channel: 'email', body: 'Hello' }).expect(401)
  })
})

describe('the list', () => {
  it('shows unanswered tickets first, with balance and counts, and keeps caches away', async () => {
    await ticket({ credits: 7 })
    const page = await maja.get('/desk').expect(200)
    expect(readText(page)).toContain('Mojca Novak')
    expect(readText(page)).toContain('7 left')
    expect(page.headers['cache-control']).toBe('no-store')
    expect(page.headers['x-robots-tag']).toContain('noindex')
    expect(page.headers['content-security-policy']).toContain("script-src 'self'")
  })

  it('shows only the view that was asked for, and says when it is empty', async () => {
    const page = await maja.get('/desk?view=closed').expect(200)
    expect(readText(page)).toContain('Nothing is closed yet')
  })

  it('finds a ticket in whatever view it stands, and leads to older ones by a cursor', async () => {
    const email = 'needle@example.com'
    const { ticketId } = await ticket({ email })
    const found = await maja.get('/desk?view=closed&q=needle').expect(200)
    expect(found.text).toContain(`/desk/tickets/${ticketId}#newest`)
    for (let n = 0; n < 51; n += 1) await ticket()
    const first = await maja.get('/desk?view=all').expect(200)
    const older = /href="(\/desk\?[^"]*cursor=[^"]*)"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const second = await maja.get(older).expect(200)
    expect(second.text).toContain(`/desk/tickets/${ticketId}#newest`)
    expect(first.text).not.toContain(`/desk/tickets/${ticketId}#newest`)
  })

  it("never shows another shop's tickets", async () => {
    const other = await seedShop(test.deps, 'Other shop')
    const { ticketId } = await seedTicket(test.app, test.deps, other, { email: 'foreign@example.com' })
    expect(readText(await maja.get('/desk?view=all&q=foreign'))).toContain('Nothing found')
    await maja.get(`/desk/tickets/${ticketId}`).expect(404)
  })

  it('takes two statements, the login included', async () => {
    test.statements()
    await maja.get('/desk').expect(200)
    expect(test.statements()).toHaveLength(2)
  })
})

describe('the ticket page', () => {
  it('shows conversation, balance, grant and the price of each channel', async () => {
    const { ticketId } = await ticket({ credits: 10 })
    const text = readText(await maja.get(`/desk/tickets/${ticketId}`).expect(200))
    expect(text).toContain('Since this morning nothing prints.')
    expect(text).toContain('10 of 10 credits left')
    expect(text).toContain('costs 1 · leaves 9')
    expect(text).toContain('1 credit for each started 5 minutes together')
    expect(text).toContain('+38640111222')
  })

  it('takes four statements for one message and for a thousand', async () => {
    const { ticketId } = await ticket({ credits: 10 })
    test.statements()
    await maja.get(`/desk/tickets/${ticketId}`).expect(200)
    const short = test.statements()
    await test.deps.db.query(
      'thousand-messages',
      `insert into message (shop_id, ticket_id, direction, channel, author_kind, author_name, body, state, created_at)
       select $1, $2, 'inbound', 'email', 'customer', 'Mojca', 'Line ' || n, 'received', now() from generate_series(1, 1000) n`,
      [shop.shopId, BigInt(ticketId)],
    )
    test.statements()
    const long = await maja.get(`/desk/tickets/${ticketId}`).expect(200)
    expect(test.statements()).toEqual(short)
    expect(short).toHaveLength(4)
    const older = /href="(\/desk\/tickets\/[^"]*before=[^"#]*)/.exec(long.text)?.[1] ?? ''
    const page = await maja.get(older).expect(200)
    expect(readText(page)).toContain('Line 700')
    expect(readText(page)).not.toContain('Line 701')
    const seen = hiddenFields(page.text, `/desk/tickets/${ticketId}/replies`).lastSeenMessageId
    expect(seen).toBe(hiddenFields(long.text, `/desk/tickets/${ticketId}/replies`).lastSeenMessageId)
  })

  it('says in words what cannot be sent, and why', async () => {
    const { ticketId } = await seedTicket(test.app, test.deps, shop)
    const text = readText(await maja.get(`/desk/tickets/${ticketId}`).expect(200))
    expect(text).toContain('costs 1, 0 available')
    expect(text).toContain('This customer has no phone number')
  })

  it('skips events and reviews that it does not understand', async () => {
    const { ticketId } = await ticket()
    const at = new Date()
    await test.deps.db.prisma.ticketEvent.createMany({
      data: [
        { kind: 'made_up', data: { any: 'thing' } },
        { kind: 'grant', data: { nothing: true } },
        { kind: 'revoke', data: { units: 300, orderNumber: '59', reason: 'refund' } },
      ].map((event) => ({ shopId: shop.shopId, ticketId: BigInt(ticketId), at, ...event })),
    })
    await test.deps.db.prisma.review.createMany({
      data: [
        { kind: 'made_up', data: {} },
        {
          kind: 'amount_refund',
          data: { orderNumber: '59', refunded: '20.00', currency: 'EUR', proposedUnits: 200 },
        },
      ].map((review) => ({
        shopId: shop.shopId,
        ticketId: BigInt(ticketId),
        subjectKey: `${ticketId}:${review.kind}`,
        createdAt: at,
        ...review,
      })),
    })
    const text = readText(await maja.get(`/desk/tickets/${ticketId}`).expect(200))
    expect(text).toContain('Order 59 refunded · 3 credits taken back')
    expect(text).toContain(
      'Order 59: €20.00 was refunded without saying which items. Proposal: take back 2 credits.',
    )
  })

  it('is not found under an id that no ticket can have', async () => {
    await maja.get('/desk/tickets/abc').expect(404)
    await maja.get('/desk/tickets/99999999999999999999999').expect(404)
  })
})

describe('answering', () => {
  const replies = (ticketId: string) => `/desk/tickets/${ticketId}/replies`

  it('charges once, also when the same form is sent twice, and leads back to the ticket', async () => {
    const { ticketId, customerId } = await ticket({ credits: 3 })
    const page = await maja.get(`/desk/tickets/${ticketId}`)
    const send = () => maja.submit(page, replies(ticketId), { channel: 'email', body: 'Try\r\nagain.' })
    const answer = await send().expect(303)
    await send().expect(303)
    expect(answer.headers.location).toBe(`/desk/tickets/${ticketId}#newest`)
    expect(await credits(customerId)).toBe(2)
    const sent = (await messagesOf(ticketId)).filter((message) => message.direction === 'outbound')
    expect(sent.map((message) => message.body)).toEqual(['Try\nagain.'])
    expect(readText(await maja.get(`/desk/tickets/${ticketId}`))).toContain('−1 credit')
  })

  it('keeps the draft and charges nothing when the credits do not suffice', async () => {
    const { ticketId } = await ticket()
    const page = await maja.get(`/desk/tickets/${ticketId}`)
    const answer = await maja
      .submit(page, replies(ticketId), { channel: 'sms', body: 'A long & careful text' })
      .expect(402)
    expect(readText(answer)).toContain('Not sent: it costs 1 credit, 0 available.')
    expect(answer.text).toMatch(/<textarea[^>]*>A long &amp; careful text<\/textarea>/)
    expect(answer.text).toMatch(/value="sms"[^>]*checked|checked[^>]*value="sms"/)
  })

  it('stops a reply when something new came in, marks it, and lets the same form go afterwards', async () => {
    const { ticketId, customerId } = await ticket({ credits: 3 })
    const page = await maja.get(`/desk/tickets/${ticketId}`)
    await receiveMessage(test.deps, {
      shopId: shop.shopId,
      ticketId: BigInt(ticketId),
      channel: 'email',
      body: 'It works now!',
      authorName: 'Mojca Novak',
    })
    const stopped = await maja
      .submit(page, replies(ticketId), { channel: 'email', body: 'Restart it.' })
      .expect(409)
    const text = readText(stopped)
    expect(text).toContain('New since you opened this page')
    // The list beside it shows the newest message too.
    expect(text.indexOf('New since')).toBeLessThan(text.lastIndexOf('It works now!'))
    expect(text.indexOf('New since')).toBeGreaterThan(text.indexOf('Since this morning'))
    expect(text).toContain('Restart it.')
    expect(await credits(customerId)).toBe(3)
    await maja.submit(stopped, replies(ticketId), { channel: 'email', body: 'Good!' }).expect(303)
    expect(await credits(customerId)).toBe(2)
  })

  it('refuses an empty text, and the same key with another text, without losing the draft', async () => {
    const { ticketId } = await ticket({ credits: 3 })
    const page = await maja.get(`/desk/tickets/${ticketId}`)
    await maja.submit(page, replies(ticketId), { channel: 'email', body: ' ' }).expect(422)
    await maja.submit(page, replies(ticketId), { channel: 'email', body: 'One' }).expect(303)
    const other = await maja.submit(page, replies(ticketId), { channel: 'email', body: 'Two' }).expect(409)
    expect(readText(other)).toContain('already used for another text')
    await maja.submit(other, replies(ticketId), { channel: 'email', body: 'Two' }).expect(303)
  })

  it('refuses a form without its token; from our own page with the draft, from elsewhere without', async () => {
    const { ticketId, customerId } = await ticket({ credits: 3 })
    const fields = { channel: 'email', body: 'A text of an hour', csrf: 'stale' }
    const own = await maja.post(replies(ticketId), fields).expect(403)
    expect(readText(own)).toContain('the page was open too long')
    expect(readText(own)).toContain('A text of an hour')
    const page = await maja.get(`/desk/tickets/${ticketId}`)
    const foreign = await maja
      .submit(page, replies(ticketId), fields)
      .set('Origin', 'https://evil.example')
      .set('Sec-Fetch-Site', 'cross-site')
      .expect(403)
    expect(readText(foreign)).not.toContain('A text of an hour')
    expect(await credits(customerId)).toBe(3)
  })

  it('lets a supervisor waive with a reason, and not an agent', async () => {
    const { ticketId, customerId } = await ticket({ credits: 3 })
    const form = { channel: 'email', body: 'Our fault.', waiveReason: 'our bug' }
    const pageOfAgent = await luka.get(`/desk/tickets/${ticketId}`)
    expect(readText(pageOfAgent)).not.toContain('No charge')
    const refused = await luka.submit(pageOfAgent, replies(ticketId), form).expect(403)
    expect(readText(refused)).toContain('only a supervisor may send without charge')
    await maja.submit(await maja.get(`/desk/tickets/${ticketId}`), replies(ticketId), form).expect(303)
    expect(await credits(customerId)).toBe(3)
    expect(readText(await maja.get(`/desk/tickets/${ticketId}`))).toContain('worth 1, waived')
  })

  it('writes notes for nothing', async () => {
    const { ticketId, customerId } = await ticket({ credits: 1 })
    const page = await maja.get(`/desk/tickets/${ticketId}`)
    await maja.submit(page, replies(ticketId), { channel: 'note', body: 'Look at the log.' }).expect(303)
    expect(readText(await maja.get(`/desk/tickets/${ticketId}`))).toContain('note · only for agents')
    expect(await credits(customerId)).toBe(1)
  })

  it('quotes what a text would cost', async () => {
    const { ticketId } = await ticket({ credits: 3 })
    const path = `/desk/tickets/${ticketId}`
    const { csrf = '' } = hiddenFields((await maja.get(path)).text, `${path}/replies`)
    const text = { channel: 'sms', body: 'x'.repeat(200) }
    const ask = (token: string) => maja.postJson(`${path}/quote`, text, token)
    const quote = await ask(csrf).expect(200)
    expect(quote.body).toEqual({
      code: 'ok',
      credits: 1,
      leaves: 2,
      segments: 2,
      available: 3,
      payers: 'from \u2068Test\u2069',
    })
    await ask('wrong').expect(403)
  })
})

describe('the other forms of a ticket', () => {
  it('opens a video session once, and a second click leads into the same room', async () => {
    const { ticketId, customerId } = await ticket({ credits: 3 })
    const path = `/desk/tickets/${ticketId}`
    const page = await maja.get(path)
    const { csrf = '' } = hiddenFields(page.text, `${path}/replies`)
    const start = () => maja.post(`${path}/sessions`, { csrf }).expect(303)
    const room = (await start()).headers.location
    expect(room).toMatch(/^\/session\/[a-z0-9]+$/)
    expect((await start()).headers.location).toBe(room)
    expect(await credits(customerId)).toBe(2)
    const running = await maja.get(path)
    expect(running.text).toContain(`href="${room}"`)
    expect(readText(running)).toContain('1 credit held for a running session')
    expect(readText(running)).toContain('Maja supervisor started a video session')
  })

  it('refuses a session that nobody can pay', async () => {
    const { ticketId } = await ticket()
    const path = `/desk/tickets/${ticketId}`
    const { csrf = '' } = hiddenFields((await maja.get(path)).text, `${path}/replies`)
    const refused = await maja.post(`${path}/sessions`, { csrf, body: 'My draft' }).expect(402)
    expect(readText(refused)).toContain('0 available')
    expect(readText(refused)).toContain('My draft')
  })

  it('closes and reopens', async () => {
    const { ticketId } = await ticket()
    const path = `/desk/tickets/${ticketId}/status`
    const open = await maja.get(`/desk/tickets/${ticketId}`)
    await maja.submit(open, path, { status: 'closed' }).expect(303)
    const closed = await maja.get(`/desk/tickets/${ticketId}`)
    expect(readText(closed)).toContain('Reopen ticket')
    await maja.submit(closed, path, { status: 'open' }).expect(303)
    await maja.submit(closed, path, { status: 'spam' }).expect(422)
  })

  it('gives the credit back when an agent says that a message of unknown outcome was lost, once', async () => {
    const { ticketId, customerId } = await ticket({ credits: 3 })
    const replies = `/desk/tickets/${ticketId}/replies`
    const before = await maja.get(`/desk/tickets/${ticketId}`)
    await maja.submit(before, replies, { channel: 'email', body: 'Did it arrive?' }).expect(303)
    const message = (await messagesOf(ticketId)).at(-1)
    if (!message) throw new Error('no message')
    await claimOutgoing(
      test.deps.db,
      { shopId: shop.shopId, ticketId: BigInt(ticketId), messageId: message.id },
      new Date(),
    )
    await test.deps.db.prisma.message.updateMany({ where: { id: message.id }, data: { state: 'unknown' } })
    const path = `/desk/tickets/${ticketId}/messages/${message.id}/resolve`
    const page = await maja.get(`/desk/tickets/${ticketId}`)
    await maja.submit(page, path, { outcome: 'lost' }).expect(303)
    await maja.submit(page, path, { outcome: 'lost' }).expect(303)
    expect(await credits(customerId)).toBe(3)
    expect(readText(await maja.get(`/desk/tickets/${ticketId}`))).toContain('1 credit given back')
  })
})
