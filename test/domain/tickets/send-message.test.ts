import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createEmail } from '../../../connectors/email/email.ts'
import { createSendingPace } from '../../../src/db/sending-pace.ts'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { sendMessage } from '../../../src/domain/tickets/send-message.ts'
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
    await outbox.send(sent)
    const waiting = await outbox.message(sent)
    expect(waiting.state).toBe('queued')
    expect(waiting.error).toMatch(channel === 'email' ? /Greylisted/ : /slow down/)
    expect(await availableOf(sent.customerId)).toBe(900n)
    const { at } = outbox.world.clock
    expect(waiting.dueAt?.getTime()).toBeGreaterThan(at.getTime() + 9_000)
    expect(waiting.dueAt?.getTime()).toBeLessThan(at.getTime() + 20_000)
    outbox.behave()
    await outbox.send(sent)
    expect(await outbox.message(sent)).toMatchObject({ state: 'sent', error: null, attempts: 2, dueAt: null })
  })

  it('is tried for hours, later each time, by one job', async () => {
    outbox.smtp.misbehave({ at: 'from', reply: 451, text: 'Greylisted' })
    const sent = await outbox.reply('email')
    const waits: number[] = []
    for (let tries = 0; tries < 10; tries += 1) {
      await outbox.send(sent)
      const { dueAt, state } = await outbox.message(sent)
      expect(state).toBe('queued')
      waits.push(Math.floor(((dueAt?.getTime() ?? 0) - outbox.world.clock.at.getTime()) / 1000))
    }
    const least = [10, 30, 120, 300, 900, 1800, 3600, 3600, 3600, 3600]
    for (const [n, seconds] of least.entries()) {
      expect(waits[n]).toBeGreaterThanOrEqual(seconds)
      expect(waits[n]).toBeLessThanOrEqual(seconds * 1.1 + 1)
    }
    const jobs = await outbox.world.db.query<{ minutes: number }>(
      'test-jobs-of',
      `select extract(epoch from run_at - now())::float / 60 as minutes from graphile_worker.jobs where key = $1`,
      [`send:${sent.shopId}:${sent.ticketId}:${sent.messageId}`],
    )
    expect(jobs).toHaveLength(1)
    expect(jobs[0]?.minutes).toBeGreaterThan(50)
    expect(await availableOf(sent.customerId)).toBe(900n)
  })

  it('uses up no try while nothing is tried, and waits as long as the server wants', async () => {
    const pace = createSendingPace(outbox.world.deps, { server: 'one a minute', perMinute: 1 })
    const mail = createEmail({ smtpUrl: outbox.smtp.url, pace })
    const [first, second] = [await outbox.reply('email'), await outbox.reply('email')]
    const deps = { ...outbox.world.deps, mail }
    await sendMessage(deps, { ...first, lastTry: false })
    await sendMessage(deps, { ...second, lastTry: false })
    await mail.close()
    const waiting = await outbox.message(second)
    expect(waiting).toMatchObject({ state: 'queued', attempts: 0, error: expect.stringMatching(/used up/) })
    const wait = (waiting.dueAt?.getTime() ?? 0) - outbox.world.clock.at.getTime()
    expect(wait).toBeGreaterThan(30_000)
    expect(wait).toBeLessThan(70_000)
  })

  it('is given up a day after it was written, and the credits go back', async () => {
    outbox.smtp.misbehave({ at: 'from', reply: 451, text: 'Greylisted' })
    const sent = await outbox.reply('email')
    const { at } = outbox.world.clock
    outbox.world.goTo(new Date(at.getTime() + 24 * 3_600_000 + 1000))
    await outbox.send(sent)
    outbox.world.goTo(at)
    expect(await outbox.message(sent)).toMatchObject({ state: 'failed' })
    expect(await availableOf(sent.customerId)).toBe(1000n)
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
    await outbox.send(key)
    expect(await outbox.message(key)).toMatchObject({
      state: 'queued',
      error: expect.stringMatching(/names no session/),
    })
    await outbox.send(key, true)
    expect((await outbox.message(key)).state).toBe('failed')
    expect(await availableOf(customerId)).toBe(1000n)
  })
})
