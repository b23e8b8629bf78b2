import type { WorkerEvents, WorkerPool } from 'graphile-worker'
import type { Log } from '../ports/log.ts'

/** How long a lane that is seldom needed may take to look whether it is. */
const gatherMs = 100

/**
 * Whatever is enqueued wakes the workers of every lane, and a worker without a job of its own reads through all that others have to do.
 * In a lane that is seldom needed only one looks, for all that was enqueued within a tenth of a second; who finds a job wakes the next.
 */
export function nudgeOne(pool: WorkerPool, events: WorkerEvents, log: Log): void {
  const nudge = pool.nudge.bind(pool)
  let timer: NodeJS.Timeout | undefined
  let over = false
  const wakeOne = () => {
    if (over) return
    try {
      nudge(1)
    } catch (error) {
      // Its workers ended by themselves; whoever restarts them begins anew.
      log.debug({ error: String(error) }, 'worker not woken')
    }
  }
  const end = () => {
    over = true
    clearTimeout(timer)
  }
  pool.nudge = () => {
    timer ??= setTimeout(() => {
      timer = undefined
      wakeOne()
    }, gatherMs)
  }
  events.on('job:start', wakeOne)
  events.once('pool:gracefulShutdown', end)
  events.once('pool:forcefulShutdown', end)
}
