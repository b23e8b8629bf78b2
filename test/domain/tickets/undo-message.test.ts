import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { changeSettings } from '../../../src/domain/shops/change-settings.ts'
import { getTicket } from '../../../src/domain/tickets/get-ticket.ts'
import { undoMessage } from '../../../src/domain/tickets/undo-message.ts'
import { refusalOf } from '../credits/by-hand.ts'
import { type Outbox, openOutbox, type Sent } from './outbox.ts'

let outbox: Outbox

beforeAll(async () => {
  outbox = await openOutbox()
})
beforeEach(async () => {
  outbox.behave()
  await set({ undoSeconds: 10, mergeWindow: 0 })
})
afterAll(async () => {
  expect((await verifyLedger(outbox.world.db)).problems).toEqual([])
  await outbox.close()
})

const set = (settings: { undoSeconds?: number; mergeWindow?: number }) =>
  changeSettings(outbox.world.deps, { actor: 'cli', shopId: outbox.world.shopId, ...settings })
const undo = ({ shopId, ticketId, messageId }: Sent) =>
  undoMessage(outbox.world.deps, { shopId, ticketId, messageId, actor: 'agent:1' })
const availableOf = async (customerId: bigint) => (await outbox.world.account(customerId)).available
const secondsUntilJob = async ({ messageId }: Sent) => {
  const [job] = await outbox.world.db.query<{ seconds: number }>(
    'test-seconds-until-job',
    `select extract(epoch from j.run_at - now())::float as seconds from graphile_worker._private_jobs j
     where j.payload ->> 'messageId' = $1`,
    [String(messageId)],
  )
  return job?.seconds ?? Number.NaN
}

describe('the seconds in which an answer can be undone', () => {
  it('put its send off by so much, plain or with a merge window', async () => {
    for (const mergeWindow of [0, 10]) {
      await set({ undoSeconds: 60, mergeWindow })
      const sent = await outbox.reply('email')
      expect(await secondsUntilJob(sent)).toBeGreaterThan(30)
      const { at } = outbox.world.clock
      expect(await outbox.message(sent)).toMatchObject({
        state: 'queued',
        dueAt: new Date(at.getTime() + 60_000),
      })
    }
  })

  it('are none unless the shop sets them', async () => {
    await set({ undoSeconds: 0 })
    const sent = await outbox.reply('email')
    expect(await secondsUntilJob(sent)).toBeLessThanOrEqual(0)
    expect((await outbox.message(sent)).dueAt).toBeNull()
  })
})

