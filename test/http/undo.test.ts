import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { changeSettings } from '../../src/domain/shops/change-settings.ts'
import { claimOutgoing } from '../../src/domain/tickets/load-outgoing.ts'
import { portalUrl } from '../../src/domain/tickets/render-outgoing.ts'
import { answerMisfit } from './api/documented.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from './open-app.ts'
import { readText, signInAs, type Visitor, visitor } from './visit.ts'

let test: TestApp
let shop: TestShop
let luka: Visitor
let ticketId: string
let customerId: string

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
  luka = await signInAs(test.app, test.deps, shop.shopId, 'agent')
  await changeSettings(test.deps, { actor: 'cli', shopId: shop.shopId, undoSeconds: 10 })
})
afterAll(() => test.close())
beforeEach(async () => {
  ;({ ticketId, customerId } = await seedTicket(test.app, test.deps, shop, { credits: 3 }))
})

const words = 'Have you tried turning it off?'
const api = (path: string, body?: object) =>
  request(test.app).post(`/api/v1${path}`).set('Authorization', `Bearer ${shop.writeKey}`).send(body)
const answer = async () => {
  const body = { channel: 'email', body: words, idempotencyKey: `undo-${ticketId}` }
  return (await api(`/tickets/${ticketId}/replies`, body).expect(201)).body.message.id as string
}
const claim = (messageId: string) =>
  claimOutgoing(
    test.deps.db,
    { shopId: shop.shopId, ticketId: BigInt(ticketId), messageId: BigInt(messageId) },
    new Date(),
  )
const available = async () => {
  const [row] = await test.deps.db.query<{ available: bigint }>(
    'test-available',
    'select available from account where customer_id = $1',
    [BigInt(customerId)],
  )
  return row?.available
}

describe('Undo on the desk', () => {
  it('gives the words back to the composer, without scripts', async () => {
    const page = await luka.get(`/desk/tickets/${ticketId}`)
    const replies = `/desk/tickets/${ticketId}/replies`
    await luka.submit(page, replies, { channel: 'email', body: words }).expect(303)
    const sent = await luka.get(`/desk/tickets/${ticketId}`)
    const undo = /action="(\/desk\/tickets\/\d+\/messages\/\d+\/undo)"/.exec(sent.text)?.[1] ?? ''
    expect(await available()).toBe(200n)
    const done = await luka.submit(sent, undo, {}).expect(303)
    expect(done.headers.location).toMatch(/\?undone=\d+#composer$/)
    expect(await available()).toBe(300n)
    const again = await luka.get(String(done.headers.location).split('#')[0] ?? '')
    expect(/<textarea[^>]*>([^<]*)</.exec(again.text)?.[1]).toBe(words)
    expect(readText(again)).toContain('took an answer back before it was sent')
    // A second click of the same button shows the same.
    const second = await luka.submit(sent, undo, {}).expect(303)
    expect(second.headers.location).toMatch(/\?undone=/)
    expect(await available()).toBe(300n)
    await luka.submit(again, replies, { channel: 'email', body: 'Better words.' }).expect(303)
    expect(await available()).toBe(200n)
  })

  it('says so when the sending has begun', async () => {
    const messageId = await answer()
    const page = await luka.get(`/desk/tickets/${ticketId}`)
    await claim(messageId)
    const path = `/desk/tickets/${ticketId}/messages/${messageId}/undo`
    const late = await luka.submit(page, path, {}).expect(303)
    const told = await luka.get(String(late.headers.location).split('#')[0] ?? '')
    expect(readText(told)).toContain('It could not be taken back: its sending had begun.')
    expect(await available()).toBe(200n)
  })

  it('shows why a send was put off, and when it is tried next', async () => {
    const messageId = await answer()
    await test.deps.db.query(
      'test-put-off',
      `update message set error = '451 Greylisted', attempts = 1, due_at = now() + interval '5 minutes' where id = $1`,
      [BigInt(messageId)],
    )
    const text = readText(await luka.get(`/desk/tickets/${ticketId}`))
    expect(text).toMatch(/451 Greylisted Next try: \d/)
  })
})

describe('the private page', () => {
  it('does not show an answer that may still be undone, and shows it once its sending began', async () => {
    const messageId = await answer()
    const { link_version: linkVersion } = (
      await test.deps.db.query<{ link_version: number }>(
        'test-link',
        'select link_version from ticket where id = $1',
        [BigInt(ticketId)],
      )
    )[0] as { link_version: number }
    const url = portalUrl(test.deps, {
      shopId: shop.shopId,
      ticketId: BigInt(ticketId),
      customerId: BigInt(customerId),
      linkVersion,
    })
    const read = async () => readText(await visitor(test.app).get(new URL(url).pathname))
    expect(await read()).not.toContain(words)
    await claim(messageId)
    expect(await read()).toContain(words)
  })
})

describe('POST tickets/{id}/messages/{messageId}/undo', () => {
  const path = '/tickets/{id}/messages/{messageId}/undo'

  it('takes the answer back with its charge, with or without a body', async () => {
    const messageId = await answer()
    const done = await api(`/tickets/${ticketId}/messages/${messageId}/undo`).expect(200)
    expect(done.body).toMatchObject({ state: 'undone', channel: 'email', body: words, credits: 1 })
    expect(done.body.balance.available).toBe(3)
    expect(answerMisfit('post', path, done.status, done.body)).toBeUndefined()
    const ticket = await request(test.app)
      .get(`/api/v1/tickets/${ticketId}`)
      .set('Authorization', `Bearer ${shop.readKey}`)
    expect(ticket.body.status).toBe('open')
    expect(ticket.body.messages.at(-1)).toMatchObject({ id: messageId, state: 'undone', dueAt: null })
  })

  it('answers 409 with the state when the sending has begun', async () => {
    const messageId = await answer()
    await claim(messageId)
    const late = await api(`/tickets/${ticketId}/messages/${messageId}/undo`, { agent: shop.agent.email })
    expect([late.status, late.body.code, late.body.state]).toEqual([409, 'message_not_queued', 'sending'])
    expect(answerMisfit('post', path, late.status, late.body)).toBeUndefined()
    expect(await available()).toBe(200n)
  })
})
