import type { Database } from '../db/database.ts'
import type { Log } from '../ports/log.ts'

/** One wake-up for all jobs enqueued within this time. Short against a person's patience, long against a burst's spacing. */
const gatherMs = 15

/**
 * Wakes the workers of all processes soon after jobs were committed without a NOTIFY of their own (see enqueue_job in the
 * migration). If this process dies first, the workers' poll finds the jobs within a second.
 */
export function createWaker(db: Pick<Database, 'query'>, log: Log): { wake(): void; flush(): Promise<void> } {
  let count = 0
  let timer: NodeJS.Timeout | undefined
  const notify = async () => {
    timer = undefined
    const jobs = count
    count = 0
    try {
      await db.query('wake-workers', `select pg_notify('jobs:insert', $1)`, [JSON.stringify({ count: jobs })])
    } catch (error) {
      log.debug({ error: String(error) }, 'workers not woken; their poll will find the jobs')
    }
  }
  return {
    wake() {
      count++
      timer ??= setTimeout(() => void notify(), gatherMs)
    },
    async flush() {
      if (!timer) return
      clearTimeout(timer)
      await notify()
    },
  }
}
