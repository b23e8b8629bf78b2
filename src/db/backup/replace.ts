import type pg from 'pg'
import { applyMigrations } from '../../../prisma/apply.ts'
import {
  type AppliedMigration,
  findPending,
  type Migration,
  readApplied,
  readMigrations,
} from '../../../prisma/history.ts'
import { checkVersion, inTransaction, lockKey, onOneConnection } from '../../../prisma/migrate.ts'
import { migrateQueue, newestQueueMigration } from '../../../prisma/queue.ts'
import type { Header } from './archive.ts'
import { liftGuards } from './guards.ts'
import { type Loader, startLoading } from './load.ts'
import { findData } from './tables.ts'

/**
 * Replaces all that a database holds, in one transaction: gives it the tables of the backup's own time, lets `fill`
 * load them, and migrates the result to today's. When anything fails, the old data stands as it was.
 */
export async function replaceDatabase(
  options: { connectionString: string; header: Header; overwrite: boolean; folder: string },
  fill: (loader: Loader) => Promise<void>,
): Promise<void> {
  const { header } = options
  const migrations = await readMigrations(options.folder)
  const later = findPending(migrations, header.migrations, 'the database of this backup')
  if (header.queueMigration > (await newestQueueMigration()))
    throw new Error(
      'This backup was made by a newer CreditDesk (its job queue is newer). Update this one, then restore.',
    )
  await onOneConnection(options.connectionString, async (pool) => {
    await using(pool, async (client) => {
      await checkVersion(client)
      await refuseData(client, options.overwrite)
    })
    await migrateQueue(pool)
    await inTransaction(pool, async () => {
      await using(pool, (client) => prepare(client, options.overwrite))
      await matchTables(pool, migrations.slice(0, migrations.length - later.length), header.migrations)
      await using(pool, async (client) => {
        const restoreGuards = await liftGuards(client)
        const loader = await startLoading(client, header)
        try {
          await fill(loader)
        } catch (error) {
          loader.abort()
          throw error
        }
        await restoreGuards()
      })
      if (later.length > 0) await applyMigrations(pool, migrations)
    })
  })
}

/** The pool has one connection, so this is always the one with the transaction. */
async function using<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    return await work(client)
  } finally {
    client.release()
  }
}

async function prepare(client: pg.PoolClient, overwrite: boolean): Promise<void> {
  // A running server or worker holds locks that come and go; one that does not let go should be stopped first.
  await client.query(`set local lock_timeout = '10s'`)
  await client.query('set local statement_timeout = 0')
  await client.query('select pg_advisory_xact_lock($1)', [lockKey])
  await refuseData(client, overwrite)
}

async function refuseData(client: pg.ClientBase, overwrite: boolean): Promise<void> {
  const table = overwrite ? undefined : await findData(client)
  if (table !== undefined)
    throw new Error(
      `The database already holds data (in the table ${table}). Nothing was changed. Restore with --overwrite to replace it.`,
    )
}

/** Makes the tables those of the backup's time. They are made anew rather than migrated back, for which there is no way. */
async function matchTables(pool: pg.Pool, wanted: Migration[], backedUp: AppliedMigration[]): Promise<void> {
  const applied = await using(pool, readApplied)
  if (applied.length === backedUp.length && applied.every((one, index) => one.name === backedUp[index]?.name))
    return
  await pool.query('drop schema if exists public cascade')
  await pool.query('create schema public')
  await pool.query('grant usage on schema public to public')
  await applyMigrations(pool, wanted)
}
