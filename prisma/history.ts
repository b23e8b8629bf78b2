import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { projectRoot } from '../src/words/root.ts'

export const migrationsFolder: string = join(projectRoot, 'prisma', 'migrations')

/** One migration as it lies in the folder. */
export interface Migration {
  /** The name of its folder; they apply in the order of their names. */
  name: string
  file: string
  sql: string
  /** SHA-256 of the file, hex: what Prisma writes down when it applied it. */
  checksum: string
}

/** One migration as a database (or a backup of one) remembers it. */
export interface AppliedMigration {
  name: string
  checksum: string
}

/** Reads the folder's migrations in the order in which they apply. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return Promise.all(
    names.sort().map(async (name) => {
      const file = join(folder, name, 'migration.sql')
      const sql = await readFile(file, 'utf8')
      return { name, file, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

/** What was applied to this database, in order; [] when it was never migrated. Throws when one stands half done. */
export async function readApplied(client: pg.ClientBase): Promise<AppliedMigration[]> {
  const known = await client.query<{ there: boolean }>(
    `select to_regclass('public._prisma_migrations') is not null as there`,
  )
  if (!known.rows[0]?.there) return []
  const { rows } = await client.query<AppliedMigration & { finished: boolean }>(
    `select migration_name as name, checksum, finished_at is not null as finished
       from public._prisma_migrations where rolled_back_at is null order by migration_name`,
  )
  const half = rows.find((row) => !row.finished)
  if (half)
    throw new Error(
      `The migration ${half.name} was begun on this database by another program and did not end. ` +
        `Mend it with "npx prisma migrate resolve --rolled-back ${half.name}" (or --applied) and start again.`,
    )
  return rows.map(({ name, checksum }) => ({ name, checksum }))
}

/**
 * The migrations of the folder that are still to be applied. Throws when the history is not a beginning of the folder:
 * a file that was changed after it was applied, or a database (`whose`) made by a newer CreditDesk.
 */
export function findPending(
  migrations: Migration[],
  applied: AppliedMigration[],
  whose: string,
): Migration[] {
  for (const [index, one] of applied.entries()) {
    const mine = migrations[index]
    if (mine?.name !== one.name) throw new Error(explainGap(migrations, one.name, mine, whose))
    if (mine.checksum !== one.checksum)
      throw new Error(
        `${mine.file} was changed after it had been applied to ${whose}. ` +
          'Put the file back as it was, and write the change into a new migration.',
      )
  }
  return migrations.slice(applied.length)
}

function explainGap(
  migrations: Migration[],
  name: string,
  mine: Migration | undefined,
  whose: string,
): string {
  if (!migrations.some((one) => one.name === name))
    return `The migration ${name} was applied to ${whose}, and this CreditDesk does not have it. It was made by a newer CreditDesk: update this one.`
  return `The migration ${mine?.name} comes before ${name}, which was applied to ${whose} without it. Give the new one a later name.`
}
