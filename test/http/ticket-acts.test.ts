import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from './open-app.ts'
import { hiddenFields, readText, signInAs, type Visitor } from './visit.ts'

let test: TestApp
let shop: TestShop
let maja: Visitor
beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
  maja = await signInAs(test.app, test.deps, shop.shopId, 'agent')
})
afterAll(() => test.close())

const statusOf = async (id: string) =>
  (await test.deps.db.prisma.ticket.findFirstOrThrow({ where: { id: BigInt(id) } })).status

/** Sends the form around the list with these rows ticked, and follows it. */
async function bulk(ids: string[], fields: Record<string, string>) {
  const page = await maja.get('/desk?view=all')
  const form = new URLSearchParams({ ...hiddenFields(page.text, '/desk/acts'), ...fields })
  for (const id of ids) form.append('ticket', id)
  const sent = await request(test.app)
    .post('/desk/acts')
    .set('Cookie', maja.cookie ?? '')
    .set('Sec-Fetch-Site', 'same-origin')
    .type('form')
    .send(form.toString())
  return sent.status === 303 ? maja.get(sent.headers.location ?? '') : sent
}

describe('acts over ticked rows', () => {
  it('say what was done, and are taken back by the button that they show', async () => {
    const first = await seedTicket(test.app, test.deps, shop)
    const second = await seedTicket(test.app, test.deps, shop)
    const done = await bulk([first.ticketId, second.ticketId], { act: 'close' })
    expect(readText(done)).toContain('2 tickets closed')
    expect(await statusOf(first.ticketId)).toBe('closed')
    const action = /action="(\/desk\/acts\/\d+\/undo)"/.exec(done.text)?.[1] ?? ''
    const back = await maja.submit(done, action, {}).expect(303)
    expect(readText(await maja.get(back.headers.location ?? ''))).toContain('Taken back on 2 tickets')
    expect(await statusOf(second.ticketId)).toBe('open')
  })

  it('assign, tag and put on hold by what stands in the fields', async () => {
    const { ticketId } = await seedTicket(test.app, test.deps, shop)
    expect(readText(await bulk([ticketId], { act: 'take' }))).toContain('The ticket is yours')
    await bulk([ticketId], { act: 'tag', tags: 'Printer, urgent' })
    await bulk([ticketId], { act: 'snooze', until: 'tomorrow' })
    const page = await maja.get(`/desk/tickets/${ticketId}`).expect(200)
    expect(readText(page)).toMatch(/Maja.* on hold until/)
    expect(page.text).toContain('<bdi>printer</bdi>')
    expect(await statusOf(ticketId)).toBe('snoozed')
  })

  it('say what was wrong where they stood, and do nothing', async () => {
    const { ticketId } = await seedTicket(test.app, test.deps, shop)
    const { ticketId: strange } = await seedTicket(test.app, test.deps, shop, {
      email: 'stranger@example.test',
    })
    const alert = (page: { text: string }) =>
      /role="alert">([^<]*)/.exec(page.text)?.[1]?.split(':')[0] ?? 'nothing is said'
    expect(alert(await bulk([ticketId, strange], { act: 'merge' }))).toBe('Not merged')
    expect(alert(await bulk([ticketId], { act: 'merge' }))).toBe('Not merged')
    expect(alert(await bulk([ticketId], { act: 'tag', tags: ' ,' }))).toBe('Not tagged')
    expect(alert(await bulk([ticketId], { act: 'tag', tags: 'x'.repeat(41) }))).toBe('Not tagged')
    expect(alert(await bulk([ticketId], { act: 'snooze', until: 'day', day: '2020-01-01' }))).toBe(
      'Not put on hold',
    )
    expect(alert(await bulk([ticketId], { act: 'assign', agent: '99999' }))).toBe('Not assigned')
    expect(alert(await bulk([], { act: 'close' }))).toBe('Nothing was done')
    expect(await statusOf(ticketId)).toBe('open')
    const { assigneeId, tags, mergedInto } = await test.deps.db.prisma.ticket.findFirstOrThrow({
      where: { id: BigInt(ticketId) },
    })
    expect([assigneeId, tags, mergedInto]).toEqual([null, [], null])
  })

  it("offer to mark the sender's other tickets as spam too, and take back only those", async () => {
    const email = 'spammer@example.net'
    const made: string[] = []
    for (let n = 0; n < 3; n += 1)
      made.push((await seedTicket(test.app, test.deps, shop, { email })).ticketId)
    const stranger = await seedTicket(test.app, test.deps, shop, { email: 'other@example.net' })
    const [one = '', two = '', three = ''] = made
    const statuses = () => Promise.all([...made, stranger.ticketId].map(statusOf))
    const done = await bulk([one], { act: 'spam' })
    expect(readText(done)).toContain('2 more open tickets of this sender: mark them too')
    const rest = /action="(\/desk\/acts\/\d+\/rest)"/.exec(done.text)?.[1] ?? ''
    const all = await maja.submit(done, rest, {}).expect(303)
    const said = await maja.get(all.headers.location ?? '')
    expect(readText(said)).toContain('2 tickets marked as spam')
    expect(readText(said)).not.toContain('more open ticket')
    expect(await statuses()).toEqual(['spam', 'spam', 'spam', 'open'])
    const again = await maja.submit(done, rest, {}).expect(303)
    expect(readText(await maja.get(again.headers.location ?? ''))).toContain('Nothing changed')
    const undo = /action="(\/desk\/acts\/\d+\/undo)"/.exec(said.text)?.[1] ?? ''
    await maja.submit(said, undo, {}).expect(303)
    expect(await statuses()).toEqual(['spam', 'open', 'open', 'open'])
    const senders = () => test.deps.db.prisma.spamSender.count({ where: { address: email } })
    // The first is spam still, and so is what the sender writes next.
    expect(await senders()).toBe(1)
    const first = /action="(\/desk\/acts\/\d+\/undo)"/.exec(done.text)?.[1] ?? ''
    await maja.submit(done, first, {}).expect(303)
    expect([await senders(), await statusOf(two), await statusOf(three)]).toEqual([0, 'open', 'open'])
    expect(readText(await bulk([stranger.ticketId], { act: 'spam' }))).not.toContain('more open ticket')
  })
})

