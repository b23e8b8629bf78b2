import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { diffAgainstSchema } from '../../prisma/diff.ts'
import { migrationsFolder } from '../../prisma/history.ts'
import { migrateDatabase } from '../../prisma/migrate.ts'
import { backup } from '../../src/db/backup/backup.ts'
import { restore } from '../../src/db/backup/restore.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { quietLog as log } from '../support/quiet-log.ts'

let folder: string
let source: TestDatabase
let target: TestDatabase

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'creditdesk-backup-'))
  source = await createTestDatabase()
  target = await createTestDatabase('empty')
})

afterEach(async () => {
  await source.drop()
  await target.drop()
  await rm(folder, { recursive: true, force: true })
})

async function query(database: TestDatabase, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: database.connectionString })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

const file = () => join(folder, 'backup.tar.gz')
const dataOf = (name: string) => join(folder, name)
const take = () => backup({ connectionString: source.connectionString, dataDir: dataOf('a'), file: file() })
const put = (options: { overwrite?: boolean; folder?: string } = {}) =>
  restore({ connectionString: target.connectionString, dataDir: dataOf('b'), file: file(), ...options })

const addShops = (database: TestDatabase, count: number) =>
  query(
    database,
    `insert into shop (name, url, timezone, webhook_secret, created_at)
     select E'shop\\t\\n\\\\ ' || i, 'https://shop.example', 'UTC', decode(repeat('ab', 400), 'hex'), now()
       from generate_series(1, ${count}) i`,
  )
const fingerprint = (database: TestDatabase) =>
  query(
    database,
    `select count(*)::int as count, md5(string_agg(s::text, '|' order by id)) as hash from shop s`,
  )

describe('a backup', () => {
  it('brings database, blobs and key back on an empty place', async () => {
    await addShops(source, 5_000)
    await query(source, `select graphile_worker.add_job('nothing')`)
    await mkdir(join(dataOf('a'), 'blobs', 'ab'), { recursive: true })
    await writeFile(join(dataOf('a'), 'blobs', 'ab', 'large'), 'x'.repeat(3_000_000))
    await writeFile(join(dataOf('a'), 'blobs', 'empty'), '')
    await writeFile(join(dataOf('a'), 'secret.key'), 'the key')

    const taken = await take()
    expect((await stat(file())).mode & 0o777).toBe(0o600)
    expect(await put()).toMatchObject({ rows: taken.rows, blobs: 2, key: true })

    expect(await fingerprint(target)).toEqual(await fingerprint(source))
    expect(await query(target, 'select task_identifier from graphile_worker.jobs')).toHaveLength(1)
    expect(await readFile(join(dataOf('b'), 'blobs', 'ab', 'large'), 'utf8')).toHaveLength(3_000_000)
    expect(await readFile(join(dataOf('b'), 'secret.key'), 'utf8')).toBe('the key')
    expect((await stat(join(dataOf('b'), 'secret.key'))).mode & 0o777).toBe(0o600)
    expect(await diffAgainstSchema(target.connectionString)).toBe('')
  })

  it('goes on with the numbers after those it saved', async () => {
    await addShops(source, 3)
    await take()
    await put()
    await addShops(target, 1)
    expect(await query(target, 'select max(id)::int as id from shop')).toEqual([{ id: 4 }])
  })

  it('leaves foreign keys and triggers as they were', async () => {
    const guards = `select conname::text as name, pg_get_constraintdef(oid) as what from pg_constraint where contype = 'f'
      union all select tgname, tgenabled::text from pg_trigger where not tgisinternal order by 1, 2`
    await take()
    await put()
    expect(await query(target, guards)).toEqual(await query(source, guards))
  })

  it('is of one moment although rows are written meanwhile', async () => {
    await addShops(source, 2_000)
    const writing = (async () => {
      for (let i = 0; i < 20; i++) await addShops(source, 50)
    })()
    await take()
    await writing
    const { rows } = await put()
    const [found] = await fingerprint(target)
    expect(Number(found?.count) % 50).toBe(0)
    // The rest of the rows are the names of the queue's tasks, which every database has.
    const [tasks] = await query(source, 'select count(*)::int as n from graphile_worker._private_tasks')
    expect(found?.count).toBe(rows - Number(tasks?.n))
  })

  it('is not put over data unless that is wanted', async () => {
    await addShops(source, 2)
    await take()
    await migrateDatabase({ connectionString: target.connectionString, log })
    await addShops(target, 9)
    await expect(put()).rejects.toThrow('already holds data (in the table shop)')
    expect(await fingerprint(target)).toEqual([expect.objectContaining({ count: 9 })])
    await put({ overwrite: true })
    expect(await fingerprint(target)).toEqual(await fingerprint(source))
  })

  it('changes nothing when the file is cut off', async () => {
    await addShops(source, 20_000)
    await take()
    await migrateDatabase({ connectionString: target.connectionString, log })
    await addShops(target, 9)
    const before = await fingerprint(target)
    const whole = await readFile(file())
    for (const part of [0.1, 0.5, 0.99]) {
      await writeFile(file(), whole.subarray(0, Math.floor(whole.length * part)))
      await expect(put({ overwrite: true })).rejects.toThrow(/ends too early|is damaged/)
    }
    expect(await fingerprint(target)).toEqual(before)
  })

  it('says so when the file is something else or missing', async () => {
    await expect(put()).rejects.toThrow('does not exist')
    await writeFile(file(), 'hello')
    await expect(put()).rejects.toThrow('is not a backup of CreditDesk')
  })

  it('of an older CreditDesk is brought up to date, also over newer tables', async () => {
    await addShops(source, 3)
    await take()
    const newer = join(folder, 'migrations')
    await cp(migrationsFolder, newer, { recursive: true })
    await mkdir(join(newer, '9001_more'))
    await writeFile(
      join(newer, '9001_more', 'migration.sql'),
      "alter table shop add column extra text not null default 'old';",
    )
    await migrateDatabase({ connectionString: target.connectionString, log, folder: newer })
    await addShops(target, 9)
    await put({ overwrite: true, folder: newer })
    expect(await query(target, 'select distinct extra, count(*)::int from shop group by 1')).toEqual([
      { extra: 'old', count: 3 },
    ])
    expect(
      (await migrateDatabase({ connectionString: target.connectionString, log, folder: newer })).applied,
    ).toEqual([])
  })

  it('of a newer CreditDesk is refused', async () => {
    await query(
      source,
      `insert into _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       values ('x', 'x', '9001_more', now(), now(), 1)`,
    )
    await take()
    await expect(put()).rejects.toThrow('was made by a newer CreditDesk')
  })
})
