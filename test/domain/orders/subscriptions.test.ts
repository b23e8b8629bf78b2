import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { listReviews } from '../../../src/domain/orders/list-reviews.ts'
import { recheckOrders } from '../../../src/domain/orders/recheck-orders.ts'
import { resolveReview } from '../../../src/domain/orders/resolve-review.ts'
import { addPackage } from '../../../src/domain/packages/add-package.ts'
import { changeSettings } from '../../../src/domain/shops/change-settings.ts'
import {
  addBareShop,
  balanceOf,
  deliverOrder,
  type MadeOrder,
  type OrderDesk,
  openOrderDesk,
  spend,
} from './order-desk.ts'

let desk: OrderDesk
let shopId: bigint
beforeAll(async () => {
  desk = await openOrderDesk()
})
afterAll(async () => {
  expect((await verifyLedger(desk.db)).problems).toEqual([])
  await desk.close()
})
beforeEach(async () => {
  shopId = await addBareShop(desk.deps)
  for (const credits of [5, 20, 50]) {
    await addPackage(desk.deps, { shopId, actor: 'cli', match: `sku:PLAN-${credits}`, credits, days: 31 })
  }
  await addPackage(desk.deps, { shopId, actor: 'cli', match: 'sku:PLAN-YEAR', credits: 60, days: 366 })
  await addPackage(desk.deps, { shopId, actor: 'cli', match: 'sku:PACK-10', credits: 10 })
})

const supervisor = { role: 'owner' as const, actor: 'agent:1', name: 'Ana' }

/** An order of subscription 700: `day` of November 2026 is when it was paid. */
function plan(id: number, day: number, credits: number | 'YEAR', rest: Partial<MadeOrder> = {}): MadeOrder {
  return {
    id,
    age: 0,
    paidAt: `2026-11-${String(day).padStart(2, '0')}T10:00:00`,
    lines: [{ id: id * 10, sku: `PLAN-${credits}`, name: `Plan ${credits}` }],
    ...rest,
  }
}

const renewal = (id: number, day: number, credits: number, rest: Partial<MadeOrder> = {}) =>
  plan(id, day, credits, { createdVia: 'subscription', meta: { _subscription_renewal: '700' }, ...rest })

function switchTo(id: number, day: number, credits: number | 'YEAR', total = '60.00'): MadeOrder {
  const changed = {
    _switched_subscription_price_prorated: total,
    _switched_subscription_sign_up_fee_prorated: 0,
  }
  const lines = [{ id: id * 10, sku: `PLAN-${credits}`, name: `Plan ${credits}`, total, meta: changed }]
  return plan(id, day, credits, { lines, meta: { _subscription_switch: 700 } })
}

const deliver = (made: MadeOrder) => deliverOrder(desk.deps, shopId, made)
const available = async (order: number) => (await balanceOf(desk.db, shopId, order)).available / 100

async function tickets(): Promise<object[]> {
  return await desk.db.query(
    'test-subscription-tickets',
    `select t.number, t.status,
       array(select o.external_id from shop_order o where o.shop_id = t.shop_id and ticket_of_order(o.shop_id, o.id) = t.id order by o.id) as orders,
       array(select coalesce(m.template, m.body) from message m where m.shop_id = t.shop_id and m.ticket_id = t.id order by m.id) as messages
     from ticket t where t.shop_id = $1 order by t.number`,
    [shopId],
  )
}

async function questions(): Promise<
  { id: bigint; kind: string; ticketId: bigint | null; proposed: unknown }[]
> {
  const { reviews } = await listReviews(desk.deps, { shopId, limit: 50 })
  return reviews.map(({ id, kind, ticketId, data }) => ({ id, kind, ticketId, proposed: data.proposedUnits }))
}

/** Answers the one open question, and runs the job that the answer leaves. */
async function answer(decision: 'accept' | 'dismiss', credits?: number): Promise<void> {
  const [question] = await questions()
  await resolveReview(desk.deps, {
    shopId,
    reviewId: question?.id ?? 0n,
    decision,
    by: supervisor,
    ...(credits !== undefined && { credits }),
  })
  await runRechecks()
}

async function runRechecks(): Promise<void> {
  const jobs = await desk.db.query<{ payload: { shopId: string; orderIds?: string[]; statuses?: string[] } }>(
    'test-take-rechecks',
    `delete from graphile_worker._private_jobs where task_id = (select id from graphile_worker._private_tasks where identifier = 'recheck_orders')
     returning payload`,
    [],
  )
  for (const { payload } of jobs) {
    await recheckOrders(desk.deps, {
      shopId: BigInt(payload.shopId),
      orderIds: (payload.orderIds ?? []).map(BigInt),
      statuses: payload.statuses ?? [],
    })
  }
}

