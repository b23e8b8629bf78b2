import pg from 'pg'
import { codeOf } from '../error-code.ts'
import { superuser } from './cluster.ts'
import type { ServerSettings } from './settings-file.ts'

const holderName = 'creditdesk-holder'

/** What came of trying to reach the server. */
export type Reached =
  | { outcome: 'connected'; client: pg.Client }
  | { outcome: 'starting' }
  | { outcome: 'nobody' }
  | { outcome: 'refused'; reason: string }

/**
 * Takes hold of the server: one idle connection for as long as this process uses it. The last process that lets go
 * stops the server. The connection goes to the database `postgres`, so that it is never in the way of ours.
 */
export async function reach(settings: ServerSettings): Promise<Reached> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: settings.port,
    user: superuser,
    password: settings.password,
    database: 'postgres',
    application_name: holderName,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return { outcome: 'connected', client }
  } catch (error) {
    await client.end().catch(() => undefined)
    const code = codeOf(error)
    if (code === '57P03') return { outcome: 'starting' }
    if (code === 'ECONNREFUSED' || code === 'ECONNRESET') return { outcome: 'nobody' }
    return { outcome: 'refused', reason: String(error) }
  }
}

/** How many other processes hold the server. */
export async function countOthers(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ others: number }>(
    'select count(*)::int as others from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()',
    [holderName],
  )
  return rows[0]?.others ?? 0
}

/** Whether the server that answers is the one of this folder, and not another that happens to listen on its port. */
export async function servesFolder(client: pg.Client, pid: number): Promise<boolean> {
  const { rows } = await client.query<{ text: string }>("select pg_read_file('postmaster.pid') as text")
  return Number.parseInt(rows[0]?.text ?? '', 10) === pid
}

/** Creates the database when it is not there yet. */
export async function ensureDatabase(client: pg.Client, name: string): Promise<void> {
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name])
  if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`)
}
