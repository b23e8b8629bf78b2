import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { projectRoot } from '../src/words/root.ts'
import { openEngine } from './engine.ts'

const schemaFile = join(projectRoot, 'prisma', 'schema.prisma')

/** The SQL that would turn this migrated database into schema.prisma; '' when they agree. */
export function diffAgainstSchema(connectionString: string): Promise<string> {
  return printMigrationSql(connectionString, 'database')
}

/**
 * The SQL of a new migration: from what this database holds (or from nothing at all; the engine wants a connection
 * even then) to what schema.prisma says. Functions, triggers and checks are not in the schema and are left as they are.
 */
export async function printMigrationSql(
  connectionString: string,
  from: 'database' | 'empty',
): Promise<string> {
  const schema = { path: schemaFile, content: await readFile(schemaFile, 'utf8') }
  const pool = new pg.Pool({ connectionString })
  const { engine } = await openEngine(pool, [[schema.path, schema.content]])
  try {
    const { stdout } = await engine.diff({
      from:
        from === 'empty'
          ? { tag: 'empty' }
          : { tag: 'schemaDatasource', files: [schema], configDir: dirname(schemaFile) },
      to: { tag: 'schemaDatamodel', files: [schema] },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    })
    const sql = (stdout ?? '').trim()
    return sql === '-- This is an empty migration.' ? '' : sql
  } finally {
    engine.free()
    await pool.end()
  }
}
