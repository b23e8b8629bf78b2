import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { adjustGrant } from '../../../src/domain/credits/adjust-grant.ts'
import { mergeCustomers } from '../../../src/domain/customers/merge-customers.ts'
import { resolveReview } from '../../../src/domain/orders/resolve-review.ts'
import { readDeferredRevenue } from '../../../src/domain/reports/deferred-revenue.ts'
import { readMovements } from '../../../src/domain/reports/movements.ts'
import { readPrices } from '../../../src/domain/reports/prices.ts'
import {
  addRecordedShop,
  deliverOrder,
  type MadeOrder,
  type OrderDesk,
  openOrderDesk,
  spend,
  trashOrder,
} from '../orders/order-desk.ts'

let desk: OrderDesk

beforeAll(async () => {
  desk = await openOrderDesk()
})
afterAll(() => desk.close())

/** A shop that has heard of these states of orders, in turn. */
async function shopWith(...states: MadeOrder[]): Promise<bigint> {
  const shopId = await addRecordedShop(desk.deps)
  for (const state of states) await deliverOrder(desk.deps, shopId, state)
  return shopId
}

const two = { id: 1, quantity: 2, total: '200.00' }

/** Paid, refunded, earned, deferred. */
async function moneyOf(shopId: bigint) {
  const { currencies } = await readDeferredRevenue(desk.deps, { shopId })
  return currencies.map(({ currency, now }) => [currency, now.paid, now.refunded, now.earned, now.deferred])
}

async function boughtOf(shopId: bigint) {
  const { rows } = await readPrices(desk.deps, { shopId })
  return rows.map(({ all }) => [all.purchases, all.units, all.paid, all.perCredit])
}

