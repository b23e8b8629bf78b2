import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { readRoomToken } from '../../../src/domain/secrets/links.ts'
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

const fiveMinutes = { per: 'minutes', units: 100, step: 5, freeSeconds: 0 } as const
const oneMinute = { per: 'minutes', units: 100, step: 1, freeSeconds: 0 } as const

/** Both sides here from `from`, a heartbeat each ten seconds, up to `to`. Returns the last state. */
async function meet(session: { sessionId: string }, from: number, to: number) {
  desk.goTo(from)
  await desk.join(session, 'agent')
  await desk.join(session, 'customer')
  let state = await desk.read(session)
  for (let second = from + 10; second <= to && state.state === 'open'; second += 10) {
    desk.goTo(second)
    await desk.touch(session, 'agent')
    await desk.touch(session, 'customer')
    state = await desk.read(session)
  }
  return state
}

describe('opening a session', () => {
  it('holds the first step, gives each side its link and invites the customer', async () => {
    const { ticketId, customerId, grantIds } = await desk.ticketWith([{ units: 1000n }])
    const opened = await desk.open(ticketId)
    const token = (url: string) => url.split('/').at(-1) ?? ''
    expect(opened.agentUrl).toMatch(/^https:\/\/desk\.example\/session\/[a-z2-7]+$/)
    expect(opened.customerSocket).toMatch(/^wss:\/\/desk\.example\/sockets\/session\/[a-z2-7]+$/)
    const pass = { shopId: desk.shopId, sessionId: BigInt(opened.sessionId) }
    expect(readRoomToken(desk.deps.keyring, token(opened.agentSocket))).toEqual({ ...pass, side: 'agent' })
    expect(readRoomToken(desk.deps.keyring, token(opened.customerUrl))).toEqual({ ...pass, side: 'customer' })
    expect(await desk.account(customerId)).toMatchObject({ available: 900n, held: 100n })
    expect((await desk.grant(grantIds[0] ?? 0n)).held).toBe(100n)
    expect(await desk.messages(ticketId)).toMatchObject([
      {
        template: 'session-invitation',
        channel: 'email',
        address: 'ana@example.org',
        authorKind: 'system',
        state: 'queued',
        data: { sessionId: opened.sessionId },
      },
    ])
    const jobs = await desk.db.query(
      'jobs',
      `select 1 from graphile_worker._private_jobs where payload ->> 'ticketId' = $1`,
      [String(ticketId)],
    )
    expect(jobs).toHaveLength(1)
  })

  it('invites by SMS when there is only a phone, and not at all without a contact', async () => {
    const byPhone = await desk.ticketWith([{ units: 1000n }], { phone: '+38640111222' })
    await desk.open(byPhone.ticketId)
    expect(await desk.messages(byPhone.ticketId)).toMatchObject([{ channel: 'sms', address: '+38640111222' }])
    const alone = await desk.ticketWith([{ units: 1000n }], {})
    await desk.open(alone.ticketId)
    expect(await desk.messages(alone.ticketId)).toEqual([])
  })

  it('is refused for a second session on one ticket, also when both are opened at once', async () => {
    const { ticketId, customerId } = await desk.ticketWith([{ units: 1000n }])
    const outcomes = await Promise.allSettled([desk.open(ticketId), desk.open(ticketId), desk.open(ticketId)])
    const refusals = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refusals.map((one) => one.reason.refusal.code)).toEqual(['session_open', 'session_open'])
    expect(await desk.account(customerId)).toMatchObject({ available: 900n, held: 100n })
  })

  it('is refused without a ticket, without credits and without a grant that covers video', async () => {
    await expect(desk.open(999_999n)).rejects.toMatchObject({
      refusal: { code: 'not_found', what: 'ticket' },
    })
    const poor = await desk.ticketWith([{ units: 150n, video: { ...fiveMinutes, units: 200 } }])
    await expect(desk.open(poor.ticketId)).rejects.toMatchObject({
      refusal: { code: 'insufficient_credits', requiredUnits: 200n, availableUnits: 150n },
    })
    const bare = await desk.ticketWith([])
    await expect(desk.open(bare.ticketId)).rejects.toMatchObject({
      refusal: { code: 'insufficient_credits', requiredUnits: 100n, availableUnits: 0n },
    })
    const mailOnly = await desk.ticketWith([{ units: 500n, channels: ['email'] }])
    await expect(desk.open(mailOnly.ticketId)).rejects.toMatchObject({
      refusal: { code: 'channel_not_covered', channel: 'video', availableUnits: 500n },
    })
    expect(await desk.messages(poor.ticketId)).toEqual([])
  })

  it('does not wait for the sweep when the one before timed out', async () => {
    const { ticketId, customerId } = await desk.ticketWith([{ units: 1000n }])
    const first = await desk.open(ticketId)
    desk.goTo(15 * 60)
    const second = await desk.open(ticketId)
    expect(second.sessionId).not.toBe(first.sessionId)
    expect(await desk.read(first)).toMatchObject({ state: 'void', endReason: 'timed_out' })
    expect(await desk.account(customerId)).toMatchObject({ available: 900n, held: 100n })
  })
})

