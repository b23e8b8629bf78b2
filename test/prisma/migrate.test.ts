import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { diffAgainstSchema, printMigrationSql } from '../../prisma/diff.ts'
import { migrationsFolder } from '../../prisma/history.ts'
import { migrateDatabase } from '../../prisma/migrate.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { quietLog as log } from '../support/quiet-log.ts'

let database: TestDatabase
let folder: string

beforeEach(async () => {
  database = await createTestDatabase('empty')
  folder = await mkdtemp(join(tmpdir(), 'creditdesk-migrations-'))
  await cp(migrationsFolder, folder, { recursive: true })
})

afterEach(async () => {
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

async function query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: database.connectionString })
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

async function addMigration(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true })
  await writeFile(join(folder, name, 'migration.sql'), sql)
}

const migrate = () => migrateDatabase({ connectionString: database.connectionString, log, folder })

async function ours(): Promise<string[]> {
  const entries = await readdir(migrationsFolder, { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
}

describe('migrating a database', () => {
  it('gives exactly the tables of schema.prisma, and the queue', async () => {
    expect((await migrate()).applied).toEqual(await ours())
    expect(await diffAgainstSchema(database.connectionString)).toBe('')
    await query("select graphile_worker.add_job('nothing')")
  })

  it('sees a table that schema.prisma does not have', async () => {
    await migrate()
    await query('create table stray (id bigint primary key)')
    expect(await diffAgainstSchema(database.connectionString)).toContain('DROP TABLE "stray"')
  })

  it('prints the first migration from nothing', async () => {
    expect(await printMigrationSql(database.connectionString, 'empty')).toContain('CREATE TABLE "shop"')
  })

  it('is done once when processes start together', async () => {
    const results = await Promise.all([migrate(), migrate(), migrate()])
    expect(results.flatMap((one) => one.applied)).toEqual(await ours())
    expect(await query('select migration_name from _prisma_migrations')).toHaveLength((await ours()).length)
  })

  it('applies only what is new, and then nothing', async () => {
    await migrate()
    await addMigration('9001_more', 'create table more (id int); create table most (id int);')
    expect((await migrate()).applied).toEqual(['9001_more'])
    expect((await migrate()).applied).toEqual([])
  })

  it('undoes a migration that fails, says where and why, and takes the mended one', async () => {
    await migrate()
    await addMigration('9001_broken', 'create table more (id int);\ninsert into nowhere values (1);')
    await expect(migrate()).rejects.toThrow(
      /9001_broken failed and was undone .*line 2.*"nowhere" does not exist/,
    )
    expect(await query("select to_regclass('more') as more")).toEqual([{ more: null }])
    await addMigration('9001_broken', 'create table more (id int);')
    expect((await migrate()).applied).toEqual(['9001_broken'])
  })

  it('keeps the migrations before the one that fails', async () => {
    await addMigration('9001_good', 'create table good (id int);')
    await addMigration('9002_bad', 'select 1/0;')
    await expect(migrate()).rejects.toThrow('division by zero')
    expect(await query("select to_regclass('good')::text as good")).toEqual([{ good: 'good' }])
  })

  it('refuses a file that was changed after it had been applied', async () => {
    await addMigration('9001_more', 'create table more (id int);')
    await migrate()
    await addMigration('9001_more', 'create table more (id bigint);')
    await expect(migrate()).rejects.toThrow(`${join(folder, '9001_more', 'migration.sql')} was changed after`)
  })

  it('refuses a database that a newer CreditDesk migrated', async () => {
    await addMigration('9001_more', 'create table more (id int);')
    await migrate()
    await rm(join(folder, '9001_more'), { recursive: true })
    await expect(migrate()).rejects.toThrow(
      '9001_more was applied to this database, and this CreditDesk does not',
    )
  })
})
