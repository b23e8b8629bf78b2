import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createTwilioTexting } from '../../../connectors/twilio/twilio.ts'
import type { IncomingText, TextStatusReport } from '../../../src/ports/texting.ts'
import { type FakeTwilio, fakeTwilioAccount, startFakeTwilio } from '../../support/fakes/twilio.ts'

const publicUrl = 'https://desk.example/webhooks/twilio/shop1/status?message=m1'
let twilio: FakeTwilio
let local = ''
const statuses: (TextStatusReport | undefined)[] = []
const incoming: (IncomingText | undefined)[] = []

const texting = () =>
  createTwilioTexting({
    ...fakeTwilioAccount,
    sender: { from: '+38659000000' },
    statusCallback: () => publicUrl,
    apiBase: twilio.url,
  })

const desk = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')))
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    )
    statuses.push(texting().readStatus(publicUrl, headers, form))
    incoming.push(texting().readIncoming(publicUrl, headers, form))
    response.end()
  })
})

beforeAll(async () => {
  await new Promise<void>((resolve) => desk.listen(0, '127.0.0.1', resolve))
  local = `http://127.0.0.1:${(desk.address() as AddressInfo).port}/`
  twilio = await startFakeTwilio({ reach: () => local })
})
afterAll(async () => {
  await twilio.close()
  await new Promise((resolve) => desk.close(resolve))
})

describe('callbacks of Twilio', () => {
  it('reads each state of a text that was sent', async () => {
    const outcome = await texting().send({ shopId: 'shop1', to: '+38640123456', body: 'Hi', messageId: 'm1' })
    if (outcome.kind !== 'accepted') throw new Error(outcome.reason)
    const providerId = outcome.providerId
    for (const state of ['sending', 'sent', 'delivered', 'read', 'failed', 'canceled', 'something-new']) {
      expect(await twilio.report(providerId, state)).toBe(200)
    }
    expect(await twilio.report(providerId, 'undelivered', 30003)).toBe(200)
    expect(statuses.map((report) => report?.state)).toEqual([
      'queued',
      'sent',
      'delivered',
      'delivered',
      'failed',
      'failed',
      'queued',
      'undelivered',
    ])
    expect(statuses.at(-1)).toEqual({ providerId, state: 'undelivered', errorCode: '30003' })
  })

  it('reads an incoming text with its letters', async () => {
    await twilio.textUs(publicUrl, {
      from: '+38640123456',
      to: '+38659000000',
      body: 'Živjo & hvala + 100 %',
    })
    expect(incoming.at(-1)).toMatchObject({
      from: '+38640123456',
      to: '+38659000000',
      body: 'Živjo & hvala + 100 %',
    })
  })

  it('refuses another address, another form, another token and no signature', () => {
    const form = { MessageSid: 'SM1', MessageStatus: 'delivered' }
    const { headers } = twilio.sign(publicUrl, form)
    const port = texting()
    expect(port.readStatus(publicUrl, headers, form)?.state).toBe('delivered')
    expect(
      port.readStatus(publicUrl, { 'X-Twilio-Signature': headers['x-twilio-signature'] }, form),
    ).toBeDefined()
    expect(port.readStatus(`${publicUrl}&x=1`, headers, form)).toBeUndefined()
    expect(port.readStatus(publicUrl, headers, { ...form, MessageStatus: 'failed' })).toBeUndefined()
    expect(port.readStatus(publicUrl, {}, form)).toBeUndefined()
    expect(port.readStatus('not a url', headers, form)).toBeUndefined()
    expect(port.readIncoming(publicUrl, headers, form)).toBeUndefined()
    const other = createTwilioTexting({
      ...fakeTwilioAccount,
      authToken: 'other',
      sender: { from: '+1' },
      statusCallback: () => undefined,
    })
    expect(other.readStatus(publicUrl, headers, form)).toBeUndefined()
  })
})
