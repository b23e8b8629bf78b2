import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createTwilioTexting } from '../../../connectors/twilio/twilio.ts'
import { freePort } from '../../../src/db/embedded/ports.ts'
import type { OutgoingText } from '../../../src/ports/texting.ts'
import { type FakeTwilio, fakeTwilioAccount, startFakeTwilio } from '../../support/fakes/twilio.ts'

const text: OutgoingText = {
  shopId: 'shop1',
  to: '+38640123456',
  body: 'Pozdravljeni – čšž',
  messageId: 'm1',
}
const from = '+38659000000'
let twilio: FakeTwilio

function texting(change: { timeoutMs?: number; apiBase?: string } = {}) {
  return createTwilioTexting({
    ...fakeTwilioAccount,
    sender: { from },
    statusCallback: (shopId, messageId) =>
      `https://desk.example/webhooks/twilio/${shopId}/status?message=${messageId}`,
    apiBase: twilio.url,
    timeoutMs: 10_000,
    ...change,
  })
}

beforeAll(async () => {
  twilio = await startFakeTwilio()
})
afterAll(() => twilio.close())
beforeEach(() => {
  twilio.behave()
  twilio.messages.length = 0
  twilio.requests.length = 0
})

describe('sending a text', () => {
  it('is accepted with the id of Twilio', async () => {
    const outcome = await texting().send(text)
    expect(outcome).toEqual({ kind: 'accepted', providerId: twilio.messages[0]?.sid })
    expect(twilio.messages[0]).toMatchObject({ to: text.to, body: text.body, from })
    const form = new URLSearchParams(twilio.requests[0]?.body)
    expect(form.get('StatusCallback')).toBe('https://desk.example/webhooks/twilio/shop1/status?message=m1')
  })

  it('goes through a messaging service, and without a callback where Twilio could not reach us', async () => {
    const service = createTwilioTexting({
      ...fakeTwilioAccount,
      sender: { messagingServiceSid: `MG${'0'.repeat(32)}` },
      statusCallback: () => undefined,
      apiBase: twilio.url,
    })
    expect((await service.send(text)).kind).toBe('accepted')
    const form = new URLSearchParams(twilio.requests[0]?.body)
    expect(form.get('MessagingServiceSid')).toMatch(/^MG/)
    expect([...form.keys()].sort()).toEqual(['Body', 'MessagingServiceSid', 'To'])
  })

  it('is rejected with the code of Twilio', async () => {
    expect(await texting().send({ ...text, to: '+1' })).toMatchObject({ kind: 'rejected', code: '21211' })
    twilio.misbehave({ kind: 'refuse', code: 21610, message: 'Attempt to send to unsubscribed recipient' }, 1)
    expect(await texting().send(text)).toEqual({
      kind: 'rejected',
      code: '21610',
      reason: 'Attempt to send to unsubscribed recipient',
    })
    const stranger = createTwilioTexting({
      ...fakeTwilioAccount,
      authToken: 'wrong',
      sender: { from },
      statusCallback: () => undefined,
      apiBase: twilio.url,
    })
    expect(await stranger.send(text)).toMatchObject({ kind: 'rejected', code: '20003' })
    expect(twilio.messages).toHaveLength(0)
  })

  it('may be tried again when Twilio certainly did not take it', async () => {
    twilio.misbehave({ kind: 'error429' }, 1)
    expect(await texting().send(text)).toMatchObject({ kind: 'temporary', code: '20429' })
    const apiBase = `http://127.0.0.1:${await freePort()}`
    expect(await texting({ apiBase }).send(text)).toMatchObject({
      kind: 'temporary',
      code: 'ECONNREFUSED',
    })
    const nowhere = await texting({ apiBase: 'http://twilio.invalid', timeoutMs: 5_000 }).send(text)
    expect(nowhere.kind).toBe('temporary')
    expect(twilio.messages).toHaveLength(0)
  })

  it.each(['hang', 'drop', 'acceptThenDrop', 'error500', 'page', 'drip'] as const)(
    'is unknown after %s, and sent once',
    async (kind) => {
      twilio.misbehave({ kind })
      const outcome = await texting({ timeoutMs: kind === 'hang' || kind === 'drip' ? 2_000 : 10_000 }).send(
        text,
      )
      expect(outcome.kind).toBe('unknown')
      expect(JSON.stringify(outcome)).not.toContain(fakeTwilioAccount.authToken)
      expect(twilio.requests).toHaveLength(1)
    },
  )
})

describe('finding a text whose send was cut off', () => {
  it('finds the one that Twilio accepted', async () => {
    twilio.misbehave({ kind: 'acceptThenDrop' }, 1)
    const since = new Date()
    expect((await texting().send(text)).kind).toBe('unknown')
    const sid = twilio.messages[0]?.sid
    expect(await texting().find(text, since)).toEqual({ providerId: sid, state: 'queued' })
    Object.assign(twilio.messages[0] ?? {}, { status: 'delivered' })
    expect(await texting().find(text, since)).toEqual({ providerId: sid, state: 'delivered' })
  })

  it('finds nothing that is older, incoming, of another body or to another number', async () => {
    await texting().send(text)
    expect(await texting().find(text, new Date(Date.now() + 60_000))).toBeUndefined()
    expect(await texting().find({ ...text, body: 'other' }, new Date(0))).toBeUndefined()
    expect(await texting().find({ ...text, to: '+38640999999' }, new Date(0))).toBeUndefined()
    Object.assign(twilio.messages[0] ?? {}, { direction: 'inbound' })
    expect(await texting().find(text, new Date(0))).toBeUndefined()
  })

  it('does not choose between two that look alike', async () => {
    await texting().send(text)
    await texting().send(text)
    expect(await texting().find(text, new Date(0))).toBeUndefined()
  })

  it('cannot say when Twilio is away', async () => {
    twilio.misbehave({ kind: 'error500' })
    expect(await texting().find(text, new Date(0))).toBeUndefined()
    twilio.misbehave({ kind: 'hang' })
    expect(await texting({ timeoutMs: 2_000 }).find(text, new Date(0))).toBeUndefined()
  })
})
