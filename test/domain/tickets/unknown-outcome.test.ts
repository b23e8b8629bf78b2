import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { resolveUnknown } from '../../../src/domain/tickets/resolve-unknown.ts'
import { type Outbox, openOutbox, type Sent } from './outbox.ts'

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

/** A reply of which nobody knows whether it arrived. */
async function unknownReply() {
  outbox.smtp.misbehave({ at: 'body', drop: true }, 1)
  const sent = await outbox.reply('email')
  await outbox.send(sent)
  expect((await outbox.message(sent)).state).toBe('unknown')
  return sent
}

describe('a send of which the outcome is unknown', () => {
  it('by mail is not sent again, and stays charged', async () => {
    const before = outbox.smtp.bodiesSeen
    const sent = await unknownReply()
    await outbox.send(sent)
    await outbox.send(sent, true)
    expect(outbox.smtp.bodiesSeen).toBe(before + 1)
    expect((await outbox.message(sent)).state).toBe('unknown')
    expect(await availableOf(sent.customerId)).toBe(900n)
  })

  it.each(['acceptThenDrop', 'error500'] as const)('by text (%s) is not sent again', async (kind) => {
    outbox.twilio.misbehave({ kind }, 1)
    const sent = await outbox.reply('sms')
    const posts = () => outbox.twilio.requests.filter((request) => request.method === 'POST').length
    const before = posts()
    await outbox.send(sent)
    expect(await outbox.message(sent)).toMatchObject({ state: 'unknown', attempts: 1 })
    await outbox.send(sent)
    expect(posts()).toBe(before + 1)
    expect(await availableOf(sent.customerId)).toBe(900n)
  })
})

describe('a process that dies between the answer and its record', () => {
  it('finds the text at the provider', async () => {
    const sent = await outbox.reply('sms')
    await outbox.send(sent)
    const { providerId } = await outbox.message(sent)
    const before = outbox.twilio.messages.length
    await outbox.forgetOutcome(sent)
    await outbox.send(sent)
    expect(await outbox.message(sent)).toMatchObject({ state: 'sent', providerId })
    expect(outbox.twilio.messages).toHaveLength(before)
    expect(await availableOf(sent.customerId)).toBe(900n)
  })

  it('finds that the text failed meanwhile, and gives the credits back', async () => {
    const sent = await outbox.reply('sms')
    await outbox.send(sent)
    Object.assign(outbox.twilio.messages[0] ?? {}, { status: 'undelivered' })
    await outbox.forgetOutcome(sent)
    await outbox.send(sent)
    expect(await outbox.message(sent)).toMatchObject({ state: 'failed', error: 'undelivered' })
    expect(await availableOf(sent.customerId)).toBe(1000n)
  })

  it('does not find a text that never left', async () => {
    const sent = await outbox.reply('sms')
    await outbox.forgetOutcome(sent)
    await outbox.world.db.prisma.message.updateMany({
      where: { id: sent.messageId },
      data: { claimedAt: outbox.world.clock.at },
    })
    await outbox.send(sent)
    expect(await outbox.message(sent)).toMatchObject({ state: 'unknown', error: 'interrupted' })
  })

  it('does not take another text of the same words for its own', async () => {
    const first = await outbox.reply('sms')
    await outbox.send(first)
    const second = await outbox.world.reply(first.ticketId, { channel: 'sms' })
    const lost = { ...first, messageId: second.messageId }
    await outbox.forgetOutcome(lost)
    await outbox.world.db.prisma.message.updateMany({
      where: { id: second.messageId },
      data: { claimedAt: outbox.world.clock.at },
    })
    await outbox.send(lost)
    expect((await outbox.message(lost)).state).toBe('unknown')
    expect((await outbox.message(first)).state).toBe('sent')
  })

  it('cannot ask about a mail, so a person must', async () => {
    const sent = await outbox.reply('email')
    await outbox.send(sent)
    const before = outbox.smtp.mails.length
    await outbox.forgetOutcome(sent)
    await outbox.send(sent)
    expect(await outbox.message(sent)).toMatchObject({ state: 'unknown', error: 'interrupted' })
    expect(outbox.smtp.mails).toHaveLength(before)
  })
})

describe('a person who resolves it', () => {
  const resolve = (sent: Sent, arrived: boolean) =>
    resolveUnknown(outbox.world.deps, {
      shopId: sent.shopId,
      ticketId: sent.ticketId,
      messageId: sent.messageId,
      arrived,
      actor: 'agent:1',
    })

  it('says that it arrived: it stays charged', async () => {
    const sent = await unknownReply()
    await resolve(sent, true)
    expect(await outbox.message(sent)).toMatchObject({ state: 'sent', error: null })
    expect(await availableOf(sent.customerId)).toBe(900n)
  })

  it('says that it did not: the credits go back, and a second answer is refused', async () => {
    const sent = await unknownReply()
    await resolve(sent, false)
    expect(await outbox.message(sent)).toMatchObject({ state: 'failed', error: 'not_arrived' })
    expect(await availableOf(sent.customerId)).toBe(1000n)
    await expect(resolve(sent, true)).rejects.toMatchObject({
      refusal: { code: 'message_not_unknown', state: 'failed' },
    })
    const log = await outbox.world.db.prisma.auditLog.findMany({ where: { action: 'resolve_unknown' } })
    expect(log.at(-1)).toMatchObject({
      actor: 'agent:1',
      data: { messageId: String(sent.messageId), arrived: false },
    })
  })

  it('is refused for a message that is not there, or whose outcome is known', async () => {
    const sent = await outbox.reply('email')
    await expect(resolve(sent, false)).rejects.toMatchObject({
      refusal: { code: 'message_not_unknown', state: 'queued' },
    })
    await expect(resolve({ ...sent, messageId: 1n << 60n }, true)).rejects.toMatchObject({
      refusal: { code: 'not_found', what: 'message' },
    })
  })
})
