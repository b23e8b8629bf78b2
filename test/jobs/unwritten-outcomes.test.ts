import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, it } from '@jest/globals'
import { enqueueJob } from '../../src/domain/enqueue.ts'
import { type JobRunner, startRunner } from '../../src/jobs/runner.ts'
import { makeWorld } from '../support/world.ts'

type World = Awaited<ReturnType<typeof makeWorld>>
let world: World
let runner: JobRunner | undefined
afterEach(async () => {
  await runner?.stop()
  await world.close()
})

/** While it stands, the queue cannot write down that a job is done, and takes its time to find out. */
const breakQueue = () =>
  world.db.pool.query(`
    create function no_outcome() returns trigger language plpgsql as $$
    begin perform pg_sleep(0.5); raise exception 'not now'; end $$;
    create trigger no_outcome before delete on graphile_worker._private_jobs for each row execute function no_outcome();`)
const mendQueue = () => world.db.pool.query('drop function no_outcome cascade')

/** Keeps whoever reads the table waiting until it is called. */
async function holdTable(table: string): Promise<() => Promise<void>> {
  const client = await world.db.dedicatedClient()
  await client.query(`begin; lock table ${table} in access exclusive mode`)
  return () => client.end()
}

const jobsLeft = async () => (await world.db.pool.query('select from graphile_worker._private_jobs')).rowCount

const within = (ms: number, work: Promise<void>) =>
  Promise.race([work.then(() => 'done'), sleep(ms, 'not done', { ref: false })])

const waiting = async () => {
  const { rows } = await world.db.pool.query<{ n: number }>(
    "select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
  )
  return rows[0]?.n ?? 0
}

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 30_000; !(await holds()); await sleep(50)) {
    if (Date.now() > end) throw new Error(`it did not come to hold: ${holds}`)
  }
}

// As when the database server is killed while jobs end: two that end while a third one runs, and the queue never comes to its own end.
it('takes jobs again after it could not write down what became of several, and can be stopped', async () => {
  world = await makeWorld()
  const { db } = world
  const connectionString = String(db.pool.options.connectionString)
  runner = await startRunner(world.deps, { connectionString, concurrency: 4 })
  await eventually(async () => (await jobsLeft()) === 0)
  // Each job waits for a table of its own, so that they end when they are let.
  const first = await holdTable('agent')
  const second = await holdTable('incoming_mail')
  const last = await holdTable('credit_grant')
  await enqueueJob(db, 'notify_agents', { shopId: String(world.shopId), ticketId: '1', messageId: '0' })
  await enqueueJob(db, 'purge_mails', {})
  await enqueueJob(db, 'expire_credits', {})
  await eventually(async () => (await waiting()) === 3)
  await breakQueue()
  await first()
  await sleep(100)
  await second()
  await sleep(1_500)
  await last()
  await sleep(1_000)
  await mendQueue()
  await eventually(async () => (await jobsLeft()) === 0)
  expect(await within(30_000, runner.stop())).toBe('done')
  runner = undefined
}, 120_000)
