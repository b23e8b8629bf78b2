import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Database } from '../../../src/db/database.ts'
import { findCustomers } from '../../../src/domain/customers/find-customers.ts'
import { processDelivery } from '../../../src/domain/orders/process-delivery.ts'
import { addPackage } from '../../../src/domain/packages/add-package.ts'
import { getTicket } from '../../../src/domain/tickets/get-ticket.ts'
import { listTickets } from '../../../src/domain/tickets/list-tickets.ts'
import { loadCaptures } from '../../support/fakes/captures.ts'
import { type FakeShop, fakeShopKeys, startFakeShop } from '../../support/fakes/shop.ts'
import {
  accountsOf,
  addBareShop,
  balanceOf,
  deliver,
  deliverOrder,
  type OrderDesk,
  openOrderDesk,
  orderBody,
  spend,
  trashOrder,
} from './order-desk.ts'

let desk: OrderDesk
let fake: FakeShop
let shopId: bigint
beforeAll(async () => {
  desk = await openOrderDesk()
  fake = await startFakeShop()
})
afterAll(async () => {
  await desk.close()
  await fake.close()
})
beforeEach(async () => {
  shopId = await toppingUpShop()
})

const ana = 'ana@example.test'

/** SUPPORT-10 and SUPPORT-20 go to the open ticket, SUPPORT-5 opens one of its own. */
async function toppingUpShop(options: Parameters<typeof addBareShop>[1] = {}): Promise<bigint> {
  const id = await addBareShop(desk.deps, options)
  for (const credits of [5, 10, 20]) {
    const furtherOrder = credits === 5 ? 'new_ticket' : 'open_ticket'
    await addPackage(desk.deps, {
      actor: 'cli',
      shopId: id,
      match: `sku:SUPPORT-${credits}`,
      credits,
      furtherOrder,
    })
  }
  return id
}

/** The tickets of the shop by number, each with the orders that it serves and the mails that went out on it. */
async function tickets(of = shopId): Promise<Record<string, unknown>[]> {
  return await desk.db.query(
    'test-top-up-tickets',
    `select t.number, t.status, t.reply_email as email,
       array(select o.external_id from shop_order o where o.shop_id = t.shop_id and ticket_of_order(o.shop_id, o.id) = t.id order by o.id) as orders,
       array(select m.template || ' ' || m.address from message m where m.shop_id = t.shop_id and m.ticket_id = t.id and m.template is not null order by m.id) as mails
     from ticket t where t.shop_id = $1 order by t.number`,
    [of],
  )
}

async function eventsOf(
  number: number,
): Promise<{ kind: string; order: string | null; units: number | null }[]> {
  return await desk.db.query(
    'test-top-up-events',
    `select e.kind, e.data ->> 'orderNumber' as order, (e.data ->> 'units')::int as units from ticket_event e
     join ticket t on t.shop_id = e.shop_id and t.id = e.ticket_id where t.shop_id = $1 and t.number = $2 order by e.id`,
    [shopId, number],
  )
}

async function setTicket(number: number, status: string, activityAt?: string): Promise<void> {
  await desk.db.query(
    'test-set-ticket',
    'update ticket set status = $3, activity_at = coalesce($4, activity_at) where shop_id = $1 and number = $2',
    [shopId, number, status, activityAt ?? null],
  )
}

