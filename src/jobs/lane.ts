import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Logger, run, type TaskList, type WorkerEvents } from 'graphile-worker'
import type { Deps } from '../domain/deps.ts'
import { TryLater } from '../domain/tickets/send-message.ts'
import { type JobName, jobs } from './catalog.ts'
import { handlers, type JobRun, jobRun } from './handlers.ts'
import { type Lease, registerPool } from './lease.ts'
import { nudgeOne } from './nudge-one.ts'
import { makeShopTurns } from './shop-turns.ts'

interface Lane {
  connectionString: string
  concurrency: number
  /** Absent: the jobs of no lane. */
  lane?: 'shops'
  crontab?: string
}

export interface RunningLane {
  /** Resolves with the reason when its workers end, or begin to, by themselves. */
  ended: Promise<unknown>
  /** Takes no more jobs and waits for those that run. */
  stop(): Promise<void>
}

/** So long the queue may put its things away once no job of the lane runs any more. */
const putAwayMs = 5_000

/** Starts the workers of one lane. */
export async function startLane(deps: Deps, lease: Lease, lane: Lane): Promise<RunningLane> {
  const events = new EventEmitter() as WorkerEvents
  events.on('pool:create', ({ workerPool }) => {
    if (lane.lane === 'shops') nudgeOne(workerPool, events, deps.log)
    registerPool(deps.db, { poolId: workerPool.id, lease, at: deps.clock.now() }).catch((error: unknown) =>
      deps.log.error(
        { error: String(error) },
        'pool not registered; if it dies, its jobs wait for the sweep',
      ),
    )
  })
  /*
   * A queue that several times could not write down what became of jobs never comes to its end: it counts wrongly what it still has to
   * put away (graphile-worker 0.17.3, `batch` in main.js). Nobody would take jobs any more. So its beginning to end counts as its end,
   * and it is left to itself once nothing of ours runs in it.
   */
  const failed = new Promise<unknown>((resolve) => {
    events.once('pool:fatalError', ({ error }) => resolve(error))
  })
  const running = new Set<Promise<void>>()
  const runner = await run({
    connectionString: lane.connectionString,
    concurrency: lane.concurrency,
    maxPoolSize: lane.concurrency + 2,
    noHandleSignals: true,
    pollInterval: 1000,
    taskList: taskList(deps, lane, running),
    crontab: lane.crontab ?? '',
    events,
    logger: queueLogger(deps),
    // Without batches the queue leaves the promise of an outcome that it could not write to nobody, and that ends the process.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
  })
  return {
    ended: Promise.race([failed, runner.promise.catch((error: unknown) => error)]),
    async stop() {
      // Workers that have ended by themselves refuse to be stopped.
      const stopped = runner
        .stop()
        .catch((error: unknown) => deps.log.debug({ error: String(error) }, 'workers not stopped'))
      const waiting = new AbortController()
      await Promise.race([stopped, putAway(running, waiting.signal)]).finally(() => waiting.abort())
    },
  }
}

/** A job that was being fetched may begin a moment after the last one ended. */
async function putAway(running: ReadonlySet<Promise<void>>, signal: AbortSignal): Promise<void> {
  do {
    await Promise.allSettled(running)
    await sleep(putAwayMs, undefined, { signal })
  } while (running.size > 0)
}

function taskList(deps: Deps, { lane, concurrency }: Lane, running: Set<Promise<void>>): TaskList {
  // Two workers at least are never kept waiting by shops.
  const turns = makeShopTurns(Math.max(1, concurrency - 2))
  const ofLane = (Object.keys(jobs) as JobName[]).filter((name) => laneOf(name) === lane)
  return Object.fromEntries(
    ofLane.map((name) => [
      name,
      async (payload, helpers) => {
        // The payload fits the handler because both come from the same entry of the catalog.
        const handle = handlers[name] as (deps: Deps, payload: unknown, run: JobRun) => Promise<void>
        const given = jobs[name].payload.parse(payload)
        const handling = handle(deps, given, jobRun(helpers, turns))
        running.add(handling)
        try {
          await handling
        } finally {
          running.delete(handling)
          tellOf(deps, name, given)
        }
      },
    ]),
  )
}

/** Jobs that change what pages show, but whose ticket only they know. */
const changesShop: readonly JobName[] = [
  'process_delivery',
  'reconcile_shop',
  'recheck_orders',
  'rematch_orders',
  'refresh_customer',
]

/** Pages look again after each job on a ticket, whatever became of it: a failure is news too. */
function tellOf(deps: Pick<Deps, 'tellDesk'>, name: JobName, payload: object): void {
  if (!('shopId' in payload) || typeof payload.shopId !== 'string') return
  const ticket = 'ticketId' in payload && typeof payload.ticketId === 'string' ? payload.ticketId : undefined
  if (ticket !== undefined) deps.tellDesk(BigInt(payload.shopId), BigInt(ticket))
  else if (changesShop.includes(name)) deps.tellDesk(BigInt(payload.shopId))
}

function laneOf(name: JobName): 'shops' | undefined {
  const job = jobs[name]
  return 'lane' in job ? job.lane : undefined
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
