import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createWooCommerceShop } from '../../../connectors/woocommerce/woocommerce.ts'
import type { OrderPage, OrderQuery } from '../../../src/ports/shop.ts'
import { asked, failureOf, openTalk, type Talk } from './talk.ts'

const start = Date.parse('2026-11-22T10:00:00Z')
let talk: Talk
let now: Date
beforeAll(async () => {
  talk = await openTalk({ now: () => now })
})
afterAll(() => talk.shop.close())
beforeEach(() => {
  const { shop } = talk
  now = new Date(start)
  shop.state = { orders: {}, refunds: {} }
  shop.site.customStatuses = {}
  shop.paging = 'honest'
  shop.behave()
  shop.requests.length = 0
})

/** Orders that were made one second after the other. */
function makeOrders(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    now = new Date(start + index * 1_000)
    return String(talk.shop.createOrder())
  })
}

const list = (query: Partial<OrderQuery> = {}): Promise<OrderPage> =>
  talk.api.listOrders(talk.keys, { page: 1, pageSize: 100, ...query })
const idsOf = (page: OrderPage): string[] => page.orders.map(({ orderId }) => orderId)
const listRequests = () => talk.shop.requests.filter(({ url }) => /\/orders\?/.test(url))

describe('listing orders', () => {
  it('finds what changed, oldest change first, page by page', async () => {
    const ids = makeOrders(5)
    now = new Date(start + 60_000)
    talk.shop.save(Number(ids[1]))
    const order = [ids[0], ids[2], ids[3], ids[4], ids[1]]
    const first = await list({ pageSize: 2 })
    expect(first).toMatchObject({ more: true, total: 5, unreadable: [] })
    const third = await list({ pageSize: 2, page: 3 })
    expect(third).toMatchObject({ more: false })
    const pages = [first, await list({ pageSize: 2, page: 2 }), third]
    expect(pages.flatMap(idsOf)).toEqual(order)
    expect(await list({ pageSize: 2, page: 4 })).toMatchObject({ orders: [], more: false })
  })

  it('takes "since" as this moment or later, whatever the time zone of the shop', async () => {
    const ids = makeOrders(3)
    expect(idsOf(await list({ changedSince: new Date(start + 1_000) }))).toEqual(ids.slice(1))
    expect(idsOf(await list({ changedSince: new Date(start + 1_999) }))).toEqual(ids.slice(1))
    expect(idsOf(await list({ changedSince: new Date(start + 3_000) }))).toEqual([])
    expect(idsOf(await list({ changedSince: new Date(0) }))).toEqual(ids)
    expect(listRequests().at(-1)?.url).not.toContain('modified_after')
    expect(listRequests()[0]?.url).toContain('modified_after=2026-11-22T10%3A00%3A00Z')
  })

  it('finds every status, those of plugins and the trash', async () => {
    talk.shop.site.customStatuses = { 'ready-to-ship': 'Ready to ship' }
    const statuses = ['pending', 'on-hold', 'checkout-draft', 'ready-to-ship', 'failed', 'trash']
    for (const status of statuses) {
      const id = talk.shop.createOrder({ status: status === 'trash' ? 'processing' : status })
      if (status === 'trash') talk.shop.trash(id)
    }
    const page = await list()
    expect(page.orders.map(({ status }) => status).sort()).toEqual([...statuses].sort())
  })

  it('looks up given orders, the trashed too, and leaves out those that are gone', async () => {
    const [kept = '', trashed = '', gone = ''] = makeOrders(4)
    talk.shop.trash(Number(trashed))
    talk.shop.removeForGood(Number(gone))
    const page = await list({ orderIds: [kept, trashed, gone] })
    expect(Object.fromEntries(page.orders.map((order) => [order.orderId, order.status]))).toEqual({
      [kept]: 'processing',
      [trashed]: 'trash',
    })
  })

  it('signs a lookup of a hundred orders', async () => {
    const ids = makeOrders(100)
    expect(idsOf(await list({ orderIds: ids }))).toEqual(ids)
  })

  it('asks nothing when nothing is looked up', async () => {
    makeOrders(1)
    expect(await list({ orderIds: [] })).toEqual({ orders: [], unreadable: [], more: false, total: 0 })
    expect(talk.shop.requests).toEqual([])
    await expect(list({ orderIds: ['1', '2 or 1=1'] })).rejects.toThrow(/whole number/)
  })

  it('asks for the refunds of those that have any, two at a time at most', async () => {
    const ids = makeOrders(6)
    for (const id of ids.slice(2)) {
      const [line] = talk.shop.order(Number(id)).line_items
      talk.shop.refundLines(Number(id), { [line?.id ?? 0]: 1 })
    }
    talk.shop.slowness = 20
    const page = await list()
    talk.shop.slowness = 0
    expect(page.orders.map((order) => order.lines[0]?.refundedQuantity)).toEqual([0, 0, 1, 1, 1, 1])
    expect(asked(talk.shop).filter((request) => request.endsWith('/refunds'))).toHaveLength(4)
    expect(talk.shop.busiest).toBe(2)
  })
})