describe('merging on the ticket', () => {
  it('leads to the other ticket, also from the old address', async () => {
    const first = await seedTicket(test.app, test.deps, shop, { email: 'both@example.com' })
    const second = await seedTicket(test.app, test.deps, shop, { email: 'both@example.com' })
    const page = await maja.get(`/desk/tickets/${second.ticketId}`)
    const fields = { ...hiddenFields(page.text, '/desk/acts'), act: 'merge', into: first.ticketId }
    const merged = await maja.post('/desk/acts', { ...fields, ticket: second.ticketId }).expect(303)
    expect(merged.headers.location).toContain(`/desk/tickets/${first.ticketId}?done=merge-2-`)
    const old = await maja.get(`/desk/tickets/${second.ticketId}`).expect(303)
    expect(old.headers.location).toBe(`/desk/tickets/${first.ticketId}#newest`)
    // A page that was open before still has the form of the old ticket; there are no credits.
    const replies = `/desk/tickets/${second.ticketId}/replies`
    const refused = await maja.submit(page, replies, { channel: 'email', body: 'Long thought about.' })
    expect(refused.status).toBe(402)
    expect(refused.text).toContain(`data-ticket="${first.ticketId}"`)
    expect(refused.text).toMatch(/<textarea[^>]*>Long thought about\.</)
  })
})

describe('the API', () => {
  it('does the same, and takes it back', async () => {
    const { ticketId } = await seedTicket(test.app, test.deps, shop)
    const post = (path: string, body: object) =>
      request(test.app).post(`/api/v1${path}`).set('Authorization', `Bearer ${shop.key}`).send(body)
    const spam = await post(`/tickets/${ticketId}/spam`, {}).expect(200)
    expect(spam.body).toEqual({ act: expect.any(String), changed: [ticketId] })
    expect(await statusOf(ticketId)).toBe('spam')
    const undone = await post(`/acts/${spam.body.act}/undo`, {}).expect(200)
    expect(undone.body).toEqual({ restored: [ticketId], left: [] })
    await post(`/acts/${spam.body.act}/undo`, {}).expect(404)
    const bad = await post(`/tickets/${ticketId}/snooze`, { until: '2020-01-01T00:00:00Z' }).expect(422)
    expect(bad.body.errors).toEqual([{ field: 'until', message: 'give a time that is still to come' }])
  })
})
