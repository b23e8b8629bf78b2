import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { adjustGrant } from '../../../src/domain/credits/adjust-grant.ts'
import { mergeCustomers } from '../../../src/domain/customers/merge-customers.ts'
import { Refused } from '../../../src/domain/refusal.ts'
import { readDeferredRevenue } from '../../../src/domain/reports/deferred-revenue.ts'
import { readMovements } from '../../../src/domain/reports/movements.ts'
import { readPrices } from '../../../src/domain/reports/prices.ts'
import { check, patienceMs, runsOf } from '../../support/runs.ts'
import { setPromised } from '../credits/moves.ts'
import { addRecordedShop, deliverOrder, type OrderDesk, openOrderDesk, spend } from '../orders/order-desk.ts'

const by = { actor: 'agent:1', role: 'owner' } as const

let desk: OrderDesk
let serial = 0

beforeAll(async () => {
  desk = await openOrderDesk()
})
afterAll(() => desk.close())

const move = fc.record({
  act: fc.constantFrom(
    ...(['buy', 'edit', 'edit', 'edit', 'price', 'empty', 'cancel', 'address', 'spend', 'spend'] as const),
    ...(['correct', 'pieces', 'merge', 'wait', 'wait', 'wait'] as const),
  ),
  nth: fc.nat({ max: 2 }),
  size: fc.integer({ min: 1, max: 5 }),
  cents: fc.nat({ max: 99 }),
})

interface Order {
  id: number
  age: number
  quantity: number
  total: string
  currency: string
  email: string
  status: string
  /** What its line cost when it last had a piece; the order's money is that until it is edited again. */
  paid: { total: string; currency: string }
}

const firstDay = '2026-11-01'
const dayOf = (at: Date) => at.toISOString().slice(0, 10)
const coinsOf = (text: string, currency: string) => Math.round(Number(text) * (currency === 'JPY' ? 1 : 100))

type Months = Record<string, unknown>

/** All that reports say of the months that are over, by report, currency and month; months without a figure are left out. */
async function closedMonths(shopId: bigint): Promise<Months> {
  const today = dayOf(desk.now.at)
  const asked = { shopId, from: firstDay, to: today }
  const closed: Months = {}
  const keep = (report: string, of: { month: string }, figures: object) => {
    const isEmpty = Object.values(figures).every((value) => value === null || Number(value) === 0)
    if (of.month < today.slice(0, 7) && !isEmpty) closed[`${report} ${of.month}`] = figures
  }
  const deferred = await readDeferredRevenue(desk.deps, asked)
  for (const { currency, months } of deferred.currencies) {
    for (const { month, from: _, to: __, ...figures } of months) keep(currency, { month }, figures)
  }
  const prices = await readPrices(desk.deps, asked)
  for (const { currency, months } of prices.rows) {
    for (const { month, ...figures } of months) keep(`price ${currency}`, { month }, figures)
  }
  const movements = await readMovements(desk.deps, asked)
  for (const { month, sold, given } of movements.months) {
    keep('sold', { month }, sold)
    keep('given', { month }, given)
  }
  return closed
}

async function checkSums(shopId: bigint, orders: readonly Order[]): Promise<void> {
  const asked = { shopId, from: firstDay, to: dayOf(desk.now.at) }
  const { currencies } = await readDeferredRevenue(desk.deps, asked)
  const paid = new Map<string, number>()
  for (const order of orders) {
    const { currency, total } = order.paid
    paid.set(currency, (paid.get(currency) ?? 0) + coinsOf(total, currency))
  }
  for (const { currency, now, months } of currencies) {
    const coins = (text: string) => coinsOf(text, currency)
    expect([currency, coins(now.paid)]).toEqual([currency, paid.get(currency) ?? 0])
    expect(coins(now.deferred) + coins(now.earned) + coins(now.refunded)).toBe(coins(now.paid))
    let opening = 0
    for (const month of months) {
      expect(coins(month.opening)).toBe(opening)
      opening += coins(month.paid) - coins(month.refunded) - coins(month.earned)
      expect(coins(month.closing)).toBe(opening)
    }
    expect(opening).toBe(coins(now.deferred))
    expect(months.reduce((sum, month) => sum + coins(month.paid), 0)).toBe(coins(now.paid))
  }
  const { rows } = await readPrices(desk.deps, asked)
  for (const { currency, all, months } of rows) {
    expect(months.reduce((units, month) => units + month.units, 0n)).toBe(all.units)
    expect(months.reduce((count, month) => count + month.purchases, 0)).toBe(all.purchases)
    const sum = months.reduce((coins, month) => coins + coinsOf(month.paid, currency), 0)
    expect(sum).toBe(coinsOf(all.paid, currency))
  }
}