describe('what an order paid for its credits', () => {
  it('stays where it was in time when its customer is merged into another, twice', async () => {
    const first = desk.now.at
    const shopId = await shopWith(
      { id: 1, age: 0, total: '200.00', lines: [two] },
      { id: 1, age: 1, total: '200.00', lines: [two], refunds: [{ id: 9, total: '-50.00' }] },
    )
    await spend(desk.deps, shopId, 1, 4)
    const by = { actor: 'agent:1', role: 'owner' } as const
    const review = await desk.db.prisma.review.findFirstOrThrow({ where: { shopId, kind: 'amount_refund' } })
    await resolveReview(desk.deps, { shopId, reviewId: review.id, decision: 'accept', by })
    const read = () => readDeferredRevenue(desk.deps, { shopId, from: '2026-11-01', to: '2026-12-31' })
    desk.now.at = new Date('2026-12-05T10:00:00Z')
    const before = (await read()).currencies
    for (const id of [2, 3]) {
      await deliverOrder(desk.deps, shopId, {
        id,
        age: 0,
        email: `n${id}@example.test`,
        lines: [{ ...two, total: '0' }],
      })
      const owner = async (externalId: string) =>
        (await desk.db.prisma.shopOrder.findFirstOrThrow({ where: { shopId, externalId } })).customerId ?? 0n
      await mergeCustomers(desk.deps, {
        shopId,
        sourceId: await owner('1'),
        targetId: await owner(String(id)),
        by,
        reason: 'same_person',
        idempotencyKey: `merge-${id}`,
      })
    }
    expect((await read()).currencies).toEqual(before)
    const { total } = await readMovements(desk.deps, { shopId })
    expect([total.sold.moved, total.given.granted]).toEqual([0n, 0n])
    desk.now.at = first
  })

  it('is the total of the line, whatever else is in the order', async () => {
    const shopId = await shopWith({ id: 1, age: 0, total: '230.00', lines: [two, { id: 2, sku: 'SHIRT' }] })
    expect(await boughtOf(shopId)).toEqual([[1, 2000n, '200.00', '10.0000']])
    await spend(desk.deps, shopId, 1, 5)
    expect(await moneyOf(shopId)).toEqual([['EUR', '200.00', '0.00', '50.00', '150.00']])
  })

  it('follows a line that the shop edits after the payment', async () => {
    const shopId = await shopWith(
      { id: 1, age: 0, lines: [{ ...two, quantity: 1, total: '100.00' }] },
      { id: 1, age: 1, lines: [{ ...two, quantity: 3, total: '270.00' }] },
    )
    expect(await boughtOf(shopId)).toEqual([[1, 3000n, '270.00', '9.0000']])
    expect(await moneyOf(shopId)).toEqual([['EUR', '270.00', '0.00', '0.00', '270.00']])
  })

  it('counts in the month in which the line was edited, and the months before stay as they were', async () => {
    const first = desk.now.at
    const shopId = await shopWith({ id: 1, age: 0, lines: [{ ...two, quantity: 1, total: '100.00' }] })
    await spend(desk.deps, shopId, 1, 2)
    const months = async () => {
      const asked = { shopId, from: '2026-11-01', to: '2027-01-31' }
      const { currencies } = await readDeferredRevenue(desk.deps, asked)
      const { rows } = await readPrices(desk.deps, asked)
      return {
        money: currencies.flatMap((one) =>
          one.months.map((of) => [of.paid, of.refunded, of.earned, of.closing]),
        ),
        price: rows.flatMap((row) => row.months.map((of) => [of.month, of.units, of.paid, of.perCredit])),
      }
    }
    desk.now.at = new Date('2026-12-05T10:00:00Z')
    await deliverOrder(desk.deps, shopId, {
      id: 1,
      age: 1,
      lines: [{ ...two, quantity: 3, total: '270.00' }],
    })
    desk.now.at = new Date('2027-01-05T10:00:00Z')
    await deliverOrder(desk.deps, shopId, {
      id: 1,
      age: 2,
      lines: [{ ...two, quantity: 3, total: '240.00' }],
    })
    expect(await months()).toEqual({
      money: [
        ['100.00', '0.00', '20.00', '80.00'],
        ['170.00', '0.00', '-2.00', '252.00'],
        ['-30.00', '0.00', '-2.00', '224.00'],
      ],
      price: [
        ['2026-11', 1000n, '100.00', '10.0000'],
        ['2026-12', 2000n, '170.00', '8.5000'],
        ['2027-01', 0n, '-30.00', null],
      ],
    })
    desk.now.at = first
  })

  it('is refunded when that was told, also when a correction had taken the credits in another month', async () => {
    const first = desk.now.at
    const bought = { id: 1, age: 0, lines: [two] }
    const shopId = await shopWith(bought)
    const grant = await desk.db.prisma.creditGrant.findFirstOrThrow({ where: { shopId } })
    await adjustGrant(desk.deps, {
      ...{ shopId, customerId: grant.customerId, grantId: grant.id, credits: -20, reason: 'agreed' },
      ...{ by: { actor: 'agent:1', role: 'owner' }, idempotencyKey: `all-${grant.id}` },
    })
    desk.now.at = new Date('2026-12-05T10:00:00Z')
    await deliverOrder(desk.deps, shopId, { ...bought, age: 1, status: 'cancelled' })
    const { currencies } = await readDeferredRevenue(desk.deps, {
      ...{ shopId, from: '2026-11-01', to: '2026-12-31' },
    })
    expect(currencies[0]?.months.map(({ refunded, earned }) => [refunded, earned])).toEqual([
      ['0.00', '200.00'],
      ['200.00', '-200.00'],
    ])
    desk.now.at = first
  })

  it('is written down as it is told, and never changed', async () => {
    const shopId = await shopWith(
      { id: 1, age: 0, lines: [two] },
      { id: 1, age: 1, lines: [two], note: 'Leave it at the door.' },
      { id: 1, age: 2, lines: [{ ...two, total: '180.00' }] },
      { id: 1, age: 3, lines: [{ ...two, quantity: 1, total: '90.00' }] },
    )
    const rows = await desk.db.prisma.grantPayment.findMany({ where: { shopId }, orderBy: { id: 'asc' } })
    expect(rows.map(({ total, units, promised }) => [Number(total), units, promised])).toEqual([
      [200, 2000n, 2000n],
      [180, 2000n, 2000n],
      [90, 1000n, 2000n],
      [90, 1000n, 1000n],
    ])
    for (const change of [
      'update grant_payment set total = 1',
      'delete from grant_payment',
      'truncate grant_payment',
    ]) {
      await expect(desk.db.query(`test-${change}`, change, [])).rejects.toThrow('never changed or deleted')
    }
  })

  it('is refunded with the line, when it is cancelled, removed or trashed', async () => {
    const gone = [['EUR', '200.00', '200.00', '0.00', '0.00']]
    const bought = { id: 1, age: 0, lines: [two] }
    const cancelled = await shopWith(bought, { ...bought, age: 1, status: 'cancelled' })
    expect(await moneyOf(cancelled)).toEqual(gone)
    const emptied = { ...two, quantity: 0, total: '0.00' }
    for (const lines of [[emptied], [{ id: 2, sku: 'SHIRT' }]]) {
      expect(await moneyOf(await shopWith(bought, { ...bought, age: 1, lines }))).toEqual(gone)
    }
    const trashed = await shopWith(bought)
    await trashOrder(desk.deps, trashed, 1)
    expect(await moneyOf(trashed)).toEqual(gone)
  })

  it('is counted once when the order goes over to another customer', async () => {
    const shopId = await shopWith(
      { id: 1, age: 0, email: 'ana@example.test', lines: [two] },
      { id: 2, age: 0, email: 'ana@example.test', lines: [two] },
      { id: 2, age: 1, email: 'bor@example.test', lines: [two] },
    )
    const grants = await desk.db.prisma.creditGrant.findMany({ where: { shopId } })
    expect(grants.map(({ promised }) => promised)).toEqual([2000n, 0n, 2000n])
    expect(await boughtOf(shopId)).toEqual([[2, 4000n, '400.00', '10.0000']])
    expect(await moneyOf(shopId)).toEqual([['EUR', '400.00', '0.00', '0.00', '400.00']])
    // The ledger itself took the credits back and granted them anew.
    const { total } = await readMovements(desk.deps, { shopId })
    expect([total.sold.granted, total.sold.revoked, total.all.closing]).toEqual([6000n, 2000n, 4000n])
  })

  it('is refunded by the credits that a supervisor took for an amount', async () => {
    const shopId = await shopWith(
      { id: 1, age: 0, total: '200.00', lines: [two] },
      { id: 1, age: 1, total: '200.00', lines: [two], refunds: [{ id: 9, total: '-50.00' }] },
    )
    await spend(desk.deps, shopId, 1, 4)
    const before = [['EUR', '200.00', '0.00', '40.00', '160.00']]
    expect(await moneyOf(shopId)).toEqual(before)
    const review = await desk.db.prisma.review.findFirstOrThrow({ where: { shopId, kind: 'amount_refund' } })
    const by = { actor: 'agent:1', role: 'owner' } as const
    await resolveReview(desk.deps, { shopId, reviewId: review.id, decision: 'accept', by })
    expect(await moneyOf(shopId)).toEqual([['EUR', '200.00', '50.00', '40.00', '110.00']])
    const { currencies } = await readDeferredRevenue(desk.deps, { shopId })
    expect(currencies[0]?.months.at(-1)).toMatchObject({
      opening: '0.00',
      paid: '200.00',
      refunded: '50.00',
      earned: '40.00',
      closing: '110.00',
    })
  })

  it('bought what the whole line carries, also when a piece of it was refunded', async () => {
    const shopId = await shopWith({ id: 1, age: 0, lines: [two] })
    const grant = await desk.db.prisma.creditGrant.findFirstOrThrow({ where: { shopId } })
    await desk.db.query(
      'test-promise',
      `select set_promised($1, $2, $3, 1000, 'order_line', '1', 'system', $4)`,
      [shopId, grant.customerId, grant.id, desk.now.at],
    )
    expect(await boughtOf(shopId)).toEqual([[1, 2000n, '200.00', '10.0000']])
    expect(await moneyOf(shopId)).toEqual([['EUR', '200.00', '100.00', '0.00', '100.00']])
  })
})
