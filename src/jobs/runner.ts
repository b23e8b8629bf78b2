import { EventEmitter } from 'node:events'
import { Logger, run, type TaskList, type WorkerEvents } from 'graphile-worker'
import type { Deps } from '../domain/deps.ts'
import { TryLater } from '../domain/tickets/send-message.ts'
import { type JobName, jobs } from './catalog.ts'
import { handlers, jobRun } from './handlers.ts'
import { registerPool, takeLease } from './lease.ts'

// In UTC. A night's check that no process was up for is made up for in the hours after it.
export const crontab = `
* * * * * sweep
*/10 * * * * expire_credits ?max=1
5 * * * * warn_expiry ?max=1
30 2 * * * verify_ledger ?fill=6h&max=5
`

export interface JobRunner {
  /** Lets running jobs finish and takes no more. */
  stop(): Promise<void>
}

/**
 * Starts the workers of this process. Any number of processes may do so on one database; the minutely sweep still runs once a
 * minute, because cron slots are claimed in the database.
 */
export async function startRunner(
  deps: Deps,
  options: { connectionString: string; concurrency: number },
): Promise<JobRunner> {
  const lease = await takeLease(deps.db, deps.log)
  const events = new EventEmitter() as WorkerEvents
  events.on('pool:create', ({ workerPool }) => {
    registerPool(deps.db, { poolId: workerPool.id, lease, at: deps.clock.now() }).catch((error: unknown) =>
      deps.log.error(
        { error: String(error) },
        'pool not registered; if it dies, its jobs wait for the sweep',
      ),
    )
  })
  await handlers.sweep(deps, {}, { lastTry: true })
  const runner = await run({
    connectionString: options.connectionString,
    concurrency: options.concurrency,
    maxPoolSize: options.concurrency + 2,
    noHandleSignals: true,
    pollInterval: 1000,
    taskList: taskList(deps),
    crontab,
    events,
    logger: queueLogger(deps),
  })
  return {
    async stop() {
      await runner.stop()
      await lease.end()
    },
  }
}

function taskList(deps: Deps): TaskList {
  return Object.fromEntries(
    (Object.keys(jobs) as JobName[]).map((name) => [
      name,
      async (payload, helpers) => {
        // The payload fits the handler because both come from the same entry of the catalog.
        const handle = handlers[name] as (
          deps: Deps,
          payload: unknown,
          run: { lastTry: boolean },
        ) => Promise<void>
        await handle(deps, jobs[name].payload.parse(payload), jobRun(helpers))
      },
    ]),
  )
}

function queueLogger(deps: Deps): Logger {
  return new Logger(() => (level, message, meta) => {
    const data = { error: meta?.error instanceof Error ? meta.error.message : undefined }
    // A temporary failure of a provider is expected and shown on the message; it is no alarm.
    if (level === 'error' && !(meta?.error instanceof TryLater)) deps.log.error(data, message)
    else if (level === 'warning') deps.log.warn(data, message)
    else deps.log.debug(data, message)
  })
}
