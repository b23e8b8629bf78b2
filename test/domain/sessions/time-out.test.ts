import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { closeTimedOutSessions } from '../../../src/domain/sessions/close-timed-out-sessions.ts'
import { renewedDeadline } from '../../../src/domain/sessions/hold-deadline.ts'
import type { Stay } from '../../../src/domain/sessions/presence.ts'
import { openSessionDesk, type SessionDesk, unsoundFigures } from './desk.ts'

let desk: SessionDesk

beforeAll(async () => {
  desk = await openSessionDesk()
})
afterAll(async () => {
  expect(await unsoundFigures(desk)).toEqual([])
  await desk.close()
})
beforeEach(() => desk.goTo(0))

const minutes = (count: number) => count * 60

describe('closing sessions that timed out', () => {
  it('bills to the last heartbeat when the processes were killed', async () => {
    const { ticketId, customerId } = await desk.ticketWith([{ units: 1000n }])
    const session = await desk.open(ticketId)
    await desk.join(session, 'agent')
    await desk.join(session, 'customer')
    for (let second = 10; second <= 100; second += 10) {
      desk.goTo(second)
      await desk.touch(session, 'agent')
      if (second <= 90) await desk.touch(session, 'customer')
    }
    desk.goTo(100 + minutes(15) - 1)
    expect(await closeTimedOutSessions(desk.deps)).toBe(0)
    desk.goTo(100 + minutes(15))
    expect(await closeTimedOutSessions(desk.deps)).toBe(1)
    expect(await desk.read(session)).toMatchObject({
      state: 'ended',
      endReason: 'timed_out',
      actualSeconds: 90,
      billedSeconds: 300,
    })
    expect(await desk.account(customerId)).toMatchObject({ available: 900n, held: 0n })
    expect((await desk.messages(ticketId)).map((m) => m.template)).toContain('session-bill')
  })

  it('closes each once with many workers, as many as it was allowed', async () => {
    const sessions = []
    for (let i = 0; i < 6; i += 1) {
      const { ticketId, customerId } = await desk.ticketWith([{ units: 500n }])
      sessions.push({ ...(await desk.open(ticketId)), customerId })
    }
    desk.goTo(minutes(15))
    expect(await closeTimedOutSessions(desk.deps, { limit: 2 })).toBe(2)
    await Promise.all([1, 2, 3].map(() => closeTimedOutSessions(desk.deps)))
    for (const session of sessions) {
      expect(await desk.read(session)).toMatchObject({ state: 'void', endReason: 'timed_out' })
      expect(await desk.account(session.customerId)).toMatchObject({ available: 500n, held: 0n })
    }
    const events = await desk.db.prisma.ticketEvent.count({ where: { kind: 'session_void' } })
    expect(events).toBe(sessions.length)
  })

  it('leaves a session that a heartbeat renewed', async () => {
    const { ticketId } = await desk.ticketWith([{ units: 1000n }])
    const session = await desk.open(ticketId)
    desk.goTo(minutes(14))
    await desk.join(session, 'agent')
    desk.goTo(minutes(16))
    expect(await closeTimedOutSessions(desk.deps)).toBe(0)
    expect(await desk.read(session)).toMatchObject({ state: 'open' })
  })
})

describe('the deadline of a hold', () => {
  const opened = new Date(0)
  const stay = (side: Stay['side'], seenAt: number): Stay => ({ side, connectedAt: 0, seenAt, leftAt: null })
  const deadline = (stays: Stay[], at: number) =>
    renewedDeadline({ stays, opened_at: opened }, new Date(at * 1000)).getTime() / 1000

  it('is fifteen minutes after a heartbeat while both are here', () => {
    const at = minutes(300)
    expect(deadline([stay('agent', at * 1000), stay('customer', at * 1000)], at)).toBe(at + minutes(15))
  })

  it('is at most an hour after they last met when one side waits alone', () => {
    expect(deadline([stay('agent', minutes(30) * 1000)], minutes(30))).toBe(minutes(45))
    expect(deadline([stay('agent', minutes(50) * 1000)], minutes(50))).toBe(minutes(60))
    const met = [stay('agent', minutes(90) * 1000), { ...stay('customer', 0), leftAt: minutes(20) * 1000 }]
    expect(deadline(met, minutes(90))).toBe(minutes(80))
  })
})
