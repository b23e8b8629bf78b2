import { readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type pg from 'pg'
import { jobs } from '../src/jobs/catalog.ts'

/** The newest migration of the job queue's own tables that the installed graphile-worker brings. */
export async function newestQueueMigration(): Promise<number> {
  const entry = createRequire(import.meta.url).resolve('graphile-worker')
  const files = await readdir(join(dirname(entry), '..', 'sql'))
  return Math.max(0, ...files.map((file) => Number.parseInt(file, 10) || 0))
}

/** The newest migration of the queue's tables in this database; 0 when there are none. */
export async function appliedQueueMigration(client: pg.ClientBase): Promise<number> {
  const known = await client.query<{ there: boolean }>(
    `select to_regclass('graphile_worker.migrations') is not null as there`,
  )
  if (!known.rows[0]?.there) return 0
  const { rows } = await client.query<{ id: number | null }>(
    'select max(id) as id from graphile_worker.migrations',
  )
  return rows[0]?.id ?? 0
}

/** Brings the queue's tables up to date. graphile-worker is loaded only here: it takes longer than asking whether it is needed. */
export async function migrateQueue(pool: pg.Pool): Promise<void> {
  const { Logger, runMigrations } = await import('graphile-worker')
  await runMigrations({ pgPool: pool, logger: new Logger(() => () => undefined) })
  // The first job of a name would otherwise add its row inside a transaction that holds an account's lock.
  await pool.query(
    `insert into graphile_worker._private_tasks (identifier) select unnest($1::text[]) on conflict do nothing`,
    [Object.keys(jobs)],
  )
}