describe('a list that is not in order', () => {
  it('tells an order that breaks the contract and reads the others', async () => {
    const [first = '', second = '', third = ''] = makeOrders(3)
    Object.assign(talk.shop.state.orders[second] ?? {}, { line_items: 'none' })
    const page = await list()
    expect(idsOf(page)).toEqual([first, third])
    expect(page.unreadable).toEqual([
      {
        orderId: second,
        modifiedAt: new Date(start + 1_000),
        reason: expect.stringMatching(/line_items/),
      },
    ])
    talk.shop.state.orders[second] = { nonsense: true, status: 'processing', date_modified_gmt: '' }
    expect((await list()).unreadable).toEqual([
      { orderId: '', modifiedAt: undefined, reason: expect.stringMatching(/\S/) },
    ])
  })

  it.each(['error500', 'error403'] as const)('tells an order whose refunds fail with %s', async (trouble) => {
    const [first = '', second = ''] = makeOrders(2)
    talk.shop.refundAmount(Number(second), '10.00')
    talk.shop.misbehave(trouble, Number.POSITIVE_INFINITY, /\/refunds\?/)
    const page = await list()
    expect(idsOf(page)).toEqual([first])
    expect(page.unreadable).toMatchObject([{ orderId: second, reason: expect.stringMatching(/\S/) }])
  })

  it('tells an order that is deleted while it is listed', async () => {
    const [first = ''] = makeOrders(1)
    talk.shop.refundAmount(Number(first), '10.00')
    talk.shop.misbehave('gone', 1, /\/refunds\?/)
    expect((await list()).unreadable).toMatchObject([
      { orderId: first, reason: expect.stringMatching(/deleted it while/) },
    ])
  })

  it.each(['error503', 'drop', 'error429'] as const)(
    'fails the page when the shop is in trouble: %s',
    async (trouble) => {
      const [first = ''] = makeOrders(1)
      talk.shop.refundAmount(Number(first), '10.00')
      talk.shop.misbehave(trouble, Number.POSITIVE_INFINITY, /\/refunds\?/)
      expect((await failureOf(list())).retriable).toBe(true)
    },
  )

  it('goes by the length of a page when the headers are missing', async () => {
    makeOrders(3)
    talk.shop.paging = 'withoutHeaders'
    expect(await list({ pageSize: 2 })).toMatchObject({ more: true, total: undefined })
    expect(await list({ pageSize: 2, page: 2 })).toMatchObject({ more: false })
    expect(await list({ pageSize: 3, page: 2 })).toMatchObject({ orders: [], more: false })
  })

  it('comes to an end with a list of refunds that never ends', async () => {
    const [first = ''] = makeOrders(1)
    talk.shop.refundAmount(Number(first), '10.00')
    talk.shop.paging = 'endless'
    expect((await list()).orders[0]?.refundedTotal).toBe('10.00')
    expect(asked(talk.shop).filter((request) => request.endsWith('/refunds'))).toHaveLength(2)
  })

  it("reads the page around an order that is beyond the answer's limit", async () => {
    const ids = makeOrders(7)
    talk.shop.state.orders[ids[3] ?? ''] = {
      ...talk.shop.state.orders[ids[3] ?? ''],
      customer_note: 'x'.repeat(60_000),
    }
    const small = createWooCommerceShop({ allowPrivateAddresses: true, maxResponseBytes: 50_000 })
    const page = await small.api.listOrders(talk.keys, { page: 1, pageSize: 6 })
    expect(idsOf(page)).toEqual(ids.slice(0, 6).filter((id) => id !== ids[3]))
    expect(page).toMatchObject({
      more: true,
      total: 7,
      unreadable: [{ orderId: ids[3], reason: expect.stringMatching(/too large.*plugin/) }],
    })
    expect(await small.api.listOrders(talk.keys, { page: 2, pageSize: 6 })).toMatchObject({ more: false })
  })

  it('says what to do when the key may not see the statuses', async () => {
    const clerk = { ...talk.keys, ...talk.shop.addKey({ role: 'clerk' }) }
    const error = await failureOf(talk.api.listOrders(clerk, { page: 1, pageSize: 10 }))
    expect(error).toMatchObject({ status: 403, message: expect.stringMatching(/shop manager/) })
  })
})
