import { expect } from '@jest/globals'
import type { Database } from '../../../src/db/database.ts'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import type { OrderBody } from '../../support/fakes/shop/wire.ts'
import { eventually } from '../kill/desk.ts'
import type { Answering } from './answers.ts'
import { buyerOf, entitledByOrder } from './entitled.ts'
import type { ShopsDesk, Side } from './shops-desk.ts'

/**
 * Waits until nothing is left to do. What waits for its next try after a failure need not wait in a test: its time is now. A
 * delivery of an order that was deleted for good meanwhile is answered by the shop that it has none, and is done too.
 */
export async function settle(db: Database, patienceMs: number): Promise<void> {
  await eventually(
    async () => {
      await db.query(
        'test-hurry',
        `update graphile_worker._private_jobs set run_at = now() where run_at > now() and locked_at is null`,
        [],
      )
      const [left] = await db.query<{ count: number }>(
        'test-left',
        `select (select count(*) from delivery where state = 'pending')::int
           + (select count(*) from message where state in ('queued', 'sending'))::int
           + (select count(*) from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
              where t.identifier in ('process_delivery', 'send_message', 'add_order_note') and j.attempts < j.max_attempts)::int as count`,
        [],
      )
      return left?.count === 0
    },
    'that nothing is left to do',
    patienceMs,
  )
}

/** Holds everything that is known of one shop against its own books. */
export async function accountFor(
  db: Database,
  desk: ShopsDesk,
  side: Side,
  answering: Answering,
): Promise<void> {
  await checkOrders(db, side)
  await checkAccounts(db, side, answering)
  await checkTickets(db, side)
  await checkWelcomes(db, desk, side)
  await checkNotes(db, side)
  expect((await verifyLedger(db, side.shopId)).problems).toEqual([])
}

/** Every order stands where its last state says, by one grant for each line. */
async function checkOrders(db: Database, side: Side): Promise<void> {
  const rows = await db.query<{ order: string; credits: number }>(
    'test-promised',
    `select o.external_id as order, (sum(g.promised) / 100)::float8 as credits from shop_order o
     join credit_grant g on g.shop_id = o.shop_id and g.order_id = o.id
     where o.shop_id = $1 group by 1 having sum(g.promised) > 0`,
    [side.shopId],
  )
  const promised = new Map(rows.map(({ order, credits }) => [order, credits]))
  expect(sorted(promised)).toEqual(sorted(entitledByOrder(side.shop)))
  const [twice] = await db.query<{ grants: number; entries: number }>(
    'test-granted-twice',
    `select
       (select count(*) from (select from credit_grant g where shop_id = $1 and order_id is not null and not exists (
          select from order_line l where l.shop_id = g.shop_id and l.grant_id = g.id)) x)::int as grants,
       (select count(*) from (select from ledger_entry where shop_id = $1 and kind = 'grant'
          group by grant_id having count(*) > 1) x)::int as entries`,
    [side.shopId],
  )
  expect(twice).toEqual({ grants: 0, entries: 0 })
}

/** What a buyer can spend, less what is owed, is what his orders entitle to less what was answered. */
async function checkAccounts(db: Database, side: Side, answering: Answering): Promise<void> {
  const rows = await db.query<{ order: string; customer: bigint; balance: number }>(
    'test-accounts',
    `select o.external_id as order, a.customer_id as customer, ((a.available - a.deficit) / 100)::float8 as balance
     from shop_order o join account a on a.shop_id = o.shop_id and a.customer_id = o.customer_id where o.shop_id = $1`,
    [side.shopId],
  )
  const entitled = entitledByOrder(side.shop)
  const customers = new Map(rows.map(({ order, customer }) => [order, customer]))
  const stored = new Map<string, number>()
  const expected = new Map<string, number>()
  const owners = new Map<string, Set<bigint>>()
  for (const { order, balance, customer } of rows) {
    const body = side.shop.state.orders[order] as OrderBody | undefined
    if (!body) continue
    const buyer = buyerOf(body)
    stored.set(buyer, balance)
    owners.set(buyer, (owners.get(buyer) ?? new Set()).add(customer))
    expected.set(buyer, (expected.get(buyer) ?? 0) + (entitled.get(order) ?? 0))
  }
  for (const order of answering.charged(side)) {
    const buyer = buyerOf(side.shop.state.orders[order] as OrderBody)
    expected.set(buyer, (expected.get(buyer) ?? 0) - 1)
  }
  expect(sorted(stored)).toEqual(sorted(expected))
  // Nobody has two accounts, and no two buyers share one.
  expect([...owners].filter(([, of]) => of.size !== 1)).toEqual([])
  expect(new Set([...owners.values()].flatMap((of) => [...of])).size).toBe(owners.size)
  expect([...entitled.keys()].filter((order) => !customers.has(order))).toEqual([])
}

async function checkTickets(db: Database, side: Side): Promise<void> {
  const orders = await ordersWithTicket(db, side)
  expect(new Set(orders).size).toBe(orders.length)
  expect([...entitledByOrder(side.shop).keys()].filter((order) => !orders.includes(order))).toEqual([])
}

async function ordersWithTicket(db: Database, side: Side): Promise<string[]> {
  const rows = await db.query<{ order: string }>(
    'test-tickets',
    `select o.external_id as order from ticket t join shop_order o on o.shop_id = t.shop_id and o.id = t.order_id
     where t.shop_id = $1`,
    [side.shopId],
  )
  return rows.map(({ order }) => order)
}

/**
 * One welcome for each order and address, at least one for each ticket, and no mail twice. A send that was under way when the
 * process was killed is of unknown outcome, and is not tried again by itself.
 */
async function checkWelcomes(db: Database, desk: ShopsDesk, side: Side): Promise<void> {
  const welcomes = await db.query<{ address: string; states: string[] }>(
    'test-welcomes',
    `select address, array_agg(state) as states from message where shop_id = $1 and template = 'welcome' group by ticket_id, address`,
    [side.shopId],
  )
  const odd = ({ states }: { states: string[] }) =>
    states.length !== 1 || !/^(sent|unknown)$/.test(states[0] ?? '')
  expect(welcomes.filter(odd)).toEqual([])
  const [greeted] = await db.query<{ without: number }>(
    'test-not-welcomed',
    `select count(*)::int as without from ticket t where t.shop_id = $1 and not exists (
       select from message m where m.shop_id = t.shop_id and m.ticket_id = t.id and m.template = 'welcome')`,
    [side.shopId],
  )
  expect(greeted).toEqual({ without: 0 })
  const ids = desk.smtp.mails.map(({ parsed }) => parsed.messageId)
  expect(ids.length - new Set(ids).size).toBe(0)
}

/** One note of the ticket on each order that the shop still has. */
async function checkNotes(db: Database, side: Side): Promise<void> {
  const notes = new Map<string, number>()
  for (const { orderId, note } of side.shop.notes) {
    if (/^Ticket \d+ opened/.test(note)) notes.set(orderId, (notes.get(orderId) ?? 0) + 1)
  }
  const noted = (await ordersWithTicket(db, side)).filter((order) => side.shop.state.orders[order])
  expect(noted.map((order) => [order, notes.get(order)]).filter(([, count]) => count !== 1)).toEqual([])
  expect([...notes].filter(([, count]) => count !== 1)).toEqual([])
}

function sorted(map: Map<string, number>): [string, number][] {
  return [...map].filter(([, value]) => value !== 0).sort(([a], [b]) => (a < b ? -1 : 1))
}
