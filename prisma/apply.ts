import { dirname, join } from 'node:path'
import type pg from 'pg'
import { openEngine } from './engine.ts'
import type { Migration } from './history.ts'

const filters = { externalTables: [], externalEnums: [] }

/**
 * Applies the migrations that the database lacks, with Prisma's engine, over a pool whose only connection is inside a
 * transaction: what it does stands when the caller commits. A migration may therefore not use statements that
 * PostgreSQL refuses in a transaction (CREATE INDEX CONCURRENTLY). Throws with what PostgreSQL said.
 */
export async function applyMigrations(pool: pg.Pool, migrations: Migration[]): Promise<void> {
  const last = migrations.at(-1)
  if (!last) return
  const baseDir = dirname(dirname(last.file))
  const { engine, scriptFailure } = await openEngine(pool)
  try {
    await engine.applyMigrations({
      migrationsList: {
        baseDir,
        lockfile: { path: join(baseDir, 'migration_lock.toml'), content: 'provider = "postgresql"' },
        shadowDbInitScript: '',
        migrationDirectories: migrations.map((one) => ({
          path: one.name,
          migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: one.sql } },
        })),
      },
      filters,
    })
  } catch (error) {
    throw explain(last, scriptFailure() ?? error)
  } finally {
    engine.free()
  }
}

function explain(migration: Migration, cause: unknown): Error {
  const said = property(cause, 'message') ?? String(cause)
  const detail = property(cause, 'detail')
  const position = Number(property(cause, 'position'))
  const where = position ? `, line ${migration.sql.slice(0, position).split('\n').length}` : ''
  const rest = detail === undefined ? '' : ` (${detail})`
  return new Error(
    `The migration ${migration.name} failed and was undone (${migration.file}${where}). PostgreSQL said: ${said}${rest}`,
    { cause },
  )
}

function property(value: unknown, name: 'message' | 'detail' | 'position'): string | undefined {
  if (typeof value !== 'object' || value === null || !(name in value)) return undefined
  const found = Reflect.get(value, name)
  return typeof found === 'string' ? found : undefined
}
