import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, it } from '@jest/globals'
import type { Client } from 'pg'
import { enqueueJob } from '../../src/domain/enqueue.ts'
import { type JobRunner, startRunner } from '../../src/jobs/runner.ts'
import { makeWorld } from '../support/world.ts'

type World = Awaited<ReturnType<typeof makeWorld>>
let world: World
let runner: JobRunner | undefined
const holders: Client[] = []
afterEach(async () => {
  await Promise.all(holders.map((client) => client.end()))
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
  holders.push(client)
  await client.query(`begin; lock table ${table} in access exclusive mode`)
  return () => client.end()
}

const within = (ms: number, work: Promise<void>) =>
  Promise.race([work.then(() => 'done'), sleep(ms, 'not done', { ref: false })])

const tasks = ['notify_agents', 'purge_mails', 'find_balance_changes', 'expire_credits'] as const

const jobsLeft = async () => {
  const query = 'select from graphile_worker.jobs where task_identifier = any($1)'
  return (await world.db.pool.query(query, [tasks])).rowCount
}

/** All run and wait for their table; jobs of the clock may wait beside them. */
const allWait = async () => {
  const { rows } = await world.db.pool.query<{ running: number; waiting: number }>(
    `select (select count(distinct t.id)::int from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
         where t.identifier = any($1) and j.locked_at is not null) as running,
       (select count(distinct l.relation)::int from pg_locks l join pg_database d on d.oid = l.database and d.datname = current_database()
         where l.locktype = 'relation' and not l.granted) as waiting`,
    [tasks],
  )
  return rows[0]?.running === tasks.length && rows[0].waiting === tasks.length
}

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 30_000; !(await holds()); await sleep(50)) {
    if (Date.now() > end) throw new Error(`it did not come to hold: ${holds}`)
  }
}

// As when the database server is killed while jobs end: three that end while a fourth one runs, and the queue never comes to its own end.
it('takes jobs again after it could not write down what became of several, and can be stopped', async () => {
  world = await makeWorld()
  const { db } = world
  const connectionString = String(db.pool.options.connectionString)
  // So many that jobs of the clock, which wait for the same tables, leave workers to the four.
  runner = await startRunner(world.deps, { connectionString, concurrency: 12 })
  await eventually(async () => (await jobsLeft()) === 0)
  // Each job waits for a table of its own, so that they end when they are let.
  const early: (() => Promise<void>)[] = []
  for (const table of ['agent', 'incoming_mail', 'sweep_mark']) early.push(await holdTable(table))
  const last = await holdTable('account')
  await enqueueJob(db, 'notify_agents', { shopId: String(world.shopId), ticketId: '1', messageId: '0' })
  for (const task of ['purge_mails', 'find_balance_changes', 'expire_credits'] as const) {
    await enqueueJob(db, task, {})
  }
  await eventually(allWait)
  await breakQueue()
  for (const letGo of early) {
    await letGo()
    await sleep(100)
  }
  await sleep(1_500)
  await last()
  await sleep(1_000)
  await mendQueue()
  await eventually(async () => (await jobsLeft()) === 0)
  expect(await within(30_000, runner.stop())).toBe('done')
  runner = undefined
})
