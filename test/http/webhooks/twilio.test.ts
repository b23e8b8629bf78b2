import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import twilio from 'twilio'
import {
  openTestApp,
  publicUrl,
  seedShop,
  seedTicket,
  type TestApp,
  type TestShop,
  twilioToken,
} from '../open-app.ts'

let test: TestApp
let shop: TestShop

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
})
afterAll(() => test.close())

/** Signed as Twilio does, over the address that it was told to call. */
function post(path: string, form: Record<string, string>, token = twilioToken) {
  return request(test.app)
    .post(path)
    .type('form')
    .set('X-Twilio-Signature', twilio.getExpectedTwilioSignature(token, `${publicUrl}${path}`, form))
    .send(form)
}

async function sentText(providerId: string): Promise<{ ticketId: string; messageId: string }> {
  const { ticketId } = await seedTicket(test.app, test.deps, shop, { credits: 5, phone: '+38640123456' })
  const reply = await request(test.app)
    .post(`/api/v1/tickets/${ticketId}/replies`)
    .set('Authorization', `Bearer ${shop.key}`)
    .send({ channel: 'sms', body: 'Restart it.', idempotencyKey: providerId })
    .expect(201)
  const messageId: string = reply.body.message.id
  await test.deps.db.prisma.message.updateMany({
    where: { shopId: shop.shopId, id: BigInt(messageId) },
    data: { state: 'sent', providerId },
  })
  return { ticketId, messageId }
}

const messageOf = (messageId: string) =>
  test.deps.db.prisma.message.findFirstOrThrow({ where: { shopId: shop.shopId, id: BigInt(messageId) } })

describe('POST /webhooks/twilio/{shopId}/status', () => {
  it('records a delivery report', async () => {
    const { messageId } = await sentText('SM1')
    const path = `/webhooks/twilio/${shop.shopId}/status`
    await post(path, { MessageSid: 'SM1', MessageStatus: 'delivered' }).expect(204)
    expect(await messageOf(messageId)).toMatchObject({ state: 'delivered' })
  })

  it('gives the credits back when the text was undelivered', async () => {
    const { ticketId, messageId } = await sentText('SM2')
    const path = `/webhooks/twilio/${shop.shopId}/status`
    await post(path, { MessageSid: 'SM2', MessageStatus: 'undelivered', ErrorCode: '30003' }).expect(204)
    expect(await messageOf(messageId)).toMatchObject({ state: 'failed', error: 'undelivered (30003)' })
    const ticket = await request(test.app)
      .get(`/api/v1/tickets/${ticketId}`)
      .set('Authorization', `Bearer ${shop.key}`)
    expect(ticket.body.balance.available).toBe(5)
  })

  it('finds a message by the address when the report is faster than our record', async () => {
    const { ticketId, messageId } = await sentText('SM3')
    await test.deps.db.prisma.message.updateMany({
      where: { shopId: shop.shopId, id: BigInt(messageId) },
      data: { state: 'sending', providerId: null },
    })
    const path = `/webhooks/twilio/${shop.shopId}/status?ticket=${ticketId}&message=${messageId}`
    await post(path, { MessageSid: 'SM3', MessageStatus: 'delivered' }).expect(204)
    expect(await messageOf(messageId)).toMatchObject({ state: 'delivered', providerId: 'SM3' })
  })

  it('answers 204 for a text that is not ours and for a shop that is not there', async () => {
    const form = { MessageSid: 'SM-of-nobody', MessageStatus: 'delivered' }
    await post(`/webhooks/twilio/${shop.shopId}/status`, form).expect(204)
    await post('/webhooks/twilio/abc/status', form).expect(204)
  })

  it('refuses a bad signature, a foreign address and a broken body', async () => {
    const path = `/webhooks/twilio/${shop.shopId}/status`
    const form = { MessageSid: 'SM1', MessageStatus: 'failed' }
    await post(path, form, 'another token').expect(403)
    await request(test.app).post(path).type('form').send(form).expect(403)
    const elsewhere = twilio.getExpectedTwilioSignature(
      twilioToken,
      `${publicUrl}/webhooks/twilio/9/status`,
      form,
    )
    await request(test.app)
      .post(path)
      .type('form')
      .set('X-Twilio-Signature', elsewhere)
      .send(form)
      .expect(403)
    await request(test.app).post(path).type('json').send('{"a":').expect(403)
    await request(test.app)
      .post(path)
      .type('form')
      .send(`a=${'x'.repeat(70_000)}`)
      .expect(413)
  })
})

describe('POST /webhooks/twilio/{shopId}/sms', () => {
  it('puts a text on the ticket of that number, once, and answers with an empty reply', async () => {
    const { ticketId } = await seedTicket(test.app, test.deps, shop, { phone: '+38641999888' })
    const form = { MessageSid: 'SM9', From: '+38641999888', To: '+15005550006', Body: 'Still broken' }
    for (const _ of [1, 2]) {
      const answer = await post(`/webhooks/twilio/${shop.shopId}/sms`, form)
      expect([answer.status, answer.type]).toEqual([200, 'text/xml'])
      expect(answer.text).toContain('<Response></Response>')
    }
    const texts = await test.deps.db.prisma.message.findMany({
      where: { shopId: shop.shopId, ticketId: BigInt(ticketId), channel: 'sms' },
    })
    expect(texts.map((text) => [text.direction, text.body])).toEqual([['inbound', 'Still broken']])
  })

  it("puts a text on the ticket of the shop that texted last, also when it came to another's address", async () => {
    const other = await seedShop(test.deps, 'Another shop')
    const phone = '+38641999777'
    const { ticketId } = await seedTicket(test.app, test.deps, shop, { phone })
    await seedTicket(test.app, test.deps, other, { phone })
    await test.deps.db.prisma.message.updateMany({
      where: { shopId: shop.shopId, ticketId: BigInt(ticketId) },
      data: { direction: 'outbound', channel: 'sms', address: phone, state: 'delivered' },
    })
    const form = { MessageSid: 'SM11', From: phone, To: '+15005550006', Body: 'Thank you' }
    await post(`/webhooks/twilio/${other.shopId}/sms`, form).expect(200)
    const received = await test.deps.db.prisma.message.findMany({ where: { providerId: 'SM11' } })
    expect(received.map((one) => [one.shopId, String(one.ticketId)])).toEqual([[shop.shopId, ticketId]])
  })

  it('answers a number that nobody has, and refuses a bad signature', async () => {
    const form = { MessageSid: 'SM10', From: '+38651000000', To: '+15005550006', Body: 'Who am I?' }
    await post(`/webhooks/twilio/${shop.shopId}/sms`, form).expect(200)
    await post(`/webhooks/twilio/${shop.shopId}/sms`, form, 'another').expect(403)
  })
})
