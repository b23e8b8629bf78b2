import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { readStatement, type Statement } from '../../../src/domain/credits/statement.ts'
import { Refused } from '../../../src/domain/refusal.ts'
import { makeWorld, start, type World } from '../../support/world.ts'
import { closeVideo, failReply, openVideo, setPromised } from './moves.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())
beforeEach(() => world.goTo(start))

const read = (customerId: bigint, input: object = {}) =>
  readStatement(world.deps, {
    shopId: world.shopId,
    customerId,
    from: '2026-03-01',
    to: '2026-03-31',
    ...input,
  })

/** Totals that are not zero. */
const figures = ({ totals }: Statement) =>
  Object.fromEntries(Object.entries(totals).filter(([, units]) => units !== 0n))

interface Entry {
  customerId: bigint
  grantId: bigint
  kind: string
  entitled?: bigint
  consumed?: bigint
  cleared?: bigint
  overdraft?: bigint
}

/** An entry as a supervisor's act writes it. */
const move = ({ customerId, grantId, kind, ...by }: Entry) =>
  world.db.query(
    'test-move',
    `select ledger_move($1, $2, $3, $4, $5, $6, 0, 0, $7, $8, 'test', $4, 'agent', '1', 'agent:1', 'agreed by phone', $9)`,
    [
      world.shopId,
      customerId,
      grantId,
      kind,
      by.entitled ?? 0n,
      by.consumed ?? 0n,
      by.cleared ?? 0n,
      by.overdraft ?? 0n,
      world.clock.at,
    ],
  )

const refusalOf = async (work: Promise<unknown>) => {
  try {
    await work
  } catch (error) {
    if (error instanceof Refused) return error.refusal
    throw error
  }
  return undefined
}

