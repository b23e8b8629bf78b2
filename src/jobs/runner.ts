import { setTimeout as sleep } from 'node:timers/promises'
import type { Deps } from '../domain/deps.ts'
import { enqueueJob } from '../domain/enqueue.ts'
import { sweep } from './handlers.ts'
import { keepDesk } from './keep-desk.ts'
import { type RunningLane, startLane } from './lane.ts'
import { takeLease } from './lease.ts'

// In UTC. A night's check that no process was up for is made up for in the hours after it.
export const crontab = `
* * * * * sweep
*/5 * * * * reconcile_shops ?max=1
20 * * * * look_at_shops ?max=1
3,13,23,33,43,53 * * * * check_shops ?max=1
* * * * * find_balance_changes ?max=1
25 * * * * check_order_meta ?max=1
*/10 * * * * expire_credits ?max=1
5 * * * * warn_expiry ?max=1
15 3 * * * purge_mails ?fill=6h&max=3
30 2 * * * verify_ledger ?fill=6h&max=5
30 3 * * * read_catalogues ?fill=6h&max=3
`

export interface JobRunner {
  /** Lets running jobs finish and takes no more. */
  stop(): Promise<void>
}

interface Options {
  connectionString: string
  concurrency: number
}

/** Short against a person's patience; the queue itself loses nothing meanwhile. */
const restartMs = 1_000

/**
 * Starts the workers of this process. Any number of processes may do so on one database; the minutely sweep still runs once a
 * minute, because cron slots are claimed in the database.
 *
 * When the database went away, the workers are started again: the queue gives them up when it cannot write down what became of
 * a job, and a job that was locked for a worker whose connection broke before it heard of it would else stay locked for hours.
 */
export async function startRunner(deps: Deps, options: Options): Promise<JobRunner> {
  let stopping = false
  let workers = await startWorkers(deps, options)
  const keepUp = async (): Promise<void> => {
    while (!stopping) {
      const reason = await workers.ended
      if (stopping) return
      deps.log.error({ error: String(reason) }, 'the workers are started again')
      // Their jobs are freed by the sweep that a start begins with, because their lease is given up.
      await workers.stop()
      workers = await startAgain()
    }
  }
  const startAgain = async (): Promise<Workers> => {
    for (;;) {
      await sleep(restartMs, undefined, { ref: false })
      if (stopping) return { ended: Promise.resolve(), stop: async () => undefined }
      try {
        return await startWorkers(deps, options)
      } catch (error) {
        deps.log.warn({ error: String(error) }, 'the workers could not be started; trying again')
      }
    }
  }
  const kept = keepUp()
  const desk = keepDesk(deps)
  return {
    async stop() {
      stopping = true
      await desk.stop()
      await workers.stop()
      // A start that was under way at this moment is waited for, and stopped as well.
      await kept
      await workers.stop()
    },
  }
}

interface Workers {
  /** Resolves with the reason when they end, or when their lease is lost. */
  ended: Promise<unknown>
  stop(): Promise<void>
}

async function startWorkers(deps: Deps, options: Options): Promise<Workers> {
  const lease = await takeLease(deps.db)
  const lanes: RunningLane[] = []
  const stopLanes = async () => {
    for (const lane of lanes) await lane.stop()
  }
  try {
    await sweep(deps)
    const { connectionString, concurrency } = options
    lanes.push(await startLane(deps, lease, { connectionString, concurrency, crontab }))
    lanes.push(
      await startLane(deps, lease, {
        connectionString,
        concurrency: shopWorkers(concurrency),
        lane: 'shops',
      }),
    )
    // What was missed while no process was up is found now and not at the next tick of the clock.
    await enqueueJob(deps.db, 'reconcile_shops', {}, { key: 'reconcile_shops' })
    return {
      ended: Promise.race([
        ...lanes.map(({ ended }) => ended),
        lease.lost.then(() => 'the connection to the database was lost'),
      ]),
      async stop() {
        await stopLanes()
        // A lost connection refuses to be ended.
        await lease.end().catch(() => undefined)
      },
    }
  } catch (error) {
    await stopLanes()
    await lease.end().catch(() => undefined)
    throw error
  }
}

/** Of those that wait for shops; a shop takes the time of one at most, so a few that hang leave some to the others. */
function shopWorkers(concurrency: number): number {
  return Math.max(2, Math.ceil(concurrency / 2))
}
