import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { listReviews } from '../../../src/domain/orders/list-reviews.ts'
import { recheckOrders } from '../../../src/domain/orders/recheck-orders.ts'
import { Refused } from '../../../src/domain/refusal.ts'
import { changeSettings, readSettings } from '../../../src/domain/shops/change-settings.ts'
import { addRecordedShop, balanceOf, deliverOrder, type OrderDesk, openOrderDesk } from './order-desk.ts'

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
  await runRechecks()
  shopId = await addRecordedShop(desk.deps)
})

const set = (change: { paidStatuses?: string[]; unpaidStatuses?: string[] }) =>
  changeSettings(desk.deps, { shopId, actor: 'cli', ...change })

/** Credits of an order in a status; 0 also when it has no account. */
async function creditsOf(id: number): Promise<number> {
  return (await balanceOf(desk.db, shopId, id).catch(() => ({ available: 0 }))).available / 100
}

async function runRechecks(): Promise<string[]> {
  const jobs = await desk.db.query<{ statuses: string[] }>(
    'test-take-status-rechecks',
    `delete from graphile_worker._private_jobs
     where task_id = (select id from graphile_worker._private_tasks where identifier = 'recheck_orders')
     returning array(select json_array_elements_text(payload -> 'statuses')) as statuses`,
    [],
  )
  for (const { statuses } of jobs) await recheckOrders(desk.deps, { shopId, orderIds: [], statuses })
  return jobs.flatMap((job) => job.statuses)
}

async function fieldsOf(work: Promise<unknown>): Promise<string[]> {
  const error = await work.catch((thrown: unknown) => thrown)
  if (!(error instanceof Refused) || error.refusal.code !== 'invalid') throw error
  return error.refusal.fields.map(({ field }) => field)
}

describe('statuses that a shop counts as paid', () => {
  it('grant without a date of payment, and ask nobody', async () => {
    await set({ paidStatuses: ['wc-On-Hold', 'in-wrapping'] })
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, status: 'on-hold', paid: false })
    await deliverOrder(desk.deps, shopId, {
      id: 2,
      age: 0,
      status: 'in-wrapping',
      paid: false,
      email: 'b@x.test',
    })
    await deliverOrder(desk.deps, shopId, {
      id: 3,
      age: 0,
      status: 'processing',
      paid: false,
      email: 'c@x.test',
    })
    expect(await Promise.all([1, 2, 3].map(creditsOf))).toEqual([10, 10, 0])
    expect((await listReviews(desk.deps, { shopId, limit: 5 })).reviews).toEqual([])
  })

  it('that it counts as unpaid grant nothing with a date of payment', async () => {
    await set({ unpaidStatuses: ['on-hold'] })
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, status: 'on-hold' })
    await deliverOrder(desk.deps, shopId, { id: 2, age: 0, status: 'in-wrapping', email: 'b@x.test' })
    expect(await Promise.all([1, 2].map(creditsOf))).toEqual([0, 10])
  })

  it('leave the rule as it is for a shop that set none', async () => {
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, status: 'on-hold' })
    await deliverOrder(desk.deps, shopId, {
      id: 2,
      age: 0,
      status: 'on-hold',
      paid: false,
      email: 'b@x.test',
    })
    expect(await Promise.all([1, 2].map(creditsOf))).toEqual([10, 0])
    expect((await listReviews(desk.deps, { shopId, limit: 5 })).reviews).toMatchObject([
      { kind: 'custom_status' },
    ])
  })

  it('count for the orders that are there too, there and back', async () => {
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, status: 'on-hold' })
    await set({ unpaidStatuses: ['on-hold'] })
    expect(await runRechecks()).toEqual(['on-hold'])
    expect(await creditsOf(1)).toBe(0)
    await set({ unpaidStatuses: [] })
    await runRechecks()
    expect(await creditsOf(1)).toBe(10)
    await set({ unpaidStatuses: [] })
    expect(await runRechecks()).toEqual([])
  })
})

describe('setting them', () => {
  it('is read back as the shop writes them', async () => {
    await set({ paidStatuses: [' wc-on-hold', 'ON-HOLD', 'b'] })
    expect(await readSettings(desk.deps, shopId)).toMatchObject({
      paidStatuses: ['b', 'on-hold'],
      unpaidStatuses: [],
    })
  })

  it.each(['pending', 'failed', 'cancelled', 'refunded', 'trash', 'checkout-draft'])(
    '%s can never count as paid',
    async (status) => {
      expect(await fieldsOf(set({ paidStatuses: [status] }))).toEqual(['paidStatuses'])
    },
  )

  it('refuses what is no status, and one that would be both, also with what was set before', async () => {
    expect(await fieldsOf(set({ paidStatuses: ['on hold'], unpaidStatuses: [''] }))).toEqual([
      'paidStatuses',
      'unpaidStatuses',
    ])
    await set({ paidStatuses: ['on-hold'] })
    expect(await fieldsOf(set({ unpaidStatuses: ['on-hold'] }))).toEqual(['unpaidStatuses'])
    await set({ paidStatuses: [], unpaidStatuses: ['on-hold'] })
    expect(await readSettings(desk.deps, shopId)).toMatchObject({
      paidStatuses: [],
      unpaidStatuses: ['on-hold'],
    })
  })
})
