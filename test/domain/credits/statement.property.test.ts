import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { readStatement, type Statement } from '../../../src/domain/credits/statement.ts'
import { deficit, type ModelGrant, net } from '../../support/ledger-model/grant.ts'
import { check, patienceMs, runsOf } from '../../support/runs.ts'
import { makeWorld, start, type World } from '../../support/world.ts'
import { type Intent, programmes } from './programme/intents.ts'
import { keepOrder } from './programme/order.ts'
import { makePlayer } from './programme/play.ts'
import { makeReplay } from './programme/replay.ts'
import { choose, openStage } from './programme/stage.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld()
  await keepOrder(world)
})
afterAll(() => world.close())

const dayOf = (at: Date) => at.toISOString().slice(0, 10)
const nextDay = (day: string) => dayOf(new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000))

/** Rule 16, term by term. */
function sumOf({ totals: t }: Statement): bigint {
  return (
    t.opening +
    t.granted +
    t.restored +
    t.reversed +
    t.adjusted +
    t.moved -
    t.spent -
    t.posted -
    t.revoked -
    t.expired -
    t.settled
  )
}

function checkSums(statement: Statement): void {
  const { totals, deficit, lines } = statement
  expect(sumOf(statement)).toBe(totals.closing)
  let balance = totals.opening
  for (const line of lines) {
    balance += line.units
    expect(line.balance).toBe(balance)
  }
  expect(balance).toBe(totals.closing)
  expect(lines.reduce((sum, line) => sum + line.owedUnits, deficit.opening)).toBe(deficit.closing)
}

const kinds = [
  'grant',
  'restore',
  'revoke',
  'adjust up',
  'adjust down',
  'move_in',
  'move_out',
  'spend',
  'spend beyond',
  'reverse',
  'hold',
  'release',
  'post',
  'expire',
  'settle payer',
  'settle deficit',
  'settle overdraft',
  'forgive',
] as const

/** Plays a programme and reads every account's statement before each jump of time; at the end all its periods again. */
async function readAlong(programme: Intent[]): Promise<void> {
  const stage = await openStage(world)
  const play = makePlayer(world, stage)
  const { customers, replay } = makeReplay(stage)
  const read = (customerId: bigint, from: string, to: string, page = {}) =>
    readStatement(world.deps, { shopId: stage.shopId, customerId, from, to, ...page })
  const seen = new Map<bigint, { day: string; closing: bigint; deficit: bigint }[]>()

  const look = async () => {
    const day = dayOf(world.clock.at)
    for (const [customerId, { grants }] of customers) {
      const statement = await read(customerId, dayOf(start), day)
      const sum = (figure: (g: ModelGrant) => number) => BigInt(grants.reduce((all, g) => all + figure(g), 0))
      expect({
        closing: statement.totals.closing,
        held: statement.held.closing,
        deficit: statement.deficit.closing,
        overdraft: statement.overdraft.closing,
      }).toEqual({
        closing: sum((g) => Math.max(net(g) + g.held, 0)),
        held: sum((g) => g.held),
        deficit: sum(deficit),
        overdraft: sum((g) => g.overdraft),
      })
      checkSums(statement)
      const past = (seen.get(customerId) ?? []).filter((one) => one.day !== day)
      seen.set(customerId, [
        ...past,
        { day, closing: statement.totals.closing, deficit: statement.deficit.closing },
      ])
    }
  }
  for (const intent of programme) {
    if (intent.do === 'wait') await look()
    const move = choose(stage, intent)
    if (move) replay(move, await play(move))
  }
  await look()

  for (const [customerId, days] of seen) {
    let from = dayOf(start)
    let [closing, owed, held] = [0n, 0n, 0n]
    for (const past of days) {
      const statement = await read(customerId, from, past.day)
      checkSums(statement)
      expect([statement.totals.opening, statement.deficit.opening, statement.held.opening]).toEqual([
        closing,
        owed,
        held,
      ])
      expect([statement.totals.closing, statement.deficit.closing]).toEqual([past.closing, past.deficit])
      closing = statement.totals.closing
      owed = statement.deficit.closing
      held = statement.held.closing
      from = nextDay(past.day)
    }

    const whole = await read(customerId, dayOf(start), dayOf(world.clock.at))
    const paged: Statement['lines'] = []
    let after: Statement['next']
    do {
      const page = await read(customerId, dayOf(start), dayOf(world.clock.at), {
        limit: 3,
        ...(after && { after }),
      })
      expect(page.totals).toEqual(whole.totals)
      paged.push(...page.lines)
      after = page.next
    } while (after)
    expect(paged).toEqual(whole.lines)
  }
}