describe('a renewal', () => {
  it('grants to the same account and comes to the ticket that is there, which stays as it is', async () => {
    await deliver(plan(1, 1, 5, { note: 'Please call me.' }))
    await desk.db.query('test-close', `update ticket set status = 'closed' where shop_id = $1`, [shopId])
    await deliver(renewal(2, 20, 5, { note: 'Please call me.' }))
    expect(await available(2)).toBe(10)
    expect(await tickets()).toEqual([
      {
        number: 1001,
        status: 'closed',
        orders: ['1', '2'],
        messages: ['Please call me.', 'welcome', 'top-up'],
      },
    ])
  })

  it('of a customer without a ticket opens one, so that the credits can be used', async () => {
    await deliver(renewal(2, 20, 5))
    expect(await tickets()).toMatchObject([{ number: 1001, orders: ['2'], messages: ['welcome'] }])
  })

  it('gets a ticket of its own where the shop says so', async () => {
    await changeSettings(desk.deps, { shopId, actor: 'cli', renewalTicket: 'new' })
    await deliver(plan(1, 1, 5))
    await deliver(renewal(2, 20, 5))
    expect(await tickets()).toMatchObject([{ orders: ['1'] }, { orders: ['2'], messages: ['welcome'] }])
  })

  it('does as its package says where the shop says so', async () => {
    await changeSettings(desk.deps, { shopId, actor: 'cli', renewalTicket: 'as-package' })
    await addPackage(desk.deps, {
      shopId,
      actor: 'cli',
      match: 'sku:PLAN-7',
      credits: 7,
      furtherOrder: 'open_ticket',
    })
    await deliver(plan(1, 1, 5))
    await deliver(renewal(2, 20, 5))
    await deliver(renewal(3, 21, 7))
    expect(await tickets()).toMatchObject([{ orders: ['1'] }, { orders: ['2', '3'] }])
  })

  it('that is made by hand or early counts as one too', async () => {
    await deliver(plan(1, 1, 5))
    await deliver(renewal(2, 20, 5, { createdVia: 'checkout', note: 'A new question' }))
    expect(await available(2)).toBe(10)
    expect(await tickets()).toMatchObject([
      { orders: ['1', '2'], messages: ['welcome', 'A new question', 'top-up'] },
    ])
  })
})

