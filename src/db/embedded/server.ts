import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import lockfile from 'proper-lockfile'
import type { Log } from '../../ports/log.ts'
import { superuser } from './cluster.ts'
import { countOthers, ensureDatabase } from './hold.ts'
import { isGone, readPostmaster } from './postmaster.ts'
import { ensureRunning, type Place } from './run.ts'
import type { ServerSettings } from './settings-file.ts'

const databaseName = 'creditdesk'

export interface EmbeddedServer {
  /** Of the database `creditdesk`, as its superuser. */
  connectionString: string
  /** Lets go of the server, and stops it when no other process holds it. */
  stop(): Promise<void>
}

/**
 * Opens the PostgreSQL that lives in DATA_DIR/postgres, for this process and every other of the same DATA_DIR:
 * created on first use, started when it does not run, adopted when another process (alive or killed) started it.
 * When the server dies under us it is started again on the same port, so that pools recover by themselves.
 * `settings` are PostgreSQL's own parameters; they count only when this call starts the server.
 * Throws with the file or port and the mend when the server can't be had.
 */
export async function openEmbedded(options: {
  dataDir: string
  log: Log
  settings?: Record<string, string>
}): Promise<EmbeddedServer> {
  const dataDir = resolve(options.dataDir)
  const { log, settings = {} } = options
  await mkdir(dataDir, { recursive: true })
  const place: Place = {
    clusterDir: join(dataDir, 'postgres'),
    settingsFile: join(dataDir, 'postgres.json'),
    logFile: join(dataDir, 'postgres.log'),
  }
  let stopping = false
  let reviving: Promise<void> | undefined
  let held: { client: pg.Client; settings: ServerSettings }

  const hold = (samePort: boolean) =>
    underLock(dataDir, log, async () => {
      const running = await ensureRunning(place, { log, settings, samePort })
      try {
        await ensureDatabase(running.client, databaseName)
      } catch (error) {
        await running.client.end().catch(() => undefined)
        throw error
      }
      // Only now: a connection that broke before is this attempt's failure, and whoever asked for it tries again.
      running.client.once('end', () => {
        if (!stopping) reviving = revive()
      })
      held = running
      return held
    })

  const revive = async () => {
    log.error({}, 'The embedded PostgreSQL went away; starting it again')
    const port = held.settings.port
    for (let pauseMs = 100; !stopping; pauseMs = Math.min(pauseMs * 2, 5_000)) {
      try {
        await hold(true)
        if (held.settings.port !== port)
          log.error(
            { port: held.settings.port },
            'The embedded PostgreSQL has a new port: restart CreditDesk',
          )
        return
      } catch (error) {
        log.error({ error }, 'The embedded PostgreSQL could not be started again')
        await sleep(pauseMs, undefined, { ref: false })
      }
    }
  }

  const opened = await hold(false)
  return {
    connectionString: connectionStringOf(opened.settings),
    stop: async () => {
      if (stopping) return
      stopping = true
      await reviving
      await underLock(dataDir, log, () => release(held.client, place, log))
    },
  }
}

function connectionStringOf(settings: ServerSettings): string {
  return `postgresql://${superuser}:${settings.password}@127.0.0.1:${settings.port}/${databaseName}`
}

async function release(client: pg.Client, place: Place, log: Log): Promise<void> {
  const others = await countOthers(client).catch(() => undefined)
  const running = await readPostmaster(place.clusterDir)
  await client.end().catch(() => undefined)
  if (others !== 0 || !running) return
  try {
    // PostgreSQL's "fast shutdown": ends what is left of connections and writes everything to disk.
    process.kill(running.pid, 'SIGINT')
  } catch (error) {
    log.warn(
      { pid: running.pid, error },
      'The embedded PostgreSQL was started by another user and is left running',
    )
    return
  }
  const deadline = Date.now() + 60_000
  while ((await readPostmaster(place.clusterDir)) !== undefined && !(await isGone(running.pid))) {
    if (Date.now() > deadline) {
      log.warn({ pid: running.pid }, 'The embedded PostgreSQL takes long to stop and is left to it')
      return
    }
    await sleep(10)
  }
  log.info({ pid: running.pid }, 'The embedded PostgreSQL was stopped')
}

/** One process at a time starts or stops the server. A lock whose holder was killed is taken over after five seconds. */
async function underLock<T>(dataDir: string, log: Log, work: () => Promise<T>): Promise<T> {
  const file = join(dataDir, 'postgres.lock')
  const unlock = await lockfile.lock(dataDir, {
    lockfilePath: file,
    realpath: false,
    stale: 5_000,
    update: 1_000,
    retries: { forever: true, factor: 1, minTimeout: 25, maxTimeout: 25, maxRetryTime: 180_000 },
    onCompromised: (error) => log.warn({ error }, `The lock ${file} was lost`),
  })
  try {
    return await work()
  } finally {
    await unlock().catch(() => undefined)
  }
}
