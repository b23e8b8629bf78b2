import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { type Listed, type ListOrders, readChanges } from '../../../src/domain/sync/read-changes.ts'
import type { OrderPage, OrderQuery, ShopOrder } from '../../../src/ports/shop.ts'
import { check, runsOf } from '../../support/runs.ts'

const began = Date.parse('2026-11-22T10:00:00Z')
const at = (second: number) => new Date(began + second * 1_000)

/** Orders by the second of their last change; a change after a request shifts the pages of the next. */
interface Shelf {
  /** Second and version of each order. */
  orders: Map<number, { second: number; version: number }>
  now: number
  requests: OrderQuery[]
  /** Called before each answer but the first. */
  meanwhile: () => void
  /** Orders of one second come in this order. */
  tie: (a: number, b: number) => number
}

function shelf(seconds: readonly number[]): Shelf {
  return {
    orders: new Map(seconds.map((second, index) => [index + 1, { second, version: 0 }])),
    now: Math.max(0, ...seconds),
    requests: [],
    meanwhile: () => undefined,
    tie: (a, b) => a - b,
  }
}

function change(shop: Shelf, id: number): void {
  const version = (shop.orders.get(id)?.version ?? -1) + 1
  shop.orders.set(id, { second: shop.now, version })
}

/** As WooCommerce answers: oldest change first, whole seconds, pages by number. */
function listing(shop: Shelf): ListOrders<Listed> {
  return async (query) => {
    if (shop.requests.length > 0) shop.meanwhile()
    if (shop.requests.length > 2_000) throw new Error('asked without end')
    shop.requests.push(query)
    const from = query.changedSince?.getTime() ?? 0
    const found = [...shop.orders]
      .filter(([, { second }]) => at(second).getTime() >= from)
      .sort(([a, one], [b, other]) => one.second - other.second || shop.tie(a, b))
    const start = (query.page - 1) * query.pageSize
    const rows = found.slice(start, start + query.pageSize)
    return {
      page: {
        orders: rows.map(([id, { second, version }]) => orderOf(id, second, version)),
        unreadable: [],
        more: start + rows.length < found.length,
        total: found.length,
      },
    }
  }
}

const orderOf = (id: number, second: number, version: number) =>
  ({ orderId: String(id), number: String(version), modifiedAt: at(second) }) as ShopOrder

/** What is known after reading: the version of each order that came last. */
async function readAll(
  shop: Shelf,
  options: { since?: number; pageSize: number },
  known = new Map<string, number>(),
): Promise<{ known: Map<string, number>; reached: Date }> {
  let reached = at(options.since ?? 0)
  const question = { since: at(options.since ?? 0), pageSize: options.pageSize }
  for await (const read of readChanges(listing(shop), question)) {
    for (const order of read.page.orders) {
      known.set(order.orderId, Math.max(known.get(order.orderId) ?? 0, Number(order.number)))
    }
    if (read.reached && read.reached > reached) reached = read.reached
  }
  return { known, reached }
}

const versionsOf = (shop: Shelf) =>
  new Map([...shop.orders].map(([id, { version }]) => [String(id), version]))