describe('the bill of a session (rules 11 and 12)', () => {
  it('bills 310 s together, out of 0-400 and 30-200 with 260-420, as 2 x 5 minutes', async () => {
    const { ticketId, customerId } = await desk.ticketWith([{ units: 1000n }])
    const session = await desk.open(ticketId)
    await desk.join(session, 'agent')
    for (let second = 10; second <= 420; second += 10) {
      desk.goTo(second)
      if (second === 30) await desk.join(session, 'customer', 'first')
      if (second > 30 && second < 200) await desk.touch(session, 'first')
      if (second === 200) await desk.leave(session, 'first')
      if (second === 260) await desk.join(session, 'customer', 'second')
      if (second > 260 && second < 420) await desk.touch(session, 'second')
      if (second < 400) await desk.touch(session, 'agent')
      if (second === 400) await desk.leave(session, 'agent')
      if (second === 420) await desk.leave(session, 'second')
    }
    expect(await desk.read(session)).toMatchObject({
      togetherSeconds: 310,
      billedSeconds: 600,
      heldUnits: 200,
    })
    const closed = await desk.end(session)
    expect(closed).toMatchObject({
      state: 'ended',
      actualSeconds: 310,
      billedSeconds: 600,
      charge: { units: 200n },
    })
    expect(closed.balance).toMatchObject({ available: 800n, held: 0n })
    expect(await desk.account(customerId)).toMatchObject({ available: 800n, held: 0n })
    expect(await desk.read(session)).toMatchObject({ state: 'ended', heldUnits: 0, chargedUnits: 200 })
    const holds = await desk.db.prisma.sessionHold.count({ where: { sessionId: BigInt(session.sessionId) } })
    expect(holds).toBe(0)
    const ticket = await desk.db.prisma.ticket.findFirstOrThrow({ where: { id: ticketId } })
    expect(ticket.videoSeconds).toBe(310)
    expect((await desk.messages(ticketId)).map((m) => m.template)).toEqual([
      'session-invitation',
      'session-bill',
    ])
  })

  it('does not bill the free seconds', async () => {
    const free = { per: 'minutes', units: 100, step: 5, freeSeconds: 60 } as const
    const { ticketId } = await desk.ticketWith([{ units: 1000n, video: free }])
    const first = await desk.open(ticketId)
    await meet(first, 0, 60)
    expect(await desk.end(first)).toMatchObject({
      state: 'ended',
      actualSeconds: 60,
      billedSeconds: 0,
      charge: { units: 0n },
    })
    const second = await desk.open(ticketId)
    await meet(second, 100, 460)
    expect(await desk.end(second)).toMatchObject({
      actualSeconds: 360,
      billedSeconds: 300,
      charge: { units: 100n },
    })
  })

  it('takes nothing for a session in which nobody met', async () => {
    const { ticketId, customerId } = await desk.ticketWith([{ units: 1000n }])
    const session = await desk.open(ticketId)
    await desk.join(session, 'agent')
    desk.goTo(50)
    await desk.leave(session, 'agent')
    await desk.join(session, 'customer')
    desk.goTo(60)
    expect(await desk.end(session)).toMatchObject({
      state: 'void',
      actualSeconds: 0,
      charge: { units: 0n, entries: [] },
    })
    expect(await desk.account(customerId)).toMatchObject({ available: 1000n, held: 0n })
    expect((await desk.messages(ticketId)).map((m) => m.template)).toEqual(['session-invitation'])
  })

  it('gives one result to two ends at once, and one bill by mail', async () => {
    const { ticketId, customerId } = await desk.ticketWith([{ units: 1000n }])
    const session = await desk.open(ticketId)
    await meet(session, 0, 30)
    const [first, ...others] = await Promise.all([1, 2, 3, 4].map(() => desk.end(session)))
    for (const other of others) expect(other).toEqual(first)
    expect(first).toMatchObject({ actualSeconds: 30, billedSeconds: 300, charge: { units: 100n } })
    expect(await desk.account(customerId)).toMatchObject({ available: 900n, held: 0n })
    expect((await desk.messages(ticketId)).filter((m) => m.template === 'session-bill')).toHaveLength(1)
    await expect(desk.join(session, 'agent', 'late')).rejects.toMatchObject({
      refusal: { code: 'session_closed' },
    })
    await expect(desk.end({ sessionId: '999999' })).rejects.toMatchObject({ refusal: { code: 'not_found' } })
  })

  it('is true when heartbeats, leavings, a revoke and spends come at the very moment of the end', async () => {
    for (let round = 0; round < 8; round += 1) {
      desk.goTo(0)
      const { ticketId, customerId, grantIds } = await desk.ticketWith([{ units: 1000n, video: oneMinute }])
      const session = await desk.open(ticketId)
      await meet(session, 0, 60)
      desk.goTo(65)
      const revoke = `select set_promised($1, $2, $3, 500, 'order', '1', 'system', $4)`
      await Promise.all([
        ...['agent', 'customer', 'agent', 'customer'].map((side) => desk.touch(session, side)),
        desk.leave(session, 'agent'),
        desk.end(session),
        desk.db.query('revoke-half', revoke, [desk.shopId, customerId, grantIds[0], desk.clock.now()]),
        desk.end(session),
        desk
          .join(session, 'customer', 'other')
          .catch((error) => expect(error.refusal.code).toBe('session_closed')),
        desk.touch(session, 'customer'),
      ])
      expect(await desk.read(session)).toMatchObject({ state: 'ended', actualSeconds: 65, chargedUnits: 200 })
      expect(await desk.account(customerId)).toMatchObject({ available: 300n, held: 0n, deficit: 0n })
      const open = await desk.db.prisma.sessionPresence.count({
        where: { sessionId: BigInt(session.sessionId), leftAt: null },
      })
      expect(open).toBe(0)
    }
  })

  it('can be computed again from the stays', async () => {
    const { ticketId } = await desk.ticketWith([{ units: 1000n }])
    const session = await desk.open(ticketId)
    await meet(session, 0, 50)
    desk.goTo(57)
    expect(await desk.end(session)).toMatchObject({ actualSeconds: 57 })
    const stays = await desk.db.prisma.sessionPresence.findMany({
      where: { sessionId: BigInt(session.sessionId) },
    })
    expect(stays.map((stay) => stay.leftAt)).toEqual([desk.at(57), desk.at(57)])
  })

  it('lets a side have ten sockets and no more', async () => {
    const { ticketId } = await desk.ticketWith([{ units: 1000n }])
    const session = await desk.open(ticketId)
    for (let i = 0; i < 10; i += 1) expect(await desk.join(session, 'agent', `agent-${i}`)).toBe('joined')
    expect(await desk.join(session, 'agent', 'agent-10')).toBe('too_many_sockets')
    expect(await desk.join(session, 'customer')).toBe('joined')
    await desk.end(session)
  })
})

