import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Express } from 'express'
import { createSandboxMail } from '../../connectors/sandbox/mail.ts'
import { createSandboxTexting } from '../../connectors/sandbox/texting.ts'
import { createSandboxStore } from '../../src/db/sandbox-store.ts'
import { getTicket } from '../../src/domain/tickets/get-ticket.ts'
import { replyToTicket } from '../../src/domain/tickets/reply-to-ticket.ts'
import { sendMessage } from '../../src/domain/tickets/send-message.ts'
import { createApp } from '../../src/http/app.ts'
import type { HttpDeps } from '../../src/http/http-deps.ts'
import type { SandboxStore } from '../../src/ports/sandbox.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from './open-app.ts'
import { readText, type Visitor, visitor } from './visit.ts'

let test: TestApp
let shop: TestShop
let app: Express
let deps: HttpDeps
let store: SandboxStore
let person: Visitor

beforeAll(async () => {
  test = await openTestApp()
  store = createSandboxStore(test.deps.db)
  deps = {
    ...test.deps,
    sandbox: store,
    mail: createSandboxMail(store, test.deps.clock),
    texting: createSandboxTexting(store, test.deps.clock, '+15005550006'),
  }
  app = createApp(deps)
  shop = await seedShop(deps)
  person = visitor(app)
})
afterAll(() => test.close())

/** An answer of the desk that went out, as its job would have sent it. */
async function sent(channel: 'email' | 'sms', to: { email?: string; phone?: string }): Promise<string> {
  const { ticketId } = await seedTicket(app, deps, shop, { credits: 5, ...to })
  const key = { shopId: shop.shopId, ticketId: BigInt(ticketId) }
  const agent = { name: 'Maja', actor: 'agent:1' }
  const body = 'Please restart it.'
  const reply = await replyToTicket(deps, {
    ...key,
    channel,
    body,
    idempotencyKey: `sent-${ticketId}`,
    agent,
  })
  await sendMessage(deps, { ...key, messageId: reply.messageId, lastTry: false })
  return ticketId
}

const lastMessage = async (ticketId: string) =>
  (await getTicket(deps, { shopId: shop.shopId, ticketId: BigInt(ticketId) })).messages.at(-1)

describe('without a sandbox', () => {
  it('there are no such pages', async () => {
    await visitor(test.app).get('/sandbox/mail').expect(404)
    await visitor(test.app).post('/sandbox/phone', { number: '+38640111222', body: 'Hi' }).expect(404)
  })
})

describe('the mailbox', () => {
  it('is empty at first, then lists what customers received, all or of one', async () => {
    expect(readText(await person.get('/sandbox/mail').expect(200))).toContain('No mail yet')
    await sent('email', { email: 'one@example.com' })
    await sent('email', { email: 'other@example.com' })
    const all = readText(await person.get('/sandbox/mail'))
    expect(all).toContain('to one@example.com')
    expect(all).toContain('Mail and SMS stay in this computer')
    const one = readText(await person.get('/sandbox/mail?to=one%40example.com'))
    expect(one).toContain('to one@example.com')
    expect(one).not.toContain('to other@example.com')
  })

  it('shows the mail in a frame that runs no script and sees nothing of us', async () => {
    await sent('email', { email: 'frame@example.com' })
    const [mail] = await store.list({ kind: 'mail', to: 'frame@example.com', limit: 1 })
    const body = await person.get(`/sandbox/mail/${mail?.id}/body`).expect(200)
    const policy = String(body.headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'self'")
    expect(policy).toMatch(/sandbox (?!.*allow-scripts)(?!.*allow-same-origin)/)
    expect(body.headers['x-frame-options']).toBe('SAMEORIGIN')
    expect(body.text).toContain('Please restart it.')
    await person.get('/sandbox/mail/none').expect(404)
    await person.get('/sandbox/mail/none/body').expect(404)
  })

  it("puts the customer's answer on the ticket that the mail belongs to", async () => {
    const ticketId = await sent('email', { email: 'answer@example.com' })
    const [mail] = await store.list({ kind: 'mail', to: 'answer@example.com', limit: 1 })
    const path = `/sandbox/mail/${mail?.id}`
    const page = await person.get(path)
    const answer = await person.submit(page, `${path}/reply`, { body: 'It works!' }).expect(303)
    expect(readText(await person.get(String(answer.headers.location)))).toContain('Handed in')
    expect(await lastMessage(ticketId)).toMatchObject({
      direction: 'inbound',
      channel: 'email',
      body: 'It works!',
      authorName: 'Mojca Novak',
      address: 'answer@example.com',
    })
    await person.submit(page, `${path}/reply`, { body: '' }).expect(422)
    await person
      .submit(page, `${path}/reply`, { body: 'Hi' })
      .set({ Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' })
      .expect(403)
  })

  it('cannot answer a mail without a reply address of ours', async () => {
    const id = await store.put({
      kind: 'mail',
      to: 'x@example.com',
      from: 'y@example.com',
      subject: '',
      text: 'Plain',
      html: '',
      headers: { 'Reply-To': 'reply+abc@elsewhere.example' },
      at: new Date(),
    })
    const page = await person.get(`/sandbox/mail/${id}`)
    const refused = await person.submit(page, `/sandbox/mail/${id}/reply`, { body: 'Hi' }).expect(422)
    expect(readText(refused)).toContain('could not be handed in')
  })
})

describe('the phone', () => {
  it('is empty at first, then shows texts and takes an answer', async () => {
    expect(readText(await person.get('/sandbox/phone').expect(200))).toContain('No SMS yet')
    const phone = '+38640555666'
    const ticketId = await sent('sms', { phone })
    const page = await person.get('/sandbox/phone')
    expect(readText(page)).toContain('Please restart it.')
    const answer = await person.submit(page, '/sandbox/phone', { body: 'Thanks, done' }).expect(303)
    expect(await lastMessage(ticketId)).toMatchObject({
      direction: 'inbound',
      channel: 'sms',
      address: phone,
    })
    const after = await person.get(String(answer.headers.location)).expect(200)
    const text = readText(after)
    expect(text).toContain('Handed in')
    expect(text.lastIndexOf('Thanks, done')).toBeGreaterThan(text.lastIndexOf('Please restart it.'))
    expect(after.text).toContain('<li class="written">')
    expect(readText(await person.submit(page, '/sandbox/phone', { body: ' ' }).expect(422))).toContain(
      'There is no text yet',
    )
  })

  it('says when nobody has the number', async () => {
    const page = await person.get('/sandbox/phone')
    await person.submit(page, '/sandbox/phone', { number: '+10000000001', body: 'Hi' }).expect(422)
  })
})