describe('orders that the shop edits later', () => {
  it(
    'change no month that is over, and every coin that was paid is deferred, earned or refunded',
    async () => {
      let looks = 0
      await check(
        fc.asyncProperty(fc.array(move, { minLength: 12, maxLength: 24 }), async (moves) => {
          desk.now.at = new Date('2026-11-22T02:00:00Z')
          const shopId = await addRecordedShop(desk.deps)
          const orders: Order[] = []
          const send = (order: Order) =>
            deliverOrder(desk.deps, shopId, {
              ...{ id: order.id, age: order.age, status: order.status, email: order.email },
              ...{ total: order.total, currency: order.currency },
              lines: [{ id: order.id, quantity: order.quantity, total: order.total }],
            })
          const grantOf = async (order: Order) => {
            const [grant] = await desk.db.query<{ id: bigint; customerId: bigint }>(
              'test-grant-of-order',
              `select g.id, g.customer_id as "customerId" from order_line l
             join shop_order o on o.shop_id = l.shop_id and o.id = l.order_id
             join credit_grant g on g.shop_id = l.shop_id and g.id = l.grant_id
             where l.shop_id = $1 and o.external_id = $2`,
              [shopId, String(order.id)],
            )
            if (!grant) throw new Error(`order ${order.id} has no grant`)
            return grant
          }
          const ownerOf = async (order: Order) =>
            (
              await desk.db.prisma.shopOrder.findFirstOrThrow({
                where: { shopId, externalId: String(order.id) },
              })
            ).customerId ?? 0n
          let closed: Months = {}
          let month = firstDay.slice(0, 7)
          for (const { act, nth, size, cents } of moves) {
            const order = orders[nth % Math.max(orders.length, 1)]
            const money = `${size * 31}.${String(cents).padStart(2, '0')}`
            if (act === 'buy' || !order) {
              serial += 1
              const bought = { total: money, currency: ['EUR', 'JPY', 'USD'][nth] ?? 'EUR' }
              orders.push({
                ...{
                  id: serial,
                  age: 0,
                  quantity: size,
                  status: 'processing',
                  email: `c${serial}@x.example`,
                },
                ...bought,
                paid: bought,
              })
              const made = orders.at(-1)
              if (made) await send(made)
              continue
            }
            order.age += 1
            if (act === 'wait') {
              desk.now.at = new Date(desk.now.at.getTime() + size * 5 * 86_400_000)
              const seen = await closedMonths(shopId)
              const over = Object.entries(seen).filter(([name]) => (name.split(' ').at(-1) ?? '') < month)
              expect(Object.fromEntries(over)).toEqual(closed)
              closed = seen
              month = dayOf(desk.now.at).slice(0, 7)
              await checkSums(shopId, orders)
              looks += 1
            } else if (act === 'spend') {
              await spend(desk.deps, shopId, order.id, 1).catch(() => undefined)
            } else if (act === 'correct') {
              const grant = await grantOf(order)
              const made = adjustGrant(desk.deps, {
                ...{ shopId, by, customerId: grant.customerId, grantId: grant.id },
                reason: nth === 0 ? 'amount_refund' : 'agreed',
                credits: cents > 50 ? -size * 2 : size,
                idempotencyKey: `correct-${order.id}-${order.age}`,
              })
              await made.catch((error: unknown) => {
                if (!(error instanceof Refused)) throw error
              })
            } else if (act === 'pieces') {
              const { customerId, id: grantId } = await grantOf(order)
              const units = BigInt(Math.max(0, order.quantity - nth) * 1000)
              await setPromised({ db: desk.db, clock: desk.now, shopId }, { customerId, grantId }, units)
            } else if (act === 'merge') {
              const [other] = orders.filter((one) => one !== order)
              if (!other) continue
              const [sourceId, targetId] = [await ownerOf(order), await ownerOf(other)]
              if (sourceId === targetId) continue
              await mergeCustomers(desk.deps, {
                ...{ shopId, sourceId, targetId, reason: 'same_person' },
                idempotencyKey: `merge-${serial}-${order.age}`,
                by,
              })
            } else {
              if (act === 'cancel') order.status = order.status === 'cancelled' ? 'processing' : 'cancelled'
              if (act === 'address') order.email = `moved-${order.id}-${order.age}@x.example`
              if (act === 'empty') Object.assign(order, { quantity: 0, total: '0.00' })
              if (act === 'edit') Object.assign(order, { quantity: size, total: money })
              if (act === 'price' && order.quantity > 0) {
                order.total = money
                if (nth === 2) order.currency = 'USD'
              }
              // While it is cancelled nothing is known of its money.
              if (order.status === 'processing' && order.quantity > 0) {
                order.paid = { total: order.total, currency: order.currency }
              }
              await send(order)
            }
          }
        }),
        { runs: runsOf(30, 2_000) },
      )
      expect(looks).toBeGreaterThan(50)
    },
    patienceMs,
  )
})