describe('credits that run out', () => {
  it('shows a countdown, then ends after the unbilled grace with only the held part billed', async () => {
    const { ticketId, customerId } = await desk.ticketWith([{ units: 250n, video: oneMinute }])
    const session = await desk.open(ticketId)
    expect(await meet(session, 0, 80)).toMatchObject({ heldUnits: 200, remainingSeconds: null })
    const warned = await meetOn(session, 90, 100)
    expect(warned).toMatchObject({ state: 'open', heldUnits: 200, remainingSeconds: 20 })
    expect(await meetOn(session, 110, 170)).toMatchObject({
      state: 'open',
      remainingSeconds: 0,
      billedSeconds: 120,
    })
    expect(await meetOn(session, 180, 190)).toMatchObject({
      state: 'ended',
      endReason: 'out_of_credits',
      actualSeconds: 180,
      billedSeconds: 120,
      chargedUnits: 200,
    })
    expect(await desk.account(customerId)).toMatchObject({ available: 50n, held: 0n })
  })

  it('goes on when credits arrive meanwhile, by a further hold on another grant', async () => {
    const { ticketId, customerId, grantIds } = await desk.ticketWith([
      { units: 100n, video: oneMinute, expiresAt: desk.at(86_400) },
      { units: 100n, video: fiveMinutes },
    ])
    const session = await desk.open(ticketId)
    expect(await meet(session, 0, 90)).toMatchObject({ heldUnits: 200, remainingSeconds: 30 })
    expect(await desk.end(session)).toMatchObject({ billedSeconds: 120, charge: { units: 200n } })
    expect((await desk.grant(grantIds[1] ?? 0n)).consumed).toBe(100n)
    expect(await desk.account(customerId)).toMatchObject({ available: 0n, held: 0n })
  })

  async function meetOn(session: { sessionId: string }, from: number, to: number) {
    let state = await desk.read(session)
    for (let second = from; second <= to && state.state === 'open'; second += 10) {
      desk.goTo(second)
      await desk.touch(session, 'agent')
      await desk.touch(session, 'customer')
      state = await desk.read(session)
    }
    return state
  }
})

