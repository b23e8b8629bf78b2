import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { recordTextStatus } from '../../../src/domain/tickets/record-text-status.ts'
import type { TextState } from '../../../src/ports/texting.ts'
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

async function sentText() {
  const sent = await outbox.reply('sms')
  await outbox.send(sent)
  const { providerId } = await outbox.message(sent)
  return { ...sent, providerId: providerId ?? '' }
}

const report = (providerId: string, state: TextState, ours?: { ticketId: bigint; messageId: bigint }) =>
  recordTextStatus(outbox.world.deps, {
    shopId: outbox.world.shopId,
    report: { providerId, state, ...(state === 'undelivered' ? { errorCode: '30003' } : {}) },
    ...(ours ? { ours } : {}),
  })

const availableOf = async (customerId: bigint) => (await outbox.world.account(customerId)).available

describe('reports about a text (rule 10)', () => {
  it.each<[TextState[], string, bigint]>([
    [['queued', 'sent', 'delivered'], 'delivered', 900n],
    [['delivered', 'sent', 'queued'], 'delivered', 900n],
    [['queued', 'sent'], 'sent', 900n],
    [['undelivered'], 'failed', 1000n],
    [['undelivered', 'undelivered', 'failed'], 'failed', 1000n],
    [['failed', 'sent', 'delivered'], 'failed', 1000n],
    [['delivered', 'undelivered'], 'delivered', 900n],
  ])('%j end as %s', async (states, end, available) => {
    const text = await sentText()
    for (const state of states) expect(await report(text.providerId, state)).toBe(true)
    expect((await outbox.message(text)).state).toBe(end)
    expect(await availableOf(text.customerId)).toBe(available)
    const reversals = (await outbox.world.entries(text.customerId)).filter((e) => e.kind === 'reverse')
    expect(reversals).toHaveLength(end === 'failed' ? 1 : 0)
  })

  it('say why it failed', async () => {
    const text = await sentText()
    await report(text.providerId, 'undelivered')
    expect((await outbox.message(text)).error).toBe('undelivered (30003)')
    expect((await outbox.world.ticketOf(text.ticketId)).texts).toBe(0)
  })

  it('of failure that come eight at once give the credits back once', async () => {
    const text = await sentText()
    await Promise.all(Array.from({ length: 8 }, () => report(text.providerId, 'failed')))
    expect(await availableOf(text.customerId)).toBe(1000n)
  })

  it('that are faster than our record find the text by our id', async () => {
    const sent = await outbox.reply('sms')
    await outbox.world.db.prisma.message.updateMany({
      where: { id: sent.messageId },
      data: { state: 'sending', claimedAt: outbox.world.clock.at },
    })
    expect(await report('SM-early', 'delivered', sent)).toBe(true)
    expect(await outbox.message(sent)).toMatchObject({ state: 'delivered', providerId: 'SM-early' })
  })

  it.each<[TextState, string, bigint]>([
    ['sent', 'sent', 900n],
    ['delivered', 'delivered', 900n],
    ['failed', 'failed', 1000n],
  ])('%s resolves a send of unknown outcome as %s', async (state, end, available) => {
    outbox.twilio.misbehave({ kind: 'acceptThenDrop' }, 1)
    const sent = await outbox.reply('sms')
    await outbox.send(sent)
    expect((await outbox.message(sent)).state).toBe('unknown')
    await report(`SM-${state}`, state, sent)
    const message = await outbox.message(sent)
    expect(message).toMatchObject({ state: end, error: end === 'failed' ? 'failed' : null })
    expect(await availableOf(sent.customerId)).toBe(available)
  })

  it('about a text that is not ours change nothing', async () => {
    const text = await sentText()
    expect(await report('SM-stranger', 'failed')).toBe(false)
    expect(await report('SM-stranger', 'failed', text)).toBe(false)
    expect((await outbox.message(text)).state).toBe('sent')
  })
})
