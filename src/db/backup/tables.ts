import pg from 'pg'
import type { Manifest, Table } from './archive.ts'

/** Kept by the migrations themselves: restoring migrates, and so writes them anew. */
const histories = ['public._prisma_migrations', 'graphile_worker.migrations']

/** Our tables and the job queue's, with the columns that hold data (not the generated ones). */
export async function readTables(client: pg.ClientBase): Promise<Table[]> {
  const { rows } = await client.query<Table>(
    `select n.nspname as schema, c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
       from pg_class c
       join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      where c.relkind = 'r' and n.nspname in ('public', 'graphile_worker')
        and n.nspname || '.' || c.relname <> all($1)
        and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
      group by n.nspname, c.relname
      order by n.nspname desc, c.relname`,
    [histories],
  )
  return rows
}

/** Read after the rows: a sequence stands outside every snapshot, and must not lag behind an id that was saved. */
export async function readSequences(client: pg.ClientBase): Promise<Manifest['sequences']> {
  const { rows } = await client.query<Manifest['sequences'][number]>(
    `select schemaname as schema, sequencename as name, last_value::text as value
       from pg_sequences where schemaname in ('public', 'graphile_worker') order by 1, 2`,
  )
  return rows
}

/** The first of our own tables that holds a row; the queue's do not count. */
export async function findData(client: pg.ClientBase): Promise<string | undefined> {
  for (const table of await readTables(client)) {
    if (table.schema !== 'public') continue
    const { rows } = await client.query(`select 1 from ${quote(table)} limit 1`)
    if (rows.length > 0) return table.name
  }
  return undefined
}

export function quote(one: { schema: string; name: string }): string {
  return `${pg.escapeIdentifier(one.schema)}.${pg.escapeIdentifier(one.name)}`
}

export function columnList(columns: string[]): string {
  return columns.map((column) => pg.escapeIdentifier(column)).join(', ')
}
