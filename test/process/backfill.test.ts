import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { FakeShop } from '../support/fakes/shop.ts'
import { isLong } from '../support/runs.ts'
import { onDatabase } from './kill/account-for.ts'
import { eventually } from './kill/desk.ts'
import { settle } from './shops/account-for.ts'
import { entitledByOrder } from './shops/entitled.ts'
import {
  ask,
  closeShopsDesk,
  killAndRestart,
  openShopsDesk,
  reconcile,
  type ShopsDesk,
  type Side,
} from './shops/shops-desk.ts'

// A shop with years of orders is connected: they are read in the background, and the service is killed in the middle of it.
// BACKFILL_ORDERS chooses how many.

const orders = Number(process.env.BACKFILL_ORDERS ?? (isLong ? 10_000 : 2_500))
// About 15 ms for each order on a quiet machine.
const patienceMs = 120_000 + orders * 300

let desk: ShopsDesk | undefined

afterEach(async () => {
  await closeShopsDesk(desk)
  desk = undefined
})

interface Progress {
  id: string
  state: 'running' | 'done'
  done: number
  total: number | null
  nowAt: string | null
}

describe('a back-fill of many orders', () => {
  it(
    'keeps its memory, tells how far it is, goes on after a kill, and takes nothing in twice',
    async () => {
      const clock = { now: () => new Date() }
      desk = await openShopsDesk([{ now: () => clock.now() }])
      const [side] = desk.sides as [Side]
      fill(side.shop, clock)
      const { id } = await start(desk, side)

      const first = await watch(desk, side, id, 0.4)
      expect(first.states.map(({ total }) => total)).toContain(orders)
      expect(side.shop.busiest).toBeLessThanOrEqual(2)
      await killAndRestart(desk)
      side.shop.busiest = 0
      const asked = side.shop.requests.length
      const second = await watch(desk, side, id, 1)

      const before = first.states.at(-1) as Progress
      expect(second.states[0]?.done).toBeGreaterThanOrEqual(before.done)
      expect(askedSince(side.shop, asked)).toBeGreaterThanOrEqual(Date.parse(before.nowAt ?? '') - 1_000)
      for (const { states } of [first, second]) expectProgress(states)
      expect(second.states.at(-1)).toMatchObject({ state: 'done', done: orders, total: orders })
      expect(side.shop.busiest).toBeLessThanOrEqual(2)
      for (const { memory } of [first, second]) expectFlat(memory)

      await reconcile(desk, side, patienceMs)
      await onDatabase(desk, async (db) => {
        await settle(db, patienceMs)
        const [counted] = await db.query<{ orders: number; grants: number; tickets: number; mails: number }>(
          'test-backfilled',
          `select (select count(*) from shop_order where shop_id = $1)::int as orders,
             (select count(*) from credit_grant where shop_id = $1)::int as grants,
             (select count(*) from ticket where shop_id = $1)::int as tickets,
             (select count(*) from message where shop_id = $1 and direction = 'outbound')::int as mails`,
          [side.shopId],
        )
        const entitled = entitledByOrder(side.shop).size
        expect(entitled).toBeGreaterThan(orders / 20)
        // All are history: nobody is written to.
        expect(counted).toEqual({ orders, grants: entitled, tickets: entitled, mails: 0 })
      })
      expect(desk.smtp.mails).toEqual([])
      expect(side.shop.notes).toEqual([])
    },
    patienceMs * 2 + 120_000,
  )
})

/** Most orders of a shop have nothing to do with support. Plugins write much into each. */
function fill(shop: FakeShop, clock: { now: () => Date }): void {
  const now = Date.now()
  const day = 86_400_000
  const filler = 'x'.repeat(8_000)
  for (let made = 0; made < orders; made += 1) {
    const at = new Date(now - 60 * day + Math.floor((made / orders) * 55 * day))
    clock.now = () => at
    shop.createOrder({
      lines: [{ sku: made % 10 === 0 ? 'SUPPORT-10' : 'MUG-1' }],
      status: 'completed',
      meta: { _plugin: filler },
    })
  }
  clock.now = () => new Date()
  // What was sold before we were there no webhook tells.
  shop.webhooks.take()
}

async function start(desk: ShopsDesk, side: Side): Promise<Progress> {
  // The service has closed the connection that lay idle while the shop was filled.
  await eventually(async () => (await ask(desk, side, 'sync')) !== undefined, 'an answer')
  const started = await ask<Progress>(desk, side, 'sync/backfills', { days: 90 })
  if (started?.status !== 201) throw new Error(`the back-fill did not start: ${JSON.stringify(started)}`)
  return started.body
}

/** Looks again and again until so much of it is read. */
async function watch(desk: ShopsDesk, side: Side, id: string, share: number) {
  const states: Progress[] = []
  const memory: number[] = []
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(100)) {
    const seen = (await ask<Progress>(desk, side, `sync/backfills/${id}`))?.body
    if (!seen) continue
    if (states.at(-1)?.done !== seen.done || seen.state === 'done') {
      states.push(seen)
      memory.push(await residentMegabytes(desk))
    }
    if (seen.state === 'done' || (share < 1 && seen.done >= orders * share)) return { states, memory }
  }
  throw new Error(`the back-fill is not so far: ${JSON.stringify(states.at(-1))}`)
}

function expectProgress(states: readonly Progress[]): void {
  const steps = states.map(({ done }) => done)
  expect(steps).toEqual([...steps].sort((a, b) => a - b))
  expect(new Set(steps).size).toBeGreaterThan(3)
}

/** A heap breathes by tens of megabytes; the orders of the shop, kept, would be hundreds. */
function expectFlat(memory: readonly number[]): void {
  const median = (part: readonly number[]) =>
    [...part].sort((a, b) => a - b)[Math.floor(part.length / 2)] ?? 0
  const third = Math.ceil(memory.length / 3)
  expect(median(memory.slice(-third)) - median(memory.slice(third, -third))).toBeLessThan(60)
  expect(Math.max(...memory)).toBeLessThan(400)
}

async function residentMegabytes({ service }: ShopsDesk): Promise<number> {
  const status = await readFile(`/proc/${service.process.pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024
}

/** The earliest change that the shop was asked for after so many requests. */
function askedSince(shop: FakeShop, requests: number): number {
  const times = shop.requests.slice(requests).flatMap(({ url }) => {
    const since = new URL(url, shop.url).searchParams.get('modified_after')
    return since === null ? [] : [Date.parse(since)]
  })
  return Math.min(...times)
}
