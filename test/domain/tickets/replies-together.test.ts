import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { makeWorld, start, type World } from '../../support/world.ts'
import { refusalOf } from '../credits/by-hand.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld()
})
afterAll(async () => {
  expect((await verifyLedger(world.db, world.shopId)).problems).toEqual([])
  await world.close()
})

describe('replies that come at once and share a statement', () => {
  it('are each answered as if they had come alone', async () => {
    world.goTo(start)
    const rich = await world.ticketWith([1000n])
    const also = await world.ticketWith([1000n])
    const poor = await world.ticketWith([50n])
    const split = await world.ticketWith([60n, 100n])
    const ended = await world.customer()
    const endedTicket = await world.ticket(ended)
    await world.grant(ended, { units: 500n, expiresAt: world.day(1) })
    await world.grant(ended, { units: 300n })
    // Those that come at once may be written in any order; what is stale must be so in each.
    const before = await world.reply(also.ticketId, { waive: { reason: 'Ours' } })
    const known = await world.reply(rich.ticketId, { idempotencyKey: 'known' })
    world.goTo(world.day(2))
    const outcomes = await Promise.all([
      world.reply(rich.ticketId),
      world.reply(rich.ticketId),
      refusalOf(world.reply(poor.ticketId)),
      world.reply(split.ticketId),
      world.reply(also.ticketId, { waive: { reason: 'Ours' } }),
      refusalOf(world.reply(also.ticketId, { lastSeenMessageId: before.messageId - 1n })),
      world.reply(endedTicket),
      world.reply(rich.ticketId, { idempotencyKey: 'known' }),
      refusalOf(world.reply(999_999n)),
      refusalOf(world.reply(also.ticketId, { channel: 'sms' })),
    ])
    const [one, two, short, parts, waived, stale, late, again, nowhere, noPhone] = outcomes
    expect([one, two]).toMatchObject([{ charge: { units: 100n } }, { charge: { units: 100n } }])
    expect(short).toMatchObject({ code: 'insufficient_credits', requiredUnits: 100n, availableUnits: 50n })
    expect(parts).toMatchObject({ charge: { entries: [{ units: 60n }, { units: 40n }] } })
    expect(waived).toMatchObject({ charge: { units: 0n }, waivedUnits: 100n })
    expect(stale).toMatchObject({ code: 'stale_conversation' })
    expect(late).toMatchObject({ balance: { available: 200n } })
    expect(again).toEqual({ ...known, replayed: true })
    expect(nowhere).toEqual({ code: 'not_found', what: 'ticket' })
    expect(noPhone).toMatchObject({ code: 'contact_missing' })
    expect((await world.account(rich.customerId)).available).toBe(700n)
    expect((await world.account(also.customerId)).available).toBe(1000n)
  })

  it('see what came to a ticket while they waited for it', async () => {
    world.goTo(start)
    const [one, two, three] = [
      await world.ticketWith([500n]),
      await world.ticketWith([500n]),
      await world.ticketWith([500n]),
    ]
    const seen = (await world.reply(two.ticketId)).messageId
    const writer = await world.db.dedicatedClient()
    await writer.query('begin')
    await writer.query(
      `update ticket set subject = 'Smoke now', last_message_id = nextval('message_id_seq') where id = any ($1)`,
      [[one.ticketId, two.ticketId]],
    )
    const answers = Promise.all([
      world.reply(one.ticketId),
      refusalOf(world.reply(two.ticketId, { lastSeenMessageId: seen })),
      world.reply(three.ticketId),
    ])
    await waitsForLock(world)
    await writer.query('commit')
    await writer.end()
    const [told, stale, aside] = await answers
    expect(told.balance.available).toBe(400n)
    expect(await world.ticketOf(one.ticketId)).toMatchObject({
      ...{ subject: 'Smoke now', emails: 1, status: 'waiting' },
      lastMessageId: told.messageId,
    })
    expect(stale).toMatchObject({ code: 'stale_conversation' })
    expect(await world.ticketOf(two.ticketId)).toMatchObject({ subject: 'Smoke now', emails: 1 })
    expect((await world.account(two.customerId)).available).toBe(400n)
    expect(aside.balance.available).toBe(400n)
  })

  it('say the balance that they leave, and each is written with its job', async () => {
    world.goTo(start)
    const several = await Promise.all(Array.from({ length: 24 }, () => world.ticketWith([500n])))
    const replies = await Promise.all(several.map(({ ticketId }) => world.reply(ticketId)))
    for (const [index, { customerId, ticketId }] of several.entries()) {
      const reply = replies[index]
      expect(reply?.balance).toEqual({ available: 400n, held: 0n, deficit: 0n, overdraft: 0n })
      expect((await world.account(customerId)).available).toBe(400n)
      expect(await world.message(ticketId, reply?.messageId ?? 0n)).toMatchObject({
        units: 100n,
        state: 'queued',
      })
      expect(await world.ticketOf(ticketId)).toMatchObject({ emails: 1, lastMessageId: reply?.messageId })
    }
    const ids = replies.map(({ messageId }) => String(messageId))
    const jobs = await world.db.query<{ id: string }>(
      'jobs-of-replies',
      `select payload ->> 'messageId' as id from graphile_worker._private_jobs where payload ->> 'messageId' = any ($1)`,
      [ids],
    )
    expect(jobs.map(({ id }) => id).sort()).toEqual([...ids].sort())
  })
})

async function waitsForLock({ db }: World): Promise<void> {
  for (;;) {
    const [row] = await db.query<{ waits: boolean }>(
      'test-waits-for-lock',
      `select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock') as waits`,
      [],
    )
    if (row?.waits) return
  }
}