describe('a further order of a customer with an open ticket', () => {
  it('tops it up: the order and its credits in the conversation, a mail with what was bought, no new ticket', async () => {
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0 })
    await setTicket(1001, 'waiting')
    await deliverOrder(desk.deps, shopId, {
      id: 2,
      age: 0,
      note: 'And the mail form, please.',
      lines: [
        { id: 1, name: 'Pack 10' },
        { id: 2, sku: 'SUPPORT-20', name: 'Pack 20', quantity: 2 },
      ],
    })
    expect(await tickets()).toEqual([
      {
        number: 1001,
        status: 'open',
        email: ana,
        orders: ['1', '2'],
        mails: [`welcome ${ana}`, `top-up ${ana}`],
      },
    ])
    expect(await eventsOf(1001)).toEqual([
      { kind: 'ticket_opened', order: '1', units: null },
      { kind: 'grant', order: '1', units: 1000 },
      { kind: 'order_added', order: '2', units: null },
      { kind: 'grant', order: '2', units: 1000 },
      { kind: 'grant', order: '2', units: 4000 },
    ])
    expect(await balanceOf(desk.db, shopId, 2)).toEqual({ available: 6000, deficit: 0 })
    const written = await desk.db.query(
      'test-top-up-messages',
      `select direction, body, data from message where shop_id = $1 and template is distinct from 'welcome' order by id`,
      [shopId],
    )
    expect(written).toMatchObject([
      { direction: 'inbound', body: 'And the mail form, please.' },
      {
        direction: 'outbound',
        data: {
          orderNumber: '2',
          bought: [
            { name: 'Pack 10', units: 1000, expiresAt: null },
            { name: 'Pack 20', units: 4000, expiresAt: null },
          ],
        },
      },
    ])
  })

  it('is found by the order, and its page lists both orders', async () => {
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0 })
    await deliverOrder(desk.deps, shopId, { id: 2, age: 0 })
    for (const filter of [{ order: '1' }, { order: '2' }, { q: '2' }]) {
      const { rows } = await listTickets(desk.deps, { shopId, limit: 10, ...filter })
      expect(rows.map(({ number }) => number)).toEqual([1001])
      const ticketId = rows[0]?.id ?? 0n
      const { context } = await getTicket(desk.deps, { shopId, ticketId, quotes: [] })
      expect(context?.latest.map(({ number }) => number).sort()).toEqual(['1', '2'])
    }
    expect((await findCustomers(desk.deps, { shopId, order: '2', limit: 10 })).customers).toMatchObject([
      { emails: [ana] },
    ])
    const other = await toppingUpShop()
    expect((await listTickets(desk.deps, { shopId: other, limit: 10, order: '2' })).rows).toEqual([])
  })

  it.each([
    ['open', 1],
    ['waiting', 1],
    ['snoozed', 1],
    ['closed', 2],
    ['spam', 2],
  ])('of status %s: %i ticket(s)', async (status, count) => {
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0 })
    await setTicket(1001, status)
    await deliverOrder(desk.deps, shopId, { id: 2, age: 0 })
    expect(await tickets()).toHaveLength(count)
  })

  it('goes to the ticket on which something happened last, and never to another customer’s', async () => {
    for (const id of [1, 2, 3]) {
      await deliverOrder(desk.deps, shopId, { id, age: 0, lines: [{ id: 1, sku: 'SUPPORT-5' }] })
    }
    await deliverOrder(desk.deps, shopId, { id: 4, age: 0, email: 'bob@example.test' })
    await setTicket(1001, 'open', '2026-11-22T01:00:00Z')
    await setTicket(1002, 'waiting', '2026-11-22T01:30:00Z')
    await setTicket(1003, 'closed')
    await deliverOrder(desk.deps, shopId, { id: 5, age: 0 })
    expect((await tickets()).map(({ orders }) => orders)).toEqual([['1'], ['2', '5'], ['3'], ['4']])
  })

  it('opens a ticket when one of its lines says so', async () => {
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0 })
    const lines = [{ id: 1 }, { id: 2, sku: 'SUPPORT-5' }]
    await deliverOrder(desk.deps, shopId, { id: 2, age: 0, lines })
    expect((await tickets()).map(({ orders }) => orders)).toEqual([['1'], ['2']])
  })

  it('puts the ticket’s number on the order of a shop with keys', async () => {
    shopId = await toppingUpShop({
      ...{ url: fake.url, key: fakeShopKeys.consumerKey, secret: fakeShopKeys.consumerSecret },
    })
    fake.state.orders = Object.fromEntries(
      [1, 2].map((id) => [String(id), JSON.parse(orderBody({ id, age: 0 }).toString())]),
    )
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0 })
    await deliverOrder(desk.deps, shopId, { id: 2, age: 0 })
    const notes = await desk.db.query<{ note: string }>(
      'test-top-up-notes',
      `select payload ->> 'note' as note from graphile_worker._private_jobs
       where payload ->> 'shopId' = $1 and payload ->> 'note' is not null order by id`,
      [String(shopId)],
    )
    expect(notes.map(({ note }) => note)).toEqual([
      'Ticket 1001 opened, 10 credits.',
      '10 credits added to ticket 1001.',
    ])
  })
})