describe('rule 16: each kind of movement', () => {
  it('an account without movements has nothing', async () => {
    const statement = await read(await world.customer())
    expect(figures(statement)).toEqual({})
    expect(statement.lines).toEqual([])
  })

  it('a purchase and an answer, with their causes', async () => {
    const customerId = await world.customer()
    const orderId = await world.order()
    const ticketId = await world.ticket(customerId, { subject: 'The till beeps' })
    await world.grant(customerId, { units: 1000n, orderId, name: 'Support 10' })
    const { messageId } = await world.reply(ticketId)
    const statement = await read(customerId)
    expect(figures(statement)).toEqual({ granted: 1000n, spent: 100n, closing: 900n })
    expect(statement.lines).toMatchObject([
      { kind: 'grant', units: 1000n, balance: 1000n, packageName: 'Support 10' },
      {
        kind: 'spend',
        units: -100n,
        balance: 900n,
        cause: { kind: 'message', id: `${ticketId}:${messageId}` },
        ticket: { id: ticketId, subject: 'The till beeps' },
        message: { id: messageId, channel: 'email' },
        agent: 'Maja',
      },
    ])
    expect(statement.lines[0]?.order?.id).toMatch(/^order-/)
  })

  it('a failed answer is given back', async () => {
    const { customerId, ticketId } = await world.ticketWith([300n])
    const { messageId } = await world.reply(ticketId)
    await failReply(world, { ticketId, messageId })
    expect(figures(await read(customerId))).toEqual({
      granted: 300n,
      spent: 100n,
      reversed: 100n,
      closing: 300n,
    })
  })

  it('a session: held units stay in the balance until the bill', async () => {
    const { customerId, ticketId } = await world.ticketWith([500n])
    const { sessionId = '' } = await openVideo(world, { ticketId })
    const running = await read(customerId)
    expect(figures(running)).toEqual({ granted: 500n, closing: 500n })
    expect(running.held).toEqual({ opening: 0n, closing: 100n })
    await closeVideo(world, { sessionId, actualSeconds: 400 })
    const billed = await read(customerId)
    expect(figures(billed)).toEqual({ granted: 500n, posted: 200n, closing: 300n })
    expect(billed.held.closing).toBe(0n)
    expect(billed.lines.map((line) => line.kind)).toEqual(['grant', 'post'])
    expect(billed.lines[1]).toMatchObject({
      session: { id: BigInt(sessionId), actualSeconds: 400, billedSeconds: 600 },
      ticket: { id: ticketId },
      agent: 'Maja',
    })
  })

  it('a refund after spending takes what is there; the rest is owed, beside the balance', async () => {
    const { customerId, ticketId, grantId } = await world.ticketWith([400n])
    for (let i = 0; i < 3; i += 1) await world.reply(ticketId)
    await setPromised(world, { customerId, grantId }, 0n)
    const refunded = await read(customerId)
    expect(figures(refunded)).toEqual({ granted: 400n, spent: 300n, revoked: 100n })
    expect(refunded.deficit).toEqual({ opening: 0n, closing: 300n })
    expect(refunded.lines.at(-1)).toMatchObject({ kind: 'revoke', units: -100n, owedUnits: 300n })

    await setPromised(world, { customerId, grantId }, 400n)
    const restored = await read(customerId)
    expect(restored.totals).toMatchObject({ restored: 100n, closing: 100n })
    expect(restored.deficit.closing).toBe(0n)
    expect(restored.lines.at(-1)).toMatchObject({ kind: 'restore', units: 100n, owedUnits: -300n })
  })

  it('what was refunded after it had expired moves nothing twice', async () => {
    const customerId = await world.customer()
    const grantId = await world.grant(customerId, { units: 500n, expiresAt: world.day(5) })
    world.goTo(world.day(6))
    expect(figures(await read(customerId))).toEqual({ granted: 500n, expired: 500n })
    await setPromised(world, { customerId, grantId }, 0n)
    const statement = await read(customerId)
    expect(figures(statement)).toEqual({ granted: 500n, expired: 500n })
    expect(statement.deficit.closing).toBe(0n)
    expect(statement.lines.at(-1)).toMatchObject({ kind: 'revoke', units: 0n, owedUnits: 0n })
  })

  it('settling takes from the paying grant only, and clears what was owed', async () => {
    const { customerId, ticketId, grantId } = await world.ticketWith([200n])
    await world.reply(ticketId)
    await setPromised(world, { customerId, grantId }, 0n)
    const payer = await world.grant(customerId, { units: 1000n })
    await move({ customerId, grantId: payer, kind: 'settle', consumed: 100n })
    await move({ customerId, grantId, kind: 'settle', cleared: 100n })
    const statement = await read(customerId)
    expect(statement.totals).toMatchObject({ granted: 1200n, settled: 100n, closing: 900n })
    expect(statement.deficit.closing).toBe(0n)
    expect(statement.totals.closing).toBe((await world.account(customerId)).available)
  })

  it('forgiving clears what was owed and moves no balance', async () => {
    const { customerId, ticketId, grantId } = await world.ticketWith([200n])
    await world.reply(ticketId)
    await setPromised(world, { customerId, grantId }, 0n)
    await move({ customerId, grantId, kind: 'forgive', cleared: 100n })
    const statement = await read(customerId)
    expect(statement.totals).toMatchObject({ adjusted: 0n, settled: 0n, closing: 0n })
    expect(statement.deficit.closing).toBe(0n)
    expect(statement.lines.at(-1)).toMatchObject({ kind: 'forgive', units: 0n, owedUnits: -100n })
  })

  it('an overdrawn spend takes what is there; its settlement takes the rest', async () => {
    const customerId = await world.customer()
    const grantId = await world.grant(customerId, { units: 100n })
    await world.db.prisma.creditGrant.update({
      where: { shopId_id: { shopId: world.shopId, id: grantId } },
      data: { overdraftLimit: 500n },
    })
    await move({ customerId, grantId, kind: 'spend', consumed: 300n, overdraft: 200n })
    const overdrawn = await read(customerId)
    expect(figures(overdrawn)).toEqual({ granted: 100n, spent: 100n })
    expect(overdrawn.overdraft.closing).toBe(200n)
    const payer = await world.grant(customerId, { units: 1000n })
    await move({ customerId, grantId: payer, kind: 'settle', consumed: 200n })
    await move({ customerId, grantId, kind: 'settle', cleared: 200n, overdraft: -200n })
    const settled = await read(customerId)
    expect(settled.totals).toMatchObject({ settled: 200n, closing: 800n })
    expect([settled.overdraft.closing, settled.deficit.closing]).toEqual([0n, 0n])
  })

  it('corrections and moves between accounts', async () => {
    const from = await world.ticketWith([700n])
    const to = await world.ticketWith([100n])
    await move({ ...from, kind: 'adjust', entitled: -50n })
    await move({ ...from, kind: 'move_out', entitled: -650n })
    await move({ ...to, kind: 'move_in', entitled: 650n })
    const left = await read(from.customerId)
    expect(figures(left)).toEqual({ granted: 700n, adjusted: -50n, moved: -650n })
    expect(left.lines.at(-1)).toMatchObject({ reason: 'agreed by phone', cause: { kind: 'agent', id: '1' } })
    expect(figures(await read(to.customerId))).toEqual({ granted: 100n, moved: 650n, closing: 750n })
  })

  it('frozen credits stay in the balance: no entry took them', async () => {
    const { customerId, grantId } = await world.ticketWith([700n])
    await world.db.prisma.creditGrant.update({
      where: { shopId_id: { shopId: world.shopId, id: grantId } },
      data: { frozen: true },
    })
    expect((await read(customerId)).totals.closing).toBe(700n)
  })
})

