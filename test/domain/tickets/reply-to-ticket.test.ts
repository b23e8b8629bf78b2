import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mailOff, textingOff } from '../../../connectors/off/off.ts'
import { addNote } from '../../../src/domain/tickets/add-note.ts'
import { receiveMessage } from '../../../src/domain/tickets/receive-message.ts'
import { makeWorld, type World } from '../../support/world.ts'

let world: World
let off: World

beforeAll(async () => {
  world = await makeWorld()
  off = await makeWorld({ mail: mailOff, texting: textingOff })
})
afterAll(async () => {
  await world.close()
  await off.close()
})

const jobsOf = (ticketId: bigint) =>
  world.db.query<{ payload: { messageId: string } }>(
    'send-jobs',
    `select payload from graphile_worker._private_jobs where payload ->> 'ticketId' = $1`,
    [String(ticketId)],
  )

describe('a reply', () => {
  it('is one commit: message, charge, tally, state of the ticket and send job', async () => {
    const { ticketId, customerId } = await world.ticketWith([1000n], { phone: '+38640111222' })
    const answer = await world.reply(ticketId, { channel: 'sms' })
    expect(await world.message(ticketId, answer.messageId)).toMatchObject({
      state: 'queued',
      channel: 'sms',
      address: '+38640111222',
      units: 100n,
      segments: 1,
      authorName: 'Maja',
    })
    expect(await world.ticketOf(ticketId)).toMatchObject({
      texts: 1,
      status: 'waiting',
      lastMessageId: answer.messageId,
      lastChannel: 'sms',
      preview: 'Have you tried water?',
    })
    expect(await jobsOf(ticketId)).toHaveLength(1)
    const spend = (await world.entries(customerId)).at(-1)
    expect(spend).toMatchObject({
      kind: 'spend',
      causeKind: 'message',
      causeId: `${ticketId}:${answer.messageId}`,
      actor: 'agent:1',
    })
  })

  it('in the portal is there at once, and a free mail tells that it is', async () => {
    const { ticketId } = await world.ticketWith([1000n])
    const { state, messageId, balance } = await world.reply(ticketId, { channel: 'portal' })
    expect([state, (await world.message(ticketId, messageId)).state]).toEqual(['delivered', 'delivered'])
    expect(balance.available).toBe(900n)
    const jobs = await jobsOf(ticketId)
    expect(jobs).toHaveLength(1)
    const notice = await world.message(ticketId, BigInt(jobs[0]?.payload.messageId ?? 0))
    expect(notice).toMatchObject({
      template: 'portal-answer',
      channel: 'email',
      units: 0n,
    })
  })

  it('in the portal of a customer without an e-mail needs no job', async () => {
    const { customerId } = await world.ticketWith([1000n])
    const ticketId = await world.ticket(customerId, { email: null })
    await world.reply(ticketId, { channel: 'portal' })
    expect(await jobsOf(ticketId)).toEqual([])
  })

  it.each([
    ['empty', ' \n', 'email' as const],
    ['with a NUL', 'a\u0000b', 'email' as const],
    ['longer than a text can be', 'x'.repeat(1601), 'sms' as const],
  ])('%s is refused with what to mend', async (_what, body, channel) => {
    const { ticketId, customerId } = await world.ticketWith([1000n])
    await expect(world.reply(ticketId, { body, channel })).rejects.toMatchObject({
      refusal: { code: 'invalid', fields: [{ field: 'body' }] },
    })
    expect(await world.entries(customerId)).toHaveLength(1)
  })

  it('without an address says which channel has none', async () => {
    const { customerId } = await world.ticketWith([1000n])
    const ticketId = await world.ticket(customerId, { email: null })
    for (const channel of ['email', 'sms'] as const) {
      await expect(world.reply(ticketId, { channel })).rejects.toMatchObject({
        refusal: { code: 'contact_missing', channel },
      })
    }
    expect((await world.reply(ticketId, { channel: 'portal' })).state).toBe('delivered')
  })

  it('on a ticket that is not there, or of another shop, is refused', async () => {
    const { ticketId } = await world.ticketWith([1000n])
    const notFound = { refusal: { code: 'not_found', what: 'ticket' } }
    await expect(world.reply(ticketId + 1_000_000n)).rejects.toMatchObject(notFound)
    await expect(world.reply(ticketId, { shopId: await world.addShop() })).rejects.toMatchObject(notFound)
  })

  it('on a channel that is off is refused', async () => {
    const { ticketId } = await off.ticketWith([1000n], { phone: '+38640111222' })
    for (const channel of ['email', 'sms'] as const) {
      await expect(off.reply(ticketId, { channel })).rejects.toMatchObject({
        refusal: { code: 'channel_not_configured', channel },
      })
    }
  })
})

describe('a reply against a conversation that went on', () => {
  it('is stopped by what the customer wrote meanwhile, and by a colleague', async () => {
    const { ticketId, customerId } = await world.ticketWith([1000n])
    const on = { shopId: world.shopId, ticketId }
    const seen = (await world.reply(ticketId, { lastSeenMessageId: 0n })).messageId
    const inbound = await receiveMessage(world.deps, {
      ...on,
      channel: 'email',
      body: 'Wait!',
      authorName: 'Ana',
    })
    await expect(world.reply(ticketId, { lastSeenMessageId: seen })).rejects.toMatchObject({
      refusal: { code: 'stale_conversation', lastMessageId: String(inbound?.messageId) },
    })
    const note = await addNote(world.deps, { ...on, body: 'I take this', agent: { name: 'Iva' } })
    const afterInbound = { lastSeenMessageId: inbound?.messageId ?? 0n }
    await expect(world.reply(ticketId, afterInbound)).rejects.toMatchObject({
      refusal: { code: 'stale_conversation', lastMessageId: String(note.messageId) },
    })
    expect((await world.account(customerId)).available).toBe(900n)
    await world.reply(ticketId, { lastSeenMessageId: note.messageId })
    expect((await world.account(customerId)).available).toBe(800n)
  })

  it('of two agents who saw the same only one is sent', async () => {
    const { ticketId, customerId } = await world.ticketWith([1000n])
    const { messageId } = await world.reply(ticketId)
    const results = await Promise.allSettled(
      Array.from({ length: 6 }, () => world.reply(ticketId, { lastSeenMessageId: messageId })),
    )
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
    expect((await world.account(customerId)).available).toBe(800n)
  })
})
