import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { Logger, runOnce } from 'graphile-worker'
import { enqueueJob } from '../../src/domain/enqueue.ts'
import { type JobKind, jobs, priorityOf } from '../../src/jobs/catalog.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())

it('customers are written to before orders are understood, and both before agents are told', async () => {
  const ids = { shopId: String(world.shopId), ticketId: '1', messageId: '1' }
  await enqueueJob(world.db, 'notify_agents', ids)
  await enqueueJob(world.db, 'tell_agent', { ...ids, agentId: '1' })
  await enqueueJob(world.db, 'process_delivery', { shopId: ids.shopId, deliveryId: '1' })
  await enqueueJob(world.db, 'send_message', ids)
  const begun: string[] = []
  const note = (name: string) => [name, () => void begun.push(name)] as const
  await runOnce({
    pgPool: world.db.pool,
    concurrency: 1,
    taskList: Object.fromEntries(
      ['notify_agents', 'tell_agent', 'send_message', 'process_delivery'].map(note),
    ),
    logger: new Logger(() => () => undefined),
  })
  expect(begun).toEqual(['send_message', 'process_delivery', 'notify_agents', 'tell_agent'])
})

it('what waits for shops stands behind all others, so that their workers need not read past it', async () => {
  const kinds: JobKind[] = Object.values(jobs)
  const ofShops = kinds.filter(({ lane }) => lane === 'shops').map(priorityOf)
  const others = kinds.filter(({ lane }) => lane === undefined).map(priorityOf)
  expect(Math.min(...ofShops)).toBeGreaterThan(Math.max(...others))
  await enqueueJob(world.db, 'reconcile_shop', { shopId: String(world.shopId) })
  const [job] = await world.db.query<{ priority: number }>(
    'test-priority-of-job',
    `select j.priority::int from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where t.identifier = 'reconcile_shop'`,
    [],
  )
  expect(job?.priority).toBe(20)
})

it('the job that a delivery is stored with is the one of the catalog', async () => {
  const { shopId, db } = world
  const given = [shopId, 'order.created', '{}', Buffer.from('{}'), Buffer.from('hash'), new Date()]
  await db.query('test-accept', 'select accept_delivery($1, $2, $3, $4, $5, $6)', given)
  const [job] = await db.query(
    'test-job-of-delivery',
    `select j.priority::int, j.max_attempts::int as "maxAttempts", j.payload
     from graphile_worker._private_jobs j join delivery d on d.id::text = j.payload ->> 'deliveryId' where d.shop_id = $1`,
    [shopId],
  )
  const { maxAttempts } = jobs.process_delivery
  expect(job).toMatchObject({ priority: priorityOf(jobs.process_delivery), maxAttempts })
})
