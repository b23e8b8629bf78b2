import type pg from 'pg'
import { quote } from './tables.ts'

interface Guard {
  off: string
  on: string
}

/**
 * Takes the foreign keys and triggers of our tables away for the time of loading, and returns what puts them back, for
 * the same transaction. The keys are checked again when they come back. PostgreSQL's switch for this
 * (session_replication_role) checks nothing, and only a superuser may use it, which no hosted database gives.
 */
export async function liftGuards(client: pg.ClientBase): Promise<() => Promise<void>> {
  const guards = [...(await readForeignKeys(client)), ...(await readTriggers(client))]
  for (const guard of guards) await client.query(guard.off)
  return async () => {
    for (const guard of guards) await client.query(guard.on)
  }
}

async function readForeignKeys(client: pg.ClientBase): Promise<Guard[]> {
  const { rows } = await client.query<{ schema: string; name: string; key: string; definition: string }>(
    `select n.nspname as schema, c.relname as name, quote_ident(k.conname) as key, pg_get_constraintdef(k.oid) as definition
       from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
      where k.contype = 'f' and k.conparentid = 0 and n.nspname in ('public', 'graphile_worker')`,
  )
  return rows.map((row) => ({
    off: `alter table ${quote(row)} drop constraint ${row.key}`,
    on: `alter table ${quote(row)} add constraint ${row.key} ${row.definition}`,
  }))
}

const enabling: Record<string, string> = { O: 'enable', A: 'enable always', R: 'enable replica' }

async function readTriggers(client: pg.ClientBase): Promise<Guard[]> {
  const { rows } = await client.query<{ schema: string; name: string; trigger: string; state: string }>(
    `select n.nspname as schema, c.relname as name, quote_ident(t.tgname) as trigger, t.tgenabled::text as state
       from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
      where not t.tgisinternal and t.tgenabled <> 'D' and n.nspname in ('public', 'graphile_worker')`,
  )
  return rows.map((row) => ({
    off: `alter table ${quote(row)} disable trigger ${row.trigger}`,
    on: `alter table ${quote(row)} ${enabling[row.state] ?? 'enable'} trigger ${row.trigger}`,
  }))
}
