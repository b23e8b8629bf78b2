import { afterEach, expect, it } from '@jest/globals'
import { enqueueJob } from '../../src/domain/enqueue.ts'
import { syncJob } from '../../src/domain/sync/sync-jobs.ts'
import { freeDeadPools } from '../../src/jobs/lease.ts'
import { makeWorld } from '../support/world.ts'

type World = Awaited<ReturnType<typeof makeWorld>>
let world: World
afterEach(() => world.close())

const jobsLeft = () =>
  world.db.query<{ name: string; attempts: number; locked: boolean }>(
    'test-jobs-left',
    `select t.identifier as name, j.attempts, j.locked_at is not null as locked from graphile_worker._private_jobs j
     join graphile_worker._private_tasks t on t.id = j.task_id order by t.identifier, j.id`,
    [],
  )

it('frees the jobs of a process that was killed, and leaves no remnant of those that come again', async () => {
  world = await makeWorld()
  const { db, shopId } = world
  const payload = { shopId: String(shopId) }
  await enqueueJob(db, 'reconcile_shop', payload, syncJob('reconcile', shopId))
  await enqueueJob(db, 'sweep', {})
  const message = { ...payload, ticketId: '1', messageId: '1' }
  await enqueueJob(db, 'send_message', message)
  await enqueueJob(db, 'send_message', message)
  await db.query('test-lease', 'insert into worker_lease values ($1, 7, now())', ['killed'])
  await db.query(
    'test-lock',
    `update graphile_worker._private_jobs set locked_at = now(), locked_by = 'killed', attempts = attempts + 1`,
    [],
  )
  // One of the mails was at its last try: that nobody knows what became of it must not be forgotten.
  await db.query(
    'test-last-try',
    `update graphile_worker._private_jobs set attempts = max_attempts
     where id = (select max(j.id) from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
       where t.identifier = 'send_message')`,
    [],
  )
  // The next start asks for the shop to be reconciled, before it is known that the process is dead.
  await enqueueJob(db, 'reconcile_shop', payload, syncJob('reconcile', shopId))
  expect(await jobsLeft()).toHaveLength(5)

  expect(await freeDeadPools(db)).toEqual(['killed'])
  expect(await jobsLeft()).toEqual([
    { name: 'reconcile_shop', attempts: 0, locked: false },
    { name: 'send_message', attempts: 1, locked: false },
    { name: 'send_message', attempts: 25, locked: false },
  ])
})