describe('later news of an order that topped up', () => {
  beforeEach(async () => {
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0 })
    await deliverOrder(desk.deps, shopId, { id: 2, age: 0, lines: [{ id: 1, quantity: 2 }] })
  })
  const later = async () => (await eventsOf(1001)).slice(4)

  it('is told on that ticket: more, less, cancelled, trashed, back again', async () => {
    const order = { id: 2, lines: [{ id: 1, quantity: 3 }] }
    await deliverOrder(desk.deps, shopId, { ...order, age: 1 })
    await deliverOrder(desk.deps, shopId, { ...order, age: 2, lines: [{ id: 1 }] })
    await deliverOrder(desk.deps, shopId, { ...order, age: 3, status: 'cancelled' })
    await deliverOrder(desk.deps, shopId, { ...order, age: 4 })
    desk.now.at = new Date('2026-11-22T03:00:00Z')
    await trashOrder(desk.deps, shopId, 2)
    expect(await later()).toEqual([
      { kind: 'restore', order: '2', units: 1000 },
      { kind: 'revoke', order: '2', units: 2000 },
      { kind: 'order_cancelled', order: '2', units: null },
      { kind: 'revoke', order: '2', units: 1000 },
      { kind: 'restore', order: '2', units: 3000 },
      { kind: 'order_trashed', order: '2', units: null },
      { kind: 'revoke', order: '2', units: 3000 },
    ])
    expect(await tickets()).toMatchObject([
      { orders: ['1', '2'], mails: [`welcome ${ana}`, `top-up ${ana}`] },
    ])
    expect(await balanceOf(desk.db, shopId, 1)).toEqual({ available: 1000, deficit: 0 })
  })

  it('is told there also when the ticket was closed meanwhile', async () => {
    await setTicket(1001, 'closed')
    await deliverOrder(desk.deps, shopId, { id: 2, age: 1, status: 'cancelled' })
    expect((await later()).map(({ kind }) => kind)).toEqual(['order_cancelled', 'revoke'])
    expect(await tickets()).toHaveLength(1)
  })

  it('puts its open questions there', async () => {
    const refunds = [{ id: 5, total: '-25.00' }]
    await deliverOrder(desk.deps, shopId, { id: 2, age: 1, refunds, lines: [{ id: 1, quantity: 2 }] })
    expect((await later()).map(({ kind }) => kind)).toEqual(['amount_refund_flagged'])
    const reviews = await desk.db.query(
      'test-top-up-reviews',
      `select r.kind, t.number from review r join ticket t on t.shop_id = r.shop_id and t.id = r.ticket_id where r.shop_id = $1`,
      [shopId],
    )
    expect(reviews).toEqual([{ kind: 'amount_refund', number: 1001 }])
  })

  it.each([1, 2])(
    'asks a supervisor there when order %i names another person, and moves nothing',
    async (id) => {
      const order = { id, lines: [{ id: 1, quantity: id }] }
      await deliverOrder(desk.deps, shopId, { ...order, age: 1, email: 'else@example.test' })
      expect(await accountsOf(desk.db, shopId)).toMatchObject([{ who: ana, available: 3000 }])
      expect(await tickets()).toMatchObject([{ email: ana, orders: ['1', '2'] }])
      const reviews = () =>
        desk.db.query(
          'test-top-up-email-reviews',
          `select r.kind, t.number, r.data ->> 'to' as to from review r
         join ticket t on t.shop_id = r.shop_id and t.id = r.ticket_id where r.shop_id = $1`,
          [shopId],
        )
      expect(await reviews()).toEqual([{ kind: 'email_changed', number: 1001, to: 'else@example.test' }])
      await deliverOrder(desk.deps, shopId, { ...order, age: 2, email: ana })
      expect(await reviews()).toEqual([])
    },
  )

  it('follows a corrected address of a registered customer, with the mail of the order', async () => {
    const wrong = 'anna@example.test'
    for (const id of [3, 4]) {
      await deliverOrder(desk.deps, shopId, { id, age: 0, email: wrong, customerId: 7 })
    }
    await deliverOrder(desk.deps, shopId, { id: 4, age: 1, email: 'right@example.test', customerId: 7 })
    expect((await tickets())[1]).toEqual({
      number: 1002,
      status: 'open',
      email: 'right@example.test',
      orders: ['3', '4'],
      mails: [`welcome ${wrong}`, `top-up ${wrong}`, 'top-up right@example.test'],
    })
    expect((await eventsOf(1002)).at(-1)).toMatchObject({ kind: 'contact_changed' })
  })

  it('says there that its validity is over', async () => {
    await addPackage(desk.deps, {
      actor: 'cli',
      ...{ shopId, match: 'sku:SHORT', credits: 4, days: 1 },
      furtherOrder: 'open_ticket',
    })
    await deliverOrder(desk.deps, shopId, { id: 3, age: 0, lines: [{ id: 1, sku: 'SHORT' }] })
    desk.now.at = new Date('2026-11-25T00:00:00Z')
    await spend(desk.deps, shopId, 1, 1)
    desk.now.at = new Date('2026-11-22T02:00:00Z')
    const expired = (await eventsOf(1001)).filter(({ kind }) => kind === 'expired')
    expect(expired).toMatchObject([{ units: 400 }])
  })
})