describe('a switch', () => {
  it('grants what the new plan has beyond what the paid period was granted, however much of it is spent', async () => {
    await deliver(renewal(1, 1, 5))
    await spend(desk.deps, shopId, 1, 4)
    await deliver(switchTo(2, 10, 20))
    expect(await available(2)).toBe(16)
    await deliver({ ...switchTo(2, 10, 20), age: 5, status: 'completed' })
    expect(await available(2)).toBe(16)
    expect(await questions()).toEqual([])
  })

  it('after another one in the same period counts both, and the next renewal grants in full', async () => {
    await deliver(renewal(1, 1, 5))
    await deliver(switchTo(2, 10, 20))
    await deliver(switchTo(3, 12, 50))
    expect(await available(3)).toBe(50)
    await deliver(renewal(4, 28, 50))
    expect(await available(4)).toBe(100)
    await deliver(switchTo(5, 29, 20, '0.00'))
    expect(await available(4)).toBe(100)
    expect(await questions()).toEqual([])
  })

  it('to a smaller plan grants nothing and asks nothing', async () => {
    await deliver(renewal(1, 1, 20))
    await deliver(switchTo(2, 10, 5, '0.00'))
    expect(await available(1)).toBe(20)
    expect(await questions()).toEqual([])
    expect(await tickets()).toHaveLength(1)
  })

  it('follows its order: refunded it grants nothing, and paid again the same as before', async () => {
    await deliver(renewal(1, 1, 5))
    await deliver(switchTo(2, 10, 20))
    await deliver({ ...switchTo(2, 10, 20), age: 1, status: 'refunded' })
    expect(await available(2)).toBe(5)
    await deliver({ ...switchTo(2, 10, 20), age: 2, status: 'processing' })
    expect(await available(2)).toBe(20)
  })

  it('in the first period waits for a supervisor, since nobody tells which order began the subscription', async () => {
    await deliver(plan(1, 1, 5))
    await deliver(switchTo(2, 10, 20))
    expect(await available(1)).toBe(5)
    expect(await questions()).toMatchObject([{ kind: 'subscription_change', proposed: 1500 }])
    expect((await questions())[0]?.ticketId).not.toBeNull()
    await answer('accept')
    expect(await available(2)).toBe(20)
    await deliver({ ...switchTo(2, 10, 20), age: 5, status: 'completed' })
    expect(await available(2)).toBe(20)
    expect(await questions()).toEqual([])
  })

  it('grants as many as the supervisor says, at most what the plan carries', async () => {
    await deliver(plan(1, 1, 5))
    await deliver(switchTo(2, 10, 20))
    await answer('accept', 3)
    expect(await available(2)).toBe(8)
    await deliver(switchTo(3, 11, 50))
    await answer('accept', 1000)
    expect(await available(3)).toBe(58)
  })

  it('that was dismissed stays so', async () => {
    await deliver(plan(1, 1, 5))
    await deliver(switchTo(2, 10, 20))
    await answer('dismiss')
    await deliver({ ...switchTo(2, 10, 20), age: 5, status: 'completed' })
    await deliver(renewal(3, 9, 5))
    await runRechecks()
    expect(await available(2)).toBe(10)
    expect(await questions()).toEqual([])
  })

  it('that was heard of before the renewal whose period it changes ends the same', async () => {
    await deliver(switchTo(2, 10, 20))
    expect(await questions()).toHaveLength(1)
    await deliver(renewal(1, 1, 5))
    await runRechecks()
    expect(await available(2)).toBe(20)
    expect(await questions()).toEqual([])
  })

  it.each([
    ['cost nothing though the plan has more', () => switchTo(2, 10, 20, '0.00'), 1500],
    ['changes the length of the period', () => switchTo(2, 10, 'YEAR'), 5500],
    [
      'is of a subscription of which no order is known',
      () => ({ ...switchTo(2, 10, 20), meta: { _subscription_switch: 701 } }),
      2000,
    ],
  ])('that %s waits for a supervisor', async (_what, made, proposed) => {
    await deliver(renewal(1, 1, 5))
    await deliver(made())
    expect(await available(1)).toBe(5)
    expect(await questions()).toMatchObject([{ kind: 'subscription_change', proposed }])
  })

  it('after a period that is over waits for a supervisor, since the renewal that it changes is not known', async () => {
    await deliver(renewal(1, 1, 5, { paidAt: '2026-09-01T10:00:00' }))
    await deliver(switchTo(2, 10, 20))
    expect(await questions()).toMatchObject([{ proposed: 2000 }])
  })

  it('leaves what was bought along, or added to the subscription, to be granted in full', async () => {
    await deliver(renewal(1, 1, 5))
    const made = switchTo(2, 10, 20)
    const added = {
      id: 98,
      sku: 'PLAN-5',
      name: 'Added',
      meta: { _switched_subscription_price_prorated: '4' },
    }
    await deliver({
      ...made,
      lines: [...(made.lines ?? []), { id: 99, sku: 'PACK-10', name: 'Pack' }, added],
      meta: {
        _subscription_switch: 700,
        _subscription_switch_data: {
          700: { switches: { 20: { remove_line_item: 3, add_line_item: 4 }, 98: { add_line_item: 5 } } },
        },
      },
    })
    expect(await available(2)).toBe(5 + 15 + 10 + 5)
  })
})

describe('a resubscribe', () => {
  const again = (id: number, day: number, total: string) =>
    plan(id, day, 5, {
      lines: [{ id: id * 10, sku: 'PLAN-5', name: 'Plan 5', total }],
      meta: { _subscription_resubscribe: '700' },
    })

  it('that is paid begins a period and grants it in full', async () => {
    await deliver(renewal(1, 1, 5))
    await deliver(again(2, 20, '25.00'))
    expect(await available(2)).toBe(10)
  })

  it.each([
    ['a renewal', () => renewal(1, 1, 5)],
    ['the first order', () => plan(1, 1, 5)],
  ])('within the period that %s paid costs nothing and grants nothing twice', async (_what, first) => {
    await deliver(first())
    await deliver(again(2, 20, '0.00'))
    expect(await available(1)).toBe(5)
    expect(await questions()).toEqual([])
  })

  it('that costs nothing after the period ended grants, since nothing was granted for it', async () => {
    await deliver(renewal(1, 1, 5, { paidAt: '2026-09-01T10:00:00' }))
    await deliver(again(2, 20, '0.00'))
    const granted = await desk.db.query(
      'test-granted',
      `select o.external_id as order, g.promised::int from credit_grant g
       join shop_order o on o.shop_id = g.shop_id and o.id = g.order_id where g.shop_id = $1 order by g.id`,
      [shopId],
    )
    expect(granted).toEqual([
      { order: '1', promised: 500 },
      { order: '2', promised: 500 },
    ])
  })
})