describe('an answer that is undone', () => {
  it('gives its charge back once, is never sent, and leaves the ticket as it was', async () => {
    const sent = await outbox.reply('email', { body: 'Too quick.' })
    const mails = outbox.smtp.mails.length
    expect(await undo(sent)).toMatchObject({ channel: 'email', body: 'Too quick.', units: 100n })
    expect(await availableOf(sent.customerId)).toBe(1000n)
    expect(await outbox.world.ticketOf(sent.ticketId)).toMatchObject({
      status: 'open',
      emails: 0,
      preview: '',
    })
    await outbox.send(sent)
    expect(outbox.smtp.mails).toHaveLength(mails)
    const { messages } = await getTicket(outbox.world.deps, sent)
    expect(messages).toMatchObject([{ state: 'undone', reversed: true }])
    expect(await refusalOf(undo(sent))).toEqual({ code: 'message_not_queued', state: 'undone' })
    expect(await availableOf(sent.customerId)).toBe(1000n)
  })

  it('leaves the ticket waiting when an earlier answer stands', async () => {
    const first = await outbox.reply('email', { body: 'The first.' })
    await outbox.send(first)
    const { messageId } = await outbox.world.reply(first.ticketId, { body: 'The second.' })
    await undo({ ...first, messageId })
    expect(await outbox.world.ticketOf(first.ticketId)).toMatchObject({
      status: 'waiting',
      emails: 1,
      preview: 'The first.',
    })
    expect(await availableOf(first.customerId)).toBe(900n)
  })

  it('gives a waived one back with its reason', async () => {
    const sent = await outbox.reply('email', { waive: { reason: 'our mistake' } })
    expect(await undo(sent)).toMatchObject({ units: 0n, waiveReason: 'our mistake' })
  })

  it('stands in the log', async () => {
    const sent = await outbox.reply('email')
    await undo(sent)
    const [line] = await outbox.world.db.prisma.auditLog.findMany({
      where: { action: 'undo_message', customerId: sent.customerId },
    })
    expect(line).toMatchObject({ actor: 'agent:1', data: { messageId: String(sent.messageId), units: 100 } })
  })

  it('that paid for a window gives the charge back only when nothing else of the window stays', async () => {
    await set({ mergeWindow: 10 })
    const paid = await outbox.reply('email')
    const { messageId } = await outbox.world.reply(paid.ticketId)
    const free = { ...paid, messageId }
    expect((await undo(paid)).units).toBe(0n)
    expect(await availableOf(paid.customerId)).toBe(900n)
    expect((await undo(free)).units).toBe(100n)
    expect(await availableOf(paid.customerId)).toBe(1000n)
    expect((await outbox.world.reply(paid.ticketId)).charge.units).toBe(100n)
  })

  it('may have been put off by its server', async () => {
    outbox.smtp.misbehave({ at: 'from', reply: 451, text: 'Greylisted' })
    const sent = await outbox.reply('email')
    await outbox.send(sent)
    expect((await undo(sent)).units).toBe(100n)
    outbox.behave()
    await outbox.send(sent)
    expect((await outbox.message(sent)).state).toBe('failed')
    expect(await availableOf(sent.customerId)).toBe(1000n)
  })
})

describe('an answer that cannot be undone', () => {
  it('has been sent', async () => {
    const sent = await outbox.reply('email')
    await outbox.send(sent)
    expect(await refusalOf(undo(sent))).toEqual({ code: 'message_not_queued', state: 'sent' })
    expect(await availableOf(sent.customerId)).toBe(900n)
  })

  it('is not on this ticket', async () => {
    const sent = await outbox.reply('email')
    const other = await outbox.reply('email')
    expect(await refusalOf(undo({ ...sent, messageId: other.messageId }))).toMatchObject({
      code: 'not_found',
    })
  })

  it('is none: what customers write, and notes', async () => {
    const { world } = outbox
    const { ticketId } = await world.ticketWith([1000n])
    const asked = await world.db.prisma.message.create({
      data: {
        shopId: world.shopId,
        ticketId,
        direction: 'inbound',
        channel: 'portal',
        authorKind: 'customer',
        authorName: 'Ana',
        body: 'Help',
        state: 'received',
        createdAt: world.clock.at,
      },
    })
    const key = { shopId: world.shopId, ticketId, messageId: asked.id }
    expect(await refusalOf(undo(key))).toEqual({ code: 'message_not_queued', state: 'received' })
  })
})

it('is either undone or sent when the worker comes at the same moment, never both and never neither', async () => {
  const outcomes = { undone: 0, sent: 0 }
  for (let round = 0; round < 24; round += 1) {
    const sent = await outbox.reply('email')
    const before = outbox.smtp.mails.length
    const late = round % 2 === 0 ? 0 : round
    const [undone] = await Promise.all([
      new Promise((resolve) => setTimeout(resolve, late))
        .then(() => undo(sent))
        .then(
          () => true,
          () => false,
        ),
      outbox.send(sent),
    ])
    const arrived = outbox.smtp.mails.length - before
    expect([undone, arrived]).toEqual(undone ? [true, 0] : [false, 1])
    expect(await availableOf(sent.customerId)).toBe(undone ? 1000n : 900n)
    outcomes[undone ? 'undone' : 'sent'] += 1
  }
  expect(outcomes.undone + outcomes.sent).toBe(24)
})
