import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { enqueueJob, enqueueQuietly } from '../../src/domain/enqueue.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())

const payload = { shopId: '1', ticketId: '2', messageId: '3' }

/** The newest job, but for what differs between any two. */
async function newest(): Promise<Record<string, unknown>> {
  const [row] = await world.db.query<{ job: Record<string, unknown> }>(
    'test-newest-job',
    'select to_jsonb(j) as job from graphile_worker._private_jobs j order by id desc limit 1',
    [],
  )
  const { id: _id, run_at: _due, created_at: _made, updated_at: _changed, ...job } = row?.job ?? {}
  return job
}

it('a job that is enqueued quietly is the job that the queue itself would have made', async () => {
  for (const name of ['send_message', 'notify_agents'] as const) {
    // The first makes the kind known to the queue; the second goes the short way.
    for (const _ of [1, 2]) {
      await enqueueQuietly(world.db, name, payload)
      const quiet = await newest()
      expect(quiet).toMatchObject({ payload, attempts: 0, is_available: true })
      await enqueueJob(world.db, name, payload)
      expect(quiet).toEqual(await newest())
    }
  }
})

it('it tells no worker, which the caller does once for all', async () => {
  const client = await world.db.dedicatedClient()
  const heard: string[] = []
  client.on('notification', ({ channel }) => heard.push(channel))
  await client.query('listen "jobs:insert"')
  await enqueueQuietly(world.db, 'send_message', payload)
  await client.query('select 1')
  expect(heard).toEqual([])
  await enqueueJob(world.db, 'send_message', payload)
  await client.query('select 1')
  expect(heard).toEqual(['jobs:insert'])
  await client.end()
})