/** entitled, consumed, held, expired, cleared, overdraft */
const effects: Record<(typeof kinds)[number], (units: bigint) => bigint[]> = {
  grant: (u) => [u, 0n, 0n, 0n, 0n, 0n],
  restore: (u) => [u, 0n, 0n, 0n, 0n, 0n],
  revoke: (u) => [-u, 0n, 0n, 0n, 0n, 0n],
  'adjust up': (u) => [u, 0n, 0n, 0n, 0n, 0n],
  'adjust down': (u) => [-u, 0n, 0n, 0n, 0n, 0n],
  move_in: (u) => [u, 0n, 0n, 0n, 0n, 0n],
  move_out: (u) => [-u, 0n, 0n, 0n, 0n, 0n],
  spend: (u) => [0n, u, 0n, 0n, 0n, 0n],
  'spend beyond': (u) => [0n, u, 0n, 0n, 0n, u],
  reverse: (u) => [0n, -u, 0n, 0n, 0n, 0n],
  hold: (u) => [0n, 0n, u, 0n, 0n, 0n],
  release: (u) => [0n, 0n, -u, 0n, 0n, 0n],
  post: (u) => [0n, u, -u, 0n, 0n, 0n],
  expire: (u) => [0n, 0n, 0n, u, 0n, 0n],
  'settle payer': (u) => [0n, u, 0n, 0n, 0n, 0n],
  'settle deficit': (u) => [0n, 0n, 0n, 0n, u, 0n],
  'settle overdraft': (u) => [0n, 0n, 0n, 0n, u, -u],
  forgive: (u) => [0n, 0n, 0n, 0n, u, 0n],
}

describe('rule 16', () => {
  it(
    'opening and movements make closing, periods join, and closing is what a simple model says',
    async () => {
      await check(fc.asyncProperty(programmes, readAlong), { runs: runsOf(30, 500) })
    },
    patienceMs,
  )

  it('holds for any entries that the ledger takes, in any order of their times', async () => {
    const entry = fc.record({
      kind: fc.constantFrom(...kinds),
      grant: fc.nat({ max: 2 }),
      units: fc.constantFrom(50n, 100n, 250n, 700n),
      // Clocks of two processes differ, so a later entry may bear an earlier time; and many bear the same.
      day: fc.integer({ min: 1, max: 6 }),
    })
    // Each kind once, where it fits: chance alone leaves out a release or a post now and then.
    const eachOnce = kinds.map((kind, at) => ({
      kind,
      grant: 0,
      units: kind === 'hold' || kind === 'spend' ? 100n : 50n,
      day: 1 + (at % 6),
    }))
    const taken = new Map<string, number>()
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 10, maxLength: 30 }), async (entries) => {
        world.goTo(start)
        const { customerId, grantIds } = await world.ticketWith([1000n, 300n, 500n])
        await world.db.prisma.creditGrant.updateMany({
          where: { customerId },
          data: { overdraftLimit: 10_000n },
        })
        for (const { kind, grant, units, day } of entries) {
          const figures = effects[kind](units).map(String).join(', ')
          const moved = await world.db
            .query(
              `test-${kind}-${units}`,
              `select ledger_move($1, $2, $3, '${kind.split(' ')[0]}', ${figures}, 'test', 'k', 'test', '1', 'test', null, $4)`,
              [world.shopId, customerId, grantIds[grant] ?? 0n, world.day(day)],
            )
            .then(
              () => true,
              () => false,
            )
          if (moved) taken.set(kind, (taken.get(kind) ?? 0) + 1)
        }
        world.goTo(world.day(7))
        const read = (from: string, to: string) =>
          readStatement(world.deps, { shopId: world.shopId, customerId, from, to })
        let before = { opening: 0n, deficit: 0n, overdraft: 0n, held: 0n }
        for (const [from, to] of [
          ['2026-02-01', '2026-02-28'],
          ['2026-03-01', '2026-03-03'],
          ['2026-03-04', '2026-03-04'],
          ['2026-03-05', '2026-04-30'],
        ] as const) {
          const statement = await read(from, to)
          checkSums(statement)
          const { totals, deficit, overdraft, held } = statement
          expect({
            opening: totals.opening,
            deficit: deficit.opening,
            overdraft: overdraft.opening,
            held: held.opening,
          }).toEqual(before)
          before = {
            opening: totals.closing,
            deficit: deficit.closing,
            overdraft: overdraft.closing,
            held: held.closing,
          }
        }
        const grants = await world.grantsOf(customerId)
        const own = grants.map((g) => g.entitled - g.consumed - g.expired + g.overdraft)
        const account = await world.account(customerId)
        expect(before).toEqual({
          opening: own.reduce((sum, units) => sum + (units > 0n ? units : 0n), 0n),
          deficit: account.deficit,
          overdraft: account.overdraft,
          held: account.held,
        })
      }),
      { numRuns: 40, examples: [[eachOnce]] },
    )
    expect([...taken.keys()].sort()).toEqual([...kinds].sort())
  })
})
