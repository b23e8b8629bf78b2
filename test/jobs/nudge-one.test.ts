import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { Logger, type Runner, run, type WorkerEvents } from 'graphile-worker'
import { enqueueJob } from '../../src/domain/enqueue.ts'
import { nudgeOne } from '../../src/jobs/nudge-one.ts'
import { makeWorld, type World } from '../support/world.ts'

const workers = 4

let world: World
let runner: Runner
let begun = 0
/** How often a worker looked and found nothing. */
let looks = 0
const events = new EventEmitter() as WorkerEvents
/** Each job waits until all four have begun, so that each needs a worker of its own. */
let allBegun: () => void
const together = new Promise<void>((resolve) => {
  allBegun = resolve
})

const looked = () => new Promise((empty) => events.once('worker:getJob:empty', empty))

beforeAll(async () => {
  world = await makeWorld()
  events.on('pool:create', ({ workerPool }) => nudgeOne(workerPool, events, world.deps.log))
  events.on('worker:getJob:empty', () => {
    looks += 1
  })
  const listens = new Promise((heard) => events.once('pool:listen:success', heard))
  runner = await run({
    pgPool: world.db.pool,
    concurrency: workers,
    noHandleSignals: true,
    // So long that nothing but a nudge wakes anybody here.
    pollInterval: 600_000,
    taskList: {
      async reconcile_shop() {
        begun += 1
        if (begun === workers) allBegun()
        await together
      },
    },
    events,
    logger: new Logger(() => () => undefined),
  })
  await listens
  while (looks < workers) await looked()
})
afterAll(async () => {
  await runner.stop()
  await world.close()
})

it('what is enqueued for others is looked at by one worker, however much it is', async () => {
  const before = looks
  const end = looked()
  const ids = { shopId: String(world.shopId), ticketId: '1' }
  await world.db.transaction(async (sql) => {
    for (let n = 1; n <= 20; n += 1) await enqueueJob(sql, 'send_message', { ...ids, messageId: String(n) })
  })
  await end
  // Whoever else was woken by it looks within this time.
  await sleep(1_000)
  expect(looks - before).toBe(1)
})

it('who finds a job wakes the next', async () => {
  await world.db.transaction(async (sql) => {
    for (let n = 1; n <= workers; n += 1) await enqueueJob(sql, 'reconcile_shop', { shopId: String(n) })
  })
  await together
  expect(begun).toBe(workers)
})