describe('reading what a shop changed', () => {
  it('goes on at the second of the last order, so that a page is never turned', async () => {
    const shop = shelf([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    const { known, reached } = await readAll(shop, { pageSize: 4 })
    expect(known).toEqual(versionsOf(shop))
    expect(reached).toEqual(at(9))
    expect(shop.requests.map(({ page, changedSince }) => [page, changedSince])).toEqual([
      [1, at(0)],
      [1, at(3)],
      [1, at(6)],
    ])
  })

  it('leaves no order out when those already read change while it reads', async () => {
    const shop = shelf(Array.from({ length: 40 }, (_, index) => index))
    let turn = 0
    // With pages by number each of these changes would move an unread order onto a page that was read.
    shop.meanwhile = () => {
      shop.now += 1
      turn += 1
      if (turn <= 3) change(shop, turn)
    }
    const { known } = await readAll(shop, { pageSize: 10 })
    expect(known).toEqual(versionsOf(shop))
  })

  it('turns pages within a second that has more orders than a page, and reads it again until nothing is new', async () => {
    const shop = shelf([0, ...Array.from({ length: 25 }, () => 5), 9, 9])
    let turn = 0
    shop.meanwhile = () => {
      shop.now += 1
      turn += 1
      // One of the first page of that second leaves it, and the first of the third page slips onto the second.
      if (turn === 3) change(shop, 3)
    }
    const { known, reached } = await readAll(shop, { pageSize: 10 })
    expect(known).toEqual(versionsOf(shop))
    expect(reached.getTime()).toBeGreaterThanOrEqual(at(9).getTime())
    const turned = shop.requests.filter(({ page }) => page > 1)
    expect(new Set(turned.map(({ changedSince }) => changedSince?.getTime()))).toEqual(
      new Set([at(5).getTime()]),
    )
  })

  it('finds all orders of one second though the shop shows them in another order each time', async () => {
    const shop = shelf(Array.from({ length: 35 }, () => 5))
    let salt = 1
    shop.meanwhile = () => {
      salt = (salt * 16_807) % 2_147_483_647
    }
    shop.tie = (a, b) => ((a * salt) % 101) - ((b * salt) % 101) || a - b
    expect((await readAll(shop, { pageSize: 10 })).known).toEqual(versionsOf(shop))
  })

  it('property: whatever changes while it reads, it and the next run together know every order as it is', async () => {
    const seconds = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 60 })
    const edits = fc.array(
      fc.record({ id: fc.integer({ min: 1, max: 70 }), waits: fc.integer({ min: 0, max: 2 }) }),
      { maxLength: 60 },
    )
    const property = fc.asyncProperty(
      seconds,
      edits,
      fc.integer({ min: 2, max: 12 }),
      async (orders, left, pageSize) => {
        const shop = shelf(orders)
        const waiting = [...left]
        shop.meanwhile = () => {
          const edit = waiting.shift()
          if (!edit) return
          shop.now += edit.waits
          change(shop, edit.id)
        }
        const first = await readAll(shop, { pageSize })
        shop.meanwhile = () => undefined
        const since = (first.reached.getTime() - began) / 1_000
        const { known } = await readAll(shop, { since, pageSize }, first.known)
        expect(known).toEqual(versionsOf(shop))
      },
    )
    await check(property, { runs: runsOf(300, 5_000) })
  })

  it('asks once when nothing changed', async () => {
    const shop = shelf([3])
    await readAll(shop, { since: 3, pageSize: 100 })
    expect(shop.requests).toHaveLength(1)
  })

  it('keeps order with orders that cannot be read', async () => {
    const pages: OrderPage[] = [
      {
        orders: [orderOf(1, 1, 0)],
        unreadable: [{ orderId: '2', modifiedAt: at(2), reason: 'odd' }],
        more: true,
        total: 3,
      },
      { orders: [], unreadable: [{ orderId: '2', modifiedAt: at(2), reason: 'odd' }], more: true, total: 2 },
      { orders: [orderOf(3, 3, 0)], unreadable: [], more: false, total: 1 },
    ]
    const asked: (Date | undefined)[] = []
    const met: string[] = []
    const list = async ({ changedSince }: OrderQuery) => {
      asked.push(changedSince)
      return { page: pages[asked.length - 1] as OrderPage }
    }
    for await (const { page } of readChanges(list, { since: at(0), pageSize: 2 })) {
      met.push(...[...page.orders, ...page.unreadable].map(({ orderId }) => orderId))
    }
    expect(met).toEqual(['1', '2', '2', '3'])
    expect(asked).toEqual([at(0), at(1), at(2)])
  })
})

describe('a shop whose answers cannot come to an end', () => {
  const endless = (second: number) => async () => ({
    page: {
      orders: [orderOf(1, second, 0), orderOf(2, second, 0)],
      unreadable: [],
      more: true,
      total: undefined,
    },
  })
  const readAllOf = async (list: ListOrders<Listed>) => {
    for await (const _ of readChanges(list, { since: at(0), pageSize: 2 }));
  }

  it('is told from a cache that answers each page with the same one', async () => {
    await expect(readAllOf(endless(0))).rejects.toMatchObject({
      name: 'ShopApiError',
      retriable: true,
      message: expect.stringContaining('A cache may answer'),
    })
  })

  it('is told from one that is too old to know from when it is asked', async () => {
    await expect(readAllOf(endless(-400 * 86_400))).rejects.toMatchObject({
      name: 'ShopApiError',
      retriable: false,
      message: expect.stringContaining('WooCommerce to 5.8'),
    })
  })
})
