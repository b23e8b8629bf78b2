import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { readStatement } from '../../../src/domain/credits/statement.ts'
import { readDeferredRevenue } from '../../../src/domain/reports/deferred-revenue.ts'
import { readMovements } from '../../../src/domain/reports/movements.ts'
import { readOutstanding } from '../../../src/domain/reports/outstanding.ts'
import { makeWorld, type World } from '../../support/world.ts'
import { openStage, programmes } from '../credits/by-hand-programme.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())

const dayOf = (at: Date) => at.toISOString().slice(0, 10)

/** Of all customers of the shop, from the functions that the desk shows balances by. */
async function balancesOf(shopId: bigint) {
  const [sum] = await world.db.query<{ available: bigint; held: bigint; frozen: bigint }>(
    'test-balances',
    `select coalesce(sum((b ->> 'available')::bigint), 0)::bigint as available,
       coalesce(sum((b ->> 'held')::bigint), 0)::bigint as held,
       (select coalesce(sum(greatest(entitled - consumed - held - expired + overdraft, 0)), 0)::bigint from credit_grant
        where shop_id = $1 and frozen and (expires_at is null or expires_at > $2)) as frozen
     from account a cross join lateral account_balance(a.shop_id, a.customer_id, $2) b where a.shop_id = $1`,
    [shopId, world.clock.at],
  )
  if (!sum) throw new Error('a sum always gives a row')
  return { ...sum, total: sum.available + sum.held + sum.frozen }
}

/** Hundredths of the money of a currency with so many digits. */
const cents = (text: string) => BigInt(Math.round(Number(text) * 100))

const least = (one: bigint, other: bigint): bigint => {
  if (one < other) return one
  return other
}

/** A grant's money by the words of the README, in exact fractions, each rounded once. */
function moneyOf(g: { paid: bigint; promised: bigint; bought: bigint; own: bigint }) {
  const share = (units: bigint) => (2n * g.paid * units + g.bought) / (2n * g.bought)
  const kept = least(g.promised, g.bought)
  return { refunded: g.paid - share(kept), deferred: share(least(g.own < 0n ? 0n : g.own, kept)) }
}

async function expectedMoney(shopId: bigint, currency: string) {
  const grants = await world.db.prisma.creditGrant.findMany({ where: { shopId, currency } })
  let [paid, refunded, deferred] = [0n, 0n, 0n]
  for (const g of grants) {
    const isOver = g.expiresAt !== null && g.expiresAt <= world.clock.at
    const net = g.entitled - g.consumed - g.held - g.expired + g.overdraft
    // In the currency's smallest coins; yen have no smaller ones.
    const coins = BigInt(Math.round(Number(g.paidTotal) * (currency === 'JPY' ? 1 : 100)))
    const money = moneyOf({
      paid: coins,
      promised: g.promised,
      bought: g.unitsEach,
      own: isOver && net > 0n ? g.held : net + g.held,
    })
    paid += coins
    refunded += money.refunded
    deferred += money.deferred
  }
  const scale = currency === 'JPY' ? 100n : 1n
  return { paid: paid * scale, refunded: refunded * scale, deferred: deferred * scale }
}

describe('reports after any movements of several customers', () => {
  it('add up to the balances, to the statements, and to what was paid', async () => {
    await fc.assert(
      fc.asyncProperty(programmes, programmes, async (one, other) => {
        const stage = await openStage(world)
        const second = await openStage(world, stage.shopId)
        const { shopId } = stage
        for (const at of Array(Math.max(one.length, other.length)).keys()) {
          const [move, reply] = [one[at], other[at]]
          if (move) await stage.play(move)
          if (reply) await second.play(reply)
        }

        const balances = await balancesOf(shopId)
        const outstanding = await readOutstanding(world.deps, { shopId })
        expect(outstanding.total).toEqual(balances)
        expect(outstanding.rows.reduce((units, row) => units + row.total, 0n)).toBe(balances.total)

        const days = { from: '2026-02-10', to: dayOf(world.clock.at) }
        const { months, total } = await readMovements(world.deps, { shopId, ...days })
        expect([months[0]?.all.opening, total.all.closing]).toEqual([0n, balances.total])

        const { currencies } = await readDeferredRevenue(world.deps, { shopId, ...days })
        for (const { currency, now, months: turns } of currencies) {
          const { paid, refunded, deferred } = await expectedMoney(shopId, currency)
          expect([currency, cents(now.paid), cents(now.refunded), cents(now.deferred)]).toEqual([
            currency,
            paid,
            refunded,
            deferred,
          ])
          expect(cents(now.deferred) + cents(now.earned) + cents(now.refunded)).toBe(cents(now.paid))
          const sums = { paid: 0n, refunded: 0n, earned: 0n, breakage: 0n }
          let opening = 0n
          for (const turn of turns) {
            expect(cents(turn.opening)).toBe(opening)
            for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += cents(turn[name])
            opening += cents(turn.paid) - cents(turn.refunded) - cents(turn.earned)
            expect(cents(turn.closing)).toBe(opening)
          }
          expect(sums).toEqual({
            paid: cents(now.paid),
            refunded: cents(now.refunded),
            earned: cents(now.earned),
            breakage: cents(now.breakage),
          })
          expect(opening).toBe(cents(now.deferred))
        }

        // Statements write what expired, so they come last; the reports must have counted it already.
        for (const month of months) {
          const statements = await Promise.all(
            [stage, second].map(({ customerId }) =>
              readStatement(world.deps, { shopId, customerId, from: month.from, to: month.to }),
            ),
          )
          const sumOf = (
            name: 'opening' | 'granted' | 'spent' | 'posted' | 'revoked' | 'settled' | 'closing',
          ) => statements.reduce((units, { totals }) => units + totals[name], 0n)
          expect([month.all.opening, month.all.closing]).toEqual([sumOf('opening'), sumOf('closing')])
          expect(month.all.granted).toBe(sumOf('granted'))
          expect(month.all.spent).toBe(sumOf('spent') + sumOf('posted'))
          expect([month.all.revoked, month.all.settled]).toEqual([sumOf('revoked'), sumOf('settled')])
        }
        expect((await readMovements(world.deps, { shopId, ...days })).months).toEqual(months)
      }),
      { numRuns: 40 },
    )
  })
})
