import pg from 'pg'
import type { Log } from '../src/ports/log.ts'
import { applyMigrations } from './apply.ts'
import { findPending, type Migration, migrationsFolder, readApplied, readMigrations } from './history.ts'
import { appliedQueueMigration, migrateQueue, newestQueueMigration } from './queue.ts'

/** Whoever changes the tables holds this advisory lock. Any number that nothing else locks: the bytes of "cred". */
export const lockKey = 0x63726564
const oldestVersion = 15

/**
 * Brings a database up to date: our migrations, each in a transaction of its own, then the job queue's.
 * Processes that call this together wait for each other and migrate once; when nothing is to be done it takes a few
 * milliseconds. Returns the names of the migrations that this call applied. Throws with the migration's file and what
 * PostgreSQL said; a migration that failed has changed nothing.
 */
export async function migrateDatabase(options: {
  connectionString: string
  log: Log
  /** For tests. */
  folder?: string
}): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(options.folder ?? migrationsFolder)
  const client = new pg.Client({
    connectionString: options.connectionString,
    application_name: 'creditdesk-migrate',
  })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await checkVersion(client)
    if (await isUpToDate(client, migrations)) return { applied: [] }
    await client.query('select pg_advisory_lock($1)', [lockKey])
    if (await isUpToDate(client, migrations)) return { applied: [] }
    const pending = findPending(migrations, await readApplied(client), 'this database')
    await onOneConnection(options.connectionString, async (pool) => {
      for (const [index, one] of pending.entries()) {
        await inTransaction(pool, () =>
          applyMigrations(pool, migrations.slice(0, migrations.length - pending.length + index + 1)),
        )
        options.log.info({ migration: one.name }, 'Migrated the database')
      }
      await migrateQueue(pool)
    })
    return { applied: pending.map((one) => one.name) }
  } finally {
    await client.end()
  }
}

/** Throws when the server is older than what our SQL is written for. */
export async function checkVersion(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ number: number; text: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as text`,
  )
  const found = rows[0]
  if (found && found.number < oldestVersion * 10_000)
    throw new Error(
      `DATABASE_URL leads to PostgreSQL ${found.text}; CreditDesk needs ${oldestVersion} or newer. ` +
        'Update the server, or leave DATABASE_URL unset to use the embedded one.',
    )
}

/** Runs the work over a pool that has a single connection, so that a transaction begun on it spans all that it is used for. */
export async function onOneConnection<T>(
  connectionString: string,
  work: (pool: pg.Pool) => Promise<T>,
): Promise<T> {
  const pool = new pg.Pool({
    connectionString,
    max: 1,
    idleTimeoutMillis: 0,
    application_name: 'creditdesk-migrate',
  })
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  try {
    return await work(pool)
  } finally {
    await pool.end()
  }
}

/** Commits what the work did on the pool's only connection, or undoes it and throws its error. */
export async function inTransaction<T>(pool: pg.Pool, work: () => Promise<T>): Promise<T> {
  await pool.query('begin')
  try {
    const result = await work()
    await pool.query('commit')
    return result
  } catch (error) {
    await pool.query('rollback').catch(() => undefined)
    throw error
  }
}

async function isUpToDate(client: pg.Client, migrations: Migration[]): Promise<boolean> {
  const pending = findPending(migrations, await readApplied(client), 'this database')
  if (pending.length > 0) return false
  return (await appliedQueueMigration(client)) >= (await newestQueueMigration())
}