describe('rule 16: the period', () => {
  it('is of days on the clock of the shop, the last included', async () => {
    const { customerId, ticketId } = await world.ticketWith([900n])
    await world.db.prisma.shop.update({ where: { id: world.shopId }, data: { timezone: 'Europe/Ljubljana' } })
    // Summer time since 29 March: 23:30 on the 31st is 21:30 UTC, 00:30 on the 1st is 22:30 UTC of the day before.
    for (const at of ['2026-03-31T21:30:00Z', '2026-03-31T22:30:00Z', '2026-04-01T08:00:00Z']) {
      world.goTo(new Date(at))
      await world.reply(ticketId)
    }
    const march = await read(customerId)
    const april = await read(customerId, { from: '2026-04-01', to: '2026-04-30' })
    await world.db.prisma.shop.update({ where: { id: world.shopId }, data: { timezone: 'UTC' } })
    expect(march.period.end).toEqual(new Date('2026-03-31T22:00:00Z'))
    expect(figures(march)).toEqual({ granted: 900n, spent: 100n, closing: 800n })
    expect(figures(april)).toEqual({ opening: 800n, spent: 200n, closing: 600n })
    const utc = await read(customerId)
    expect(figures(utc)).toEqual({ granted: 900n, spent: 200n, closing: 700n })
  })

  it('takes an entry of its very first moment and none of the next one', async () => {
    const { customerId, ticketId } = await world.ticketWith([900n])
    for (const at of ['2026-03-31T23:59:59.999Z', '2026-04-01T00:00:00Z']) {
      world.goTo(new Date(at))
      await world.reply(ticketId)
    }
    expect((await read(customerId)).totals).toMatchObject({ spent: 100n, closing: 800n })
    const april = await read(customerId, { from: '2026-04-01', to: '2026-04-01' })
    expect(april.totals).toMatchObject({ opening: 800n, spent: 100n, closing: 700n })
  })

  it('is the current month when none is named', async () => {
    const customerId = await world.customer()
    world.goTo(new Date('2026-02-14T10:00:00Z'))
    const days = async (input: object) => {
      const { period } = await readStatement(world.deps, { shopId: world.shopId, customerId, ...input })
      return [period.from, period.to]
    }
    expect(await days({})).toEqual(['2026-02-01', '2026-02-28'])
    expect(await days({ from: '2025-11-03' })).toEqual(['2025-11-03', '2026-02-28'])
    expect(await days({ from: '2026-05-03' })).toEqual(['2026-05-03', '2026-05-31'])
    expect(await days({ to: '2025-11-20' })).toEqual(['2025-11-01', '2025-11-20'])
  })

  it('has pages that keep the totals, also when many entries are of one moment', async () => {
    const { customerId, ticketId } = await world.ticketWith([900n])
    for (let i = 0; i < 7; i += 1) await world.reply(ticketId)
    const whole = await read(customerId)
    const kinds: bigint[] = []
    let after: Statement['next']
    do {
      const page: Statement = await read(customerId, { limit: 3, after })
      expect(page.totals).toEqual(whole.totals)
      kinds.push(...page.lines.map((line) => line.id))
      after = page.next
    } while (after)
    expect(kinds).toEqual(whole.lines.map((line) => line.id))
    expect(kinds).toHaveLength(8)
  })

  it.each([
    [{ from: '2026-02-30' }, 'from'],
    [{ from: 'yesterday' }, 'from'],
    [{ to: '2026-3-1' }, 'to'],
    [{ to: '2026-03-01T10:00' }, 'to'],
    [{ to: '99999-01-01' }, 'to'],
    [{ from: '2026-04-01' }, 'from'],
    [{ from: '2024-03-01', to: '2026-03-01' }, 'to'],
  ])('refuses %j by its field', async (input, field) => {
    const customerId = await world.customer()
    expect(await refusalOf(read(customerId, input))).toMatchObject({ code: 'invalid', fields: [{ field }] })
  })

  it('may be of two years to the day', async () => {
    const { period } = await read(await world.customer(), { from: '2024-03-01', to: '2026-02-28' })
    expect(period.start).toEqual(new Date('2024-03-01T00:00:00Z'))
  })

  it('is not of another shop: its customer is not found', async () => {
    const { customerId } = await world.ticketWith([100n])
    const shopId = await world.addShop()
    const asked = readStatement(world.deps, { shopId, customerId })
    expect(await refusalOf(asked)).toEqual({ code: 'not_found', what: 'customer' })
  })
})
