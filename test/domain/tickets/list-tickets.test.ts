import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mergeTickets } from '../../../src/domain/tickets/acts/merge-tickets.ts'
import { addNote } from '../../../src/domain/tickets/add-note.ts'
import { listTickets, type TicketCursor } from '../../../src/domain/tickets/list-tickets.ts'
import { receiveMessage } from '../../../src/domain/tickets/receive-message.ts'
import { indexTickets } from '../../../src/domain/tickets/search/index-tickets.ts'
import { setTicketStatus } from '../../../src/domain/tickets/set-status.ts'
import { type TicketViewName, ticketViews } from '../../../src/domain/tickets/views.ts'
import { makeWorld, type World } from '../../support/world.ts'

let world: World
let big: bigint

beforeAll(async () => {
  world = await makeWorld()
  big = await world.addShop()
  // Forty tickets at each instant, so that the instant alone cannot place a page.
  await world.db.query(
    'many-tickets',
    `with people as (
       insert into customer (shop_id, name, created_at) select $1, 'Person ' || n, $2 from generate_series(1, 500) n returning id),
     accounts as (insert into account (shop_id, customer_id) select $1, id from people returning customer_id)
     insert into ticket (shop_id, number, customer_id, subject, status, activity_at, created_at)
     select $1, 1000 + n, (select min(customer_id) from accounts) + n % 500, 'Matter ' || n,
       (array['open', 'waiting', 'closed'])[1 + n % 3], $2::timestamptz + (n / 40) * interval '1 minute', $2
     from generate_series(1, 5000) n`,
    [big, world.clock.at],
  )
  while ((await indexTickets(world.deps, { limit: 500 })) > 0);
  await world.db.pool.query('analyze ticket')
  await world.db.pool.query('analyze customer')
})
afterAll(() => world.close())

const ask = (filter: Partial<Parameters<typeof listTickets>[1]> = {}) =>
  listTickets(world.deps, { shopId: big, limit: 50, ...filter })