describe('a hold while its grant expires and is revoked (rule 11)', () => {
  it('pays the bill from what is held; the rest expires and is revoked when the hold closes', async () => {
    const { ticketId, customerId, grantIds } = await desk.ticketWith([
      { units: 1000n, video: oneMinute, expiresAt: desk.at(100) },
    ])
    const grantId = grantIds[0] ?? 0n
    const session = await desk.open(ticketId)
    await meet(session, 0, 90)
    expect((await desk.grant(grantId)).held).toBe(300n)
    desk.goTo(100)
    await desk.db.query('revoke', `select set_promised($1, $2, $3, 0, 'order', '1', 'system', $4)`, [
      desk.shopId,
      customerId,
      grantId,
      desk.clock.now(),
    ])
    expect(await desk.grant(grantId)).toMatchObject({
      entitled: 1000n,
      held: 300n,
      expired: 700n,
      revokeDue: 1000n,
    })
    expect(await unsoundFigures(desk)).toEqual([])
    const closed = await desk.end(session)
    expect(closed).toMatchObject({ actualSeconds: 100, billedSeconds: 120, charge: { units: 200n } })
    expect(closed.balance).toEqual({ available: 0n, held: 0n, deficit: 200n, overdraft: 0n })
    expect(await desk.grant(grantId)).toMatchObject({
      entitled: 0n,
      consumed: 200n,
      held: 0n,
      expired: 700n,
      revokeDue: 0n,
    })
    expect(await desk.account(customerId)).toMatchObject({ available: 0n, held: 0n, deficit: 200n })
  })

  it('expires what it releases when only the validity ended', async () => {
    const { ticketId, customerId, grantIds } = await desk.ticketWith([
      { units: 1000n, video: oneMinute, expiresAt: desk.at(50) },
    ])
    const session = await desk.open(ticketId)
    await meet(session, 0, 40)
    desk.goTo(51)
    expect(await desk.end(session)).toMatchObject({ billedSeconds: 60, charge: { units: 100n } })
    expect(await desk.grant(grantIds[0] ?? 0n)).toMatchObject({
      consumed: 100n,
      held: 0n,
      expired: 900n,
      live: false,
    })
    expect(await desk.account(customerId)).toMatchObject({ available: 0n, held: 0n, deficit: 0n })
  })

  it('revokes only what is not held, and takes the rest from what a void session releases', async () => {
    const { ticketId, customerId, grantIds } = await desk.ticketWith([{ units: 1000n }])
    const grantId = grantIds[0] ?? 0n
    const session = await desk.open(ticketId)
    await desk.db.query('revoke', `select set_promised($1, $2, $3, 0, 'order', '1', 'system', $4)`, [
      desk.shopId,
      customerId,
      grantId,
      desk.clock.now(),
    ])
    expect(await desk.grant(grantId)).toMatchObject({ entitled: 100n, held: 100n, revokeDue: 100n })
    await desk.end(session)
    expect(await desk.grant(grantId)).toMatchObject({ entitled: 0n, held: 0n, consumed: 0n, revokeDue: 0n })
    expect(await desk.account(customerId)).toMatchObject({ available: 0n, deficit: 0n })
  })
})
