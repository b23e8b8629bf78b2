import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { DateTime } from 'luxon'
import { createWooCommerceShop } from '../../connectors/woocommerce/woocommerce.ts'
import { addAgent } from '../../src/domain/agents/add-agent.ts'
import { enqueueJob } from '../../src/domain/enqueue.ts'
import { acceptDelivery } from '../../src/domain/orders/accept-delivery.ts'
import { type JobRunner, startRunner } from '../../src/jobs/runner.ts'
import { captureNumber } from '../support/fakes/captures.ts'
import { makeWorld, type World } from '../support/world.ts'

// A shop without keys that sells from nine to twelve on working days, and then tells of nothing more: the real jobs over four weeks of
// real deliveries, across the night in which the clocks of Ljubljana go forward.

const zone = 'Europe/Ljubljana'
const owner = 'maja@example.test'
const { body: recorded } = captureNumber(13) as { body: object }

let world: World
let runner: JobRunner
let orders = 5_000

beforeAll(async () => {
  world = await makeWorld()
  const { deps, shopId, db } = world
  deps.shops.woocommerce = createWooCommerceShop()
  await db.prisma.shop.update({ where: { id: shopId }, data: { name: 'Lipa', timezone: zone } })
  await addAgent(deps, { shopId, email: owner, name: 'Maja', role: 'owner' })
  await addAgent(deps, { shopId, email: 'tine@example.test', name: 'Tine', role: 'agent' })
  for (let day = at('2026-03-02T00:00'); day < at('2026-03-28T00:00'); day = day.plus({ days: 1 })) {
    if (day.weekday > 5) continue
    for (const hour of [9, 10, 11]) await order(day.set({ hour, minute: 30 }))
  }
  runner = await startRunner(deps, {
    connectionString: db.pool.options.connectionString ?? '',
    concurrency: 4,
  })
})
afterAll(async () => {
  await runner?.stop()
  await world?.close()
})

function at(local: string): DateTime {
  return DateTime.fromISO(local, { zone })
}

async function order(when: DateTime): Promise<void> {
  world.goTo(when.toJSDate())
  orders += 1
  const body = Buffer.from(JSON.stringify({ ...recorded, id: orders, number: String(orders) }))
  await acceptDelivery(world.deps, { shopId: world.shopId, topic: 'order.created', headers: {}, body })
}

/** What the clock does every ten minutes; gives to whom the owners' mails of this shop went so far. */
async function check(local: string): Promise<string[]> {
  world.goTo(at(local).toJSDate())
  await enqueueJob(world.db, 'check_shops', {})
  await untilIdle()
  const sent = await world.db.prisma.sandboxItem.findMany({ orderBy: { seq: 'asc' } })
  return sent
    .filter(({ subject }) => subject.includes('Lipa'))
    .map(({ to, subject, text }) => `${to}: ${subject}\n${text}`)
}

const openProblems = () =>
  world.db.prisma.shopProblem.findMany({ where: { shopId: world.shopId, clearedAt: null } })

async function untilIdle(): Promise<void> {
  for (const giveUp = Date.now() + 20_000; Date.now() < giveUp; await sleep(20)) {
    const [row] = await world.db.query<{ left: number }>(
      'test-left',
      'select count(*)::int as left from graphile_worker.jobs',
      [],
    )
    if (row?.left === 0) return
  }
  throw new Error('the queue did not become idle')
}

it('tells the owners once that eight hours with an order went by without one, and is over with the next order', async () => {
  // Two working days and two hours are eight hours with an order; the weekend counts nothing.
  expect(await check('2026-03-30T09:00')).toEqual([])
  expect(await check('2026-04-01T10:50')).toEqual([])
  expect(await openProblems()).toEqual([])

  const told = await check('2026-04-01T11:00')
  expect(told).toHaveLength(1)
  expect(told[0]).toMatch(/^maja@example\.test: Unusually long without an order from Lipa/)
  expect(told[0]).toMatch(/told of no order since 2026-03-27T10:30Z.*See that its webhooks are active/s)
  expect(await openProblems()).toMatchObject([{ kind: 'silence' }])
  expect(await check('2026-04-01T11:10')).toHaveLength(1)
  expect(await check('2026-04-01T23:00')).toHaveLength(1)

  await order(at('2026-04-01T23:10'))
  expect(await check('2026-04-01T23:20')).toHaveLength(1)
  expect(await openProblems()).toEqual([])
  expect(await check('2026-04-02T23:20')).toHaveLength(1)
})