describe('orders that come twice, together, or in a process that dies', () => {
  it('end as one ticket with eight orders of a new customer at once, each of them twice', async () => {
    const orders = Array.from({ length: 8 }, (_, i) => ({ id: i + 1, age: 0 }))
    const bodies = orders.flatMap((order) => [orderBody(order), orderBody({ ...order, age: 1 })])
    const ids = await Promise.all(bodies.map((body) => deliver(desk.deps, shopId, 'order.updated', body)))
    for (const deliveryId of ids) {
      if (deliveryId !== undefined) await processDelivery(desk.deps, { shopId, deliveryId })
    }
    expect(await servedOrders(shopId)).toEqual([['1', '2', '3', '4', '5', '6', '7', '8']])
    const [ticket, ...others] = await tickets()
    expect(ticket?.mails).toHaveLength(8)
    expect(others).toEqual([])
    expect(await accountsOf(desk.db, shopId)).toMatchObject([{ who: ana, available: 8000 }])
  })

  it('end alike when the process dies between any two statements of the top-up', async () => {
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0 })
    const body = orderBody({ id: 2, age: 0, note: 'Thanks' })
    let died = 0
    for (;;) {
      const fragile = { ...desk.deps, db: dyingAt(desk.db, died + 1) }
      const done = await deliver(
        fragile,
        shopId,
        'order.updated',
        Buffer.concat([body, Buffer.from(' '.repeat(died))]),
      )
        .then(() => true)
        .catch((error: Error) => {
          if (error.message !== 'killed') throw error
          return false
        })
      if (done) break
      died += 1
      expect(await tickets()).toMatchObject([{ orders: ['1'], mails: [`welcome ${ana}`] }])
    }
    expect(died).toBeGreaterThan(15)
    expect(await tickets()).toMatchObject([
      { orders: ['1', '2'], mails: [`welcome ${ana}`, `top-up ${ana}`] },
    ])
    expect(await balanceOf(desk.db, shopId, 2)).toEqual({ available: 2000, deficit: 0 })
  })

  it('give the recorded customers the same credits as with a ticket for each order, heard of in either order', async () => {
    const plain = loadCaptures().filter(
      ({ topic, shop, body }) =>
        topic !== null && shop === 'main' && ![20, 30, 43].includes(Number((body as { id?: number }).id)),
    )
    const [forwards, backwards] = await Promise.all(
      [plain, [...plain].reverse()].map(async (list) => {
        const shop = await toppingUpShop()
        for (const capture of list) await deliver(desk.deps, shop, capture.topic ?? '', capture.rawBody)
        const accounts = (await accountsOf(desk.db, shop)) as { who: string; available: number }[]
        return {
          credits: accounts.map(({ who, available }) => [who, available]),
          served: await servedOrders(shop),
        }
      }),
    )
    expect(forwards?.credits).toContainEqual(['burst@example.test', 8000])
    expect(forwards?.served).toContainEqual(['38', '39', '42'])
    expect(backwards).toEqual(forwards)
  })
})

/**
 * The orders with credits, ticket by ticket. Which of them opened the ticket depends on which was heard of first; what was never
 * heard of as paid has none.
 */
async function servedOrders(of: bigint): Promise<string[][]> {
  const rows = await desk.db.query<{ orders: string[] }>(
    'test-served-orders',
    `select array_agg(o.external_id order by o.external_id) as orders from shop_order o
     where o.shop_id = $1 and exists (select from credit_grant g where g.shop_id = $1 and g.order_id = o.id and g.promised > 0)
     group by ticket_of_order(o.shop_id, o.id) order by 1`,
    [of],
  )
  return rows.map(({ orders }) => orders)
}

/** A database whose process is killed at the nth statement of its transactions. */
function dyingAt(db: Database, nth: number): Database {
  return {
    ...db,
    transaction: (work) => {
      let left = nth
      return db.transaction((sql) =>
        work({
          query(name, text, values) {
            left -= 1
            if (left === 0) throw new Error('killed')
            return sql.query(name, text, values)
          },
        }),
      )
    },
  }
}
