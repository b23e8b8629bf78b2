import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import type { Log } from '../ports/log.ts'
import type { Database } from './database.ts'

interface Stoppable {
  stop(): Promise<void>
}

/** How often a process that does not lead asks whether it may. */
const askMs = 5_000

/**
 * Runs something in one process at a time, whatever the number of processes: the one that holds an advisory lock, which
 * PostgreSQL drops the moment that process is gone. When the connection with the lock is lost, the work is stopped, since
 * another process may have begun it.
 */
export function runAsLeader(
  deps: { db: Pick<Database, 'dedicatedClient'>; log: Log },
  work: { name: string; start(): Promise<Stoppable> },
): Stoppable {
  const stopped = new AbortController()
  const { signal } = stopped

  async function lead(client: Client): Promise<void> {
    const lost = new Promise<void>((resolve) => client.once('end', resolve))
    const wanted = new Promise<void>((resolve) =>
      signal.addEventListener('abort', () => resolve(), { once: true }),
    )
    const running = await work.start()
    await Promise.race([lost, wanted])
    await running.stop()
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      let client: Client | undefined
      try {
        client = await deps.db.dedicatedClient()
        const { rows } = await client.query<{ mine: boolean }>(
          'select pg_try_advisory_lock(hashtextextended($1, 0)) as mine',
          [work.name],
        )
        if (rows[0]?.mine) await lead(client)
      } catch (error) {
        deps.log.warn({ error: String(error), work: work.name }, 'the work of a leader ended; trying again')
      } finally {
        await client?.end().catch(() => undefined)
      }
      await sleep(askMs, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }

  const running = run()
  return {
    async stop() {
      stopped.abort()
      await running
    },
  }
}
