import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { parseCrontab } from 'graphile-worker'
import { enqueueJob } from '../../src/domain/enqueue.ts'
import { jobs } from '../../src/jobs/catalog.ts'
import { crontab, type JobRunner, startRunner } from '../../src/jobs/runner.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
let runners: JobRunner[] = []

beforeAll(async () => {
  world = await makeWorld()
})
afterAll(async () => {
  for (const runner of runners) await runner.stop()
  await world.close()
})

describe('the jobs of the clock', () => {
  it('are known to the catalog, and the night is made up for', () => {
    const items = parseCrontab(crontab)
    expect(items.map((item) => item.task)).toEqual(
      expect.arrayContaining(['sweep', 'expire_credits', 'warn_expiry', 'verify_ledger']),
    )
    for (const item of items) expect(Object.keys(jobs)).toContain(item.task)
    expect(items.find((item) => item.task === 'verify_ledger')?.options).toMatchObject({
      backfillPeriod: 6 * 3_600_000,
    })
  })

  it('rule 13: through the queue of two processes, each credit expires and is warned of once', async () => {
    const { customerId, ticketId } = await world.ticketWith([])
    await world.grant(customerId, { units: 500n, expiresAt: world.day(7) })
    await world.grant(customerId, { units: 700n, expiresAt: world.day(14) })
    world.goTo(world.day(7))
    for (let n = 0; n < 4; n += 1) {
      await enqueueJob(world.db, 'expire_credits', {})
      await enqueueJob(world.db, 'warn_expiry', {})
      await enqueueJob(world.db, 'verify_ledger', {})
    }
    const connectionString = world.db.pool.options.connectionString ?? ''
    runners = await Promise.all(
      [1, 2].map(() => startRunner(world.deps, { connectionString, concurrency: 4 })),
    )
    await untilIdle()
    const entries = await world.entries(customerId)
    expect(entries.map((entry) => [entry.kind, entry.expired])).toEqual([
      ['grant', 0n],
      ['grant', 0n],
      ['expire', 500n],
    ])
    const messages = await world.db.prisma.message.findMany({ where: { ticketId } })
    expect(messages).toMatchObject([{ template: 'expiry-warning', state: 'sent' }])
    expect(await world.db.prisma.sandboxItem.count()).toBe(1)
    expect(await world.db.prisma.ledgerCheck.findMany()).toMatchObject([{ problemCount: 0 }])
  })
})

async function untilIdle(): Promise<void> {
  for (let n = 0; n < 200; n += 1) {
    const [row] = await world.db.query<{ left: number }>(
      'test-left',
      'select count(*)::int as left from graphile_worker.jobs',
      [],
    )
    if (row?.left === 0) return
    await sleep(50)
  }
  throw new Error('the queue did not become idle')
}
