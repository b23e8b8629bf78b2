import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { TryLater } from '../../../src/domain/tickets/send-message.ts'
import { type Outbox, openOutbox } from './outbox.ts'

let outbox: Outbox

beforeAll(async () => {
  outbox = await openOutbox()
})
beforeEach(() => outbox.behave())
afterAll(async () => {
  expect((await verifyLedger(outbox.world.db)).problems).toEqual([])
  await outbox.close()
})

const availableOf = async (customerId: bigint) => (await outbox.world.account(customerId)).available

describe('a message that the provider takes', () => {
  it('is sent by mail, once', async () => {
    const sent = await outbox.reply('email')
    const before = outbox.smtp.mails.length
    await outbox.send(sent)
    await outbox.send(sent)
    expect(outbox.smtp.mails).toHaveLength(before + 1)
    expect(await outbox.message(sent)).toMatchObject({
      state: 'sent',
      error: null,
      attempts: 1,
      settledAt: outbox.world.clock.at,
    })
    expect(await availableOf(sent.customerId)).toBe(900n)
  })

  it('is sent by text, with the id that the provider gave it', async () => {
    const sent = await outbox.reply('sms')
    await outbox.send(sent)
    const [text] = outbox.twilio.messages
    expect(text).toMatchObject({ to: sent.phone, body: 'Have you tried water?' })
    expect(await outbox.message(sent)).toMatchObject({ state: 'sent', providerId: text?.sid })
  })

  it('is handed over once by two workers at once', async () => {
    const sent = await outbox.reply('sms')
    const before = outbox.twilio.messages.length
    // The worker that comes second finds nothing to claim; it must look, and not send.
    await Promise.all([outbox.send(sent), outbox.send(sent)])
    expect(outbox.twilio.messages).toHaveLength(before + 1)
    expect((await outbox.message(sent)).state).toBe('sent')
  })
})

describe('a message that the provider refuses', () => {
  it('is logged by its ids and the reason, never with its words or address', async () => {
    outbox.smtp.misbehave({ at: 'to', reply: 550, text: 'No such mailbox' })
    const sent = await outbox.reply('email', { body: 'the words of the answer' })
    const logged: object[] = []
    const note = (data: object) => void logged.push(data)
    await outbox.send(sent, false, { info: note, warn: note, error: note, debug: note })
    expect(logged).toHaveLength(1)
    expect(Object.keys(logged[0] ?? {}).sort()).toEqual(
      ['givenBackUnits', 'messageId', 'reason', 'shopId', 'ticketId'].sort(),
    )
  })

  it.each(['email', 'sms'] as const)(
    'by %s fails, and its credits and its tally go back',
    async (channel) => {
      outbox.smtp.misbehave({ at: 'to', reply: 550, text: 'No such mailbox' })
      outbox.twilio.misbehave({ kind: 'refuse', code: 21610, message: 'Recipient has unsubscribed' })
      const sent = await outbox.reply(channel)
      expect(await availableOf(sent.customerId)).toBe(900n)
      await outbox.send(sent)
      const message = await outbox.message(sent)
      expect(message.state).toBe('failed')
      expect(message.error).toMatch(channel === 'email' ? /No such mailbox/ : /unsubscribed/)
      expect(await availableOf(sent.customerId)).toBe(1000n)
      expect(await outbox.world.ticketOf(sent.ticketId)).toMatchObject({
        emails: 0,
        texts: 0,
        status: 'open',
      })
      expect(await outbox.world.events(sent.ticketId)).toMatchObject([
        { kind: 'reversed', data: { units: 100, messageId: String(sent.messageId) } },
      ])
      await outbox.send(sent)
      expect(await availableOf(sent.customerId)).toBe(1000n)
    },
  )
})

describe('a provider that is away for a while', () => {
  it.each(['email', 'sms'] as const)('by %s is tried later, with the reason shown', async (channel) => {
    outbox.smtp.misbehave({ at: 'from', reply: 451, text: 'Greylisted' })
    outbox.twilio.misbehave({ kind: 'error429' })
    const sent = await outbox.reply(channel)
    await expect(outbox.send(sent)).rejects.toBeInstanceOf(TryLater)
    const waiting = await outbox.message(sent)
    expect(waiting.state).toBe('queued')
    expect(waiting.error).toMatch(channel === 'email' ? /Greylisted/ : /slow down/)
    expect(await availableOf(sent.customerId)).toBe(900n)
    outbox.behave()
    await outbox.send(sent)
    expect(await outbox.message(sent)).toMatchObject({ state: 'sent', error: null, attempts: 2 })
  })

  it('fails at the last try, and the credits go back', async () => {
    outbox.smtp.misbehave({ at: 'from', reply: 451, text: 'Greylisted' })
    const sent = await outbox.reply('email')
    await outbox.send(sent, true)
    expect(await outbox.message(sent)).toMatchObject({ state: 'failed' })
    expect(await availableOf(sent.customerId)).toBe(1000n)
  })
})

describe('a mail that could not be written', () => {
  it('was certainly not sent, so it is tried again and fails in the end', async () => {
    const { world } = outbox
    const { ticketId, customerId } = await world.ticketWith([1000n])
    const { id } = await world.db.prisma.message.create({
      data: {
        shopId: world.shopId,
        ticketId,
        direction: 'outbound',
        channel: 'email',
        authorKind: 'system',
        authorName: '',
        body: '',
        template: 'session-bill',
        address: 'ana@example.org',
        state: 'queued',
        createdAt: world.clock.at,
      },
    })
    const key = { shopId: world.shopId, ticketId, messageId: id }
    await expect(outbox.send(key)).rejects.toThrow(/names no session/)
    expect((await outbox.message(key)).state).toBe('queued')
    await outbox.send(key, true)
    expect((await outbox.message(key)).state).toBe('failed')
    expect(await availableOf(customerId)).toBe(1000n)
  })
})