describe('the list of tickets', () => {
  it('has every ticket once, newest activity first, page by page', async () => {
    const numbers: number[] = []
    let after: TicketCursor | undefined
    do {
      const page = await ask({ limit: 333, ...(after ? { after } : {}) })
      numbers.push(...page.rows.map((row) => row.number))
      after = page.next
    } while (after)
    expect(numbers).toHaveLength(5000)
    expect(new Set(numbers).size).toBe(5000)
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a))
  })

  it('does not repeat a ticket when another moves up between two pages', async () => {
    const { shopId } = world
    for (let n = 0; n < 6; n += 1) await world.ticketWith([])
    const first = await listTickets(world.deps, { shopId, limit: 3 })
    const oldest = await world.db.prisma.ticket.findFirstOrThrow({
      where: { shopId },
      orderBy: { id: 'asc' },
    })
    await world.db.prisma.ticket.updateMany({
      where: { shopId, id: oldest.id },
      data: { activityAt: world.day(1) },
    })
    const rest = await listTickets(world.deps, {
      shopId,
      limit: 10,
      ...(first.next ? { after: first.next } : {}),
    })
    const seen = [...first.rows, ...rest.rows].map((row) => row.id)
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toHaveLength(5)
  })

  it('can be asked for a status, a customer and an order', async () => {
    const open = await ask({ status: 'open', limit: 100 })
    expect(open.rows).toHaveLength(100)
    expect(new Set(open.rows.map((row) => row.status))).toEqual(new Set(['open']))
    const [someone] = open.rows
    const theirs = await ask({ customerId: someone?.customerId ?? 0n })
    expect(theirs.rows).toHaveLength(10)
    const customerId = await world.customer()
    const orderId = await world.order()
    const id = await world.ticket(customerId, { orderId })
    const { externalId } = await world.db.prisma.shopOrder.findFirstOrThrow({ where: { id: orderId } })
    const ofOrder = await listTickets(world.deps, { shopId: world.shopId, order: externalId, limit: 5 })
    expect(ofOrder.rows).toMatchObject([{ id, orderExternalId: externalId, availableUnits: 0n }])
  })

  it('finds by number, subject, name and e-mail, and takes signs as they are', async () => {
    expect((await ask({ q: '#1042' })).rows).toMatchObject([{ number: 1042 }])
    expect((await ask({ q: 'matter 4321' })).rows[0]).toMatchObject({ number: 5321 })
    expect((await ask({ q: 'person 277' })).rows.map(({ customerName }) => customerName)).toContain(
      'Person 277',
    )
    expect((await ask({ q: '%' })).rows).toEqual([])
    const { ticketId } = await world.ticketWith([250n], { email: 'findme@example.org' })
    const found = await listTickets(world.deps, { shopId: world.shopId, q: 'FINDME@', limit: 5 })
    expect(found.rows).toMatchObject([{ id: ticketId, availableUnits: 250n }])
  })

  it('finds by the order number of the shop, beside the ticket of that number, and by a phone as people write it', async () => {
    const shopId = await world.addShop()
    const customerId = await world.customer({ phone: '+38641234567' }, shopId)
    const orderId = await world.order(shopId)
    await world.db.prisma.shopOrder.updateMany({ where: { shopId, id: orderId }, data: { number: '1001' } })
    const ofOrder = await world.ticket(customerId, { orderId }, shopId)
    const find = async (q: string) =>
      (await listTickets(world.deps, { shopId, q, limit: 5 })).rows.map(({ id }) => id)
    expect(await find('1001')).toEqual([ofOrder])
    await world.db.prisma.shopOrder.updateMany({ where: { shopId, id: orderId }, data: { number: 'WEB-7' } })
    expect(await find('#WEB-7')).toEqual([ofOrder])
    expect(await find('WEB')).toEqual([])
    expect(await find('041 234 567')).toEqual([ofOrder])
    expect(await find('234567')).toEqual([ofOrder])
    expect(await find('999 999')).toEqual([])
  })

  describe('whose the last words of a ticket are', () => {
    const rowOf = async (ticketId: bigint) =>
      (await listTickets(world.deps, { shopId: world.shopId, view: 'all', limit: 50 })).rows.find(
        ({ id }) => id === ticketId,
      )
    const become = (ticketId: bigint, status: 'open' | 'closed') =>
      setTicketStatus(world.deps, { shopId: world.shopId, ticketId, status })
    const write = (ticketId: bigint, body: string) =>
      receiveMessage(world.deps, {
        ...{ shopId: world.shopId, ticketId },
        ...{ channel: 'portal' as const, body, authorName: 'Ana' },
      })

    it('stays told when it is closed, or opened again', async () => {
      const { shopId } = world
      const { ticketId } = await world.ticketWith([1000n])
      expect(await rowOf(ticketId)).toMatchObject({ preview: '', lastIsOurs: false })
      await write(ticketId, 'Help!')
      expect(await rowOf(ticketId)).toMatchObject({ preview: 'Help!', lastIsOurs: false })
      await world.reply(ticketId, { body: 'Try this.' })
      for (const status of ['closed', 'open'] as const) {
        await become(ticketId, status)
        expect(await rowOf(ticketId)).toMatchObject({ preview: 'Try this.', lastIsOurs: true })
      }
      await write(ticketId, 'Thank you!')
      await addNote(world.deps, { shopId, ticketId, body: 'A kind one.', agent: { name: 'Maja' } })
      for (const status of ['closed', 'open'] as const) {
        await become(ticketId, status)
        expect(await rowOf(ticketId)).toMatchObject({ preview: 'Thank you!', lastIsOurs: false })
      }
    })

    it('is told of all tickets that went into it', async () => {
      const { shopId } = world
      const { customerId, ticketId: target } = await world.ticketWith([1000n])
      const source = await world.ticket(customerId)
      await world.reply(target, { body: 'Try this.' })
      await write(source, 'And this?')
      const by = { actor: 'agent:1', name: 'Maja' }
      await mergeTickets(world.deps, { shopId, sourceIds: [source], targetId: target, by })
      await become(target, 'closed')
      expect(await rowOf(target)).toMatchObject({ preview: 'And this?', lastIsOurs: false })
      await world.reply(source, { body: 'That too.' })
      await become(target, 'open')
      expect(await rowOf(target)).toMatchObject({ preview: 'That too.', lastIsOurs: true })
    })
  })

  it('counts each view up to 500, also where there is nothing', async () => {
    const none = { due: 0, mine: 0, low: 0, snoozed: 0, spam: 0, unassigned: 0, unanswered: 0, waiting: 0 }
    const full = { ...none, unanswered: 500, unassigned: 500, waiting: 500, low: 500, concern: 0 }
    expect((await ask({ counts: true, limit: 5 })).counts).toEqual(full)
    const empty = await listTickets(world.deps, { shopId: await world.addShop(), limit: 5, counts: true })
    expect(empty).toMatchObject({ rows: [], counts: none })
  })

  it('pages through each view by key', async () => {
    for (const view of ['unanswered', 'low', 'unassigned', 'waiting', 'closed', 'all'] as const) {
      const first = await ask({ view, limit: 60 })
      const second = await ask({ view, limit: 60, ...(first.next ? { after: first.next } : {}) })
      const both = await ask({ view, limit: 120 })
      expect([...first.rows, ...second.rows]).toEqual(both.rows)
    }
  })

  it.each([
    ['of all tickets', {}],
    ['of a status', { status: 'open' as const }],
    ['far down', { after: { at: new Date('2026-03-01T11:00:00Z'), id: 1n << 40n } }],
    ...ticketViews.map((view): [string, { view: TicketViewName }] => [`the view ${view}`, { view }]),
  ])('%s is read by an index', async (_what, filter) => {
    const plan = await planOf(filter)
    expect(plan).toContain('Index')
    expect(plan).not.toContain('Seq Scan on ticket')
    // In its order, so that 50 rows are read and not all of them sorted.
    expect(plan).not.toContain('Sort')
  })

  it('of one customer is read by an index', async () => {
    expect(await planOf({ customerId: 7n })).toContain('ticket_shop_id_customer_id_id_idx')
  })
})

/** The plan of the very statement that the list runs. */
async function planOf(filter: Partial<Parameters<typeof listTickets>[1]>): Promise<string> {
  let plan = ''
  await listTickets(
    {
      clock: world.clock,
      db: {
        ...world.db,
        async query(_name, text, values) {
          const { rows } = await world.db.pool.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values)
          plan = rows.map((row) => row['QUERY PLAN']).join('\n')
          return []
        },
      },
    },
    { shopId: big, limit: 50, ...filter },
  )
  return plan
}
