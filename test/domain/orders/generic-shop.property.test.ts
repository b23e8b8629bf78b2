import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createGenericShop } from '../../../connectors/generic/generic.ts'
import { addPackage } from '../../../src/domain/packages/add-package.ts'
import { check, patienceMs, runsOf } from '../../support/runs.ts'
import {
  accountsOf,
  addBareShop,
  deliver,
  type OrderDesk,
  openOrderDesk,
  orderBody,
  trashOrder,
} from './order-desk.ts'

// A shop that posts states by itself ends where a WooCommerce shop ends, in whatever order its posts arrive.

const base = Date.parse('2026-11-22T00:45:43Z')
const runs = runsOf(15, 500)

let desk: OrderDesk
beforeAll(async () => {
  desk = await openOrderDesk()
  desk.deps.shops.generic = createGenericShop()
})
afterAll(() => desk.close())

interface State {
  order: number
  /** Seconds after the first state of any order; each state has its own. */
  age: number
  gone: boolean
  status: 'paid' | 'unpaid' | 'cancelled' | 'refunded' | 'failed'
  lines: { id: number; sku: string; quantity: number; refundedQuantity: number }[]
}

// WooCommerce never puts another product under the id of a line, so there each product has ids of its own.
const wooLineId = ({ id, sku }: { id: number; sku: string }) =>
  id + 10 * ['SUPPORT-5', 'SUPPORT-10', 'MUG'].indexOf(sku)

const line = fc
  .record({
    id: fc.integer({ min: 1, max: 4 }),
    sku: fc.constantFrom('SUPPORT-5', 'SUPPORT-10', 'MUG'),
    quantity: fc.integer({ min: 1, max: 3 }),
    refunded: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ refunded, ...one }) => ({ ...one, refundedQuantity: Math.min(refunded, one.quantity) }))

const programme = fc
  .array(
    fc.record({
      order: fc.constantFrom(1, 2),
      gone: fc.integer({ min: 0, max: 4 }).map((one) => one === 0),
      status: fc.constantFrom<State['status']>(
        'paid',
        'paid',
        'paid',
        'unpaid',
        'cancelled',
        'refunded',
        'failed',
      ),
      lines: fc.uniqueArray(line, { minLength: 1, maxLength: 3, selector: ({ id }) => id }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((states) => states.map((state, age): State => ({ ...state, age })))

async function newShop(kind: 'generic' | 'woocommerce'): Promise<bigint> {
  const shopId = await addBareShop(desk.deps)
  await desk.db.prisma.shop.update({ where: { id: shopId }, data: { kind } })
  for (const credits of [5, 10]) {
    await addPackage(desk.deps, { actor: 'cli', shopId, match: `sku:SUPPORT-${credits}`, credits, days: 30 })
  }
  return shopId
}

function post(shopId: bigint, state: State): Promise<bigint | undefined> {
  const modifiedAt = new Date(base + state.age * 1000).toISOString()
  const event = state.gone ? 'order.deleted' : 'order'
  const order = state.gone
    ? { id: state.order, modifiedAt }
    : {
        id: state.order,
        status: state.status,
        currency: 'EUR',
        total: '125.00',
        paidAt: '2026-11-22T00:45:43Z',
        modifiedAt,
        customer: { email: 'ana@example.test', phone: '+386 40 123 456', country: 'SI' },
        lines: state.lines.map((one) => ({ ...one, name: 'Support', total: '0.00' })),
      }
  return deliver(desk.deps, shopId, event, Buffer.from(JSON.stringify({ event, order })))
}

const wooStatus = {
  paid: 'processing',
  unpaid: 'pending',
  cancelled: 'cancelled',
  refunded: 'refunded',
  failed: 'failed',
}

/** As WooCommerce would have told it, each state when it came about: the pieces left, since its bodies name no refunded ones. */
async function tellAsWooCommerce(shopId: bigint, states: readonly State[]): Promise<void> {
  for (const state of states) {
    desk.now.at = new Date(base + state.age * 1000)
    if (state.gone) await trashOrder(desk.deps, shopId, state.order)
    else {
      const lines = state.lines.map(({ refundedQuantity, quantity, ...one }) => ({
        ...one,
        id: wooLineId(one),
        quantity: quantity - refundedQuantity,
      }))
      const { order: id, age, status } = state
      const paid = status !== 'unpaid'
      await deliver(
        desk.deps,
        shopId,
        'order.updated',
        orderBody({ id, age, paid, status: wooStatus[status], lines }),
      )
    }
  }
}

describe('the posts of a shop of any kind', () => {
  it(
    `end where WooCommerce's rules end, shuffled and doubled (${runs} programmes)`,
    async () => {
      await check(
        fc.asyncProperty(programme, fc.infiniteStream(fc.nat()), async (states, chance) => {
          const [inOrder, shuffled, woo] = await Promise.all([
            newShop('generic'),
            newShop('generic'),
            newShop('woocommerce'),
          ])
          await tellAsWooCommerce(woo, states)
          desk.now.at = new Date(base + 3_600_000)
          for (const state of states) await post(inOrder, state)
          const mixed = [...states, ...states]
            .map((state) => ({ state, at: chance.next().value }))
            .sort((a, b) => a.at - b.at)
          for (const { state } of mixed) await post(shuffled, state)

          const wanted = await accountsOf(desk.db, woo)
          expect(await accountsOf(desk.db, inOrder)).toEqual(wanted)
          expect(await accountsOf(desk.db, shuffled)).toEqual(wanted)
        }),
        { runs },
      )
    },
    patienceMs,
  )
})
