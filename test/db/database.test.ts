import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Database, isDatabaseAway, openDatabase, type Sql } from '../../src/db/database.ts'
import { createTestDatabase } from '../support/database.ts'

let db: Database
let drop: () => Promise<void>

beforeAll(async () => {
  const database = await createTestDatabase()
  drop = database.drop
  db = openDatabase({ connectionString: database.connectionString, poolSize: 4 })
})
afterAll(async () => {
  await db.close()
  await drop()
})

describe('a connection that the server ends', () => {
  it('between two statements of a transaction fails that transaction, and not the process', async () => {
    const ended = db.transaction(async (sql) => {
      const [own] = await sql.query<{ pid: number }>('own-pid', 'select pg_backend_pid() as pid', [])
      await db.query('end-it', 'select pg_terminate_backend($1)', [own?.pid])
      // An error that nobody listens to ends the process while nothing is asked of the connection.
      await sleep(100)
      await sql.query('too-late', 'select 1', [])
    })
    const error = await ended.catch((reason: unknown) => reason)
    expect(isDatabaseAway(error)).toBe(true)
    expect(await db.query('alive', 'select 1 as one', [])).toEqual([{ one: 1 }])
  })
})

describe('statements of a transaction that are asked for at once', () => {
  const write = (sql: Sql, n: number) =>
    sql.query('test-write', 'insert into written (n) values (100 / $1::int)', [n])
  const written = () => db.query<{ n: number }>('test-written', 'select n from written order by n', [])
  beforeAll(() => db.query('test-table', 'create table written (n int primary key)', []))

  it('see what those before them did', async () => {
    const seen = await db.transaction((sql) =>
      Promise.all([write(sql, 1), sql.query('test-see', 'select n from written', []), write(sql, 2)]),
    )
    expect(seen[1]).toEqual([{ n: 100 }])
    expect(await written()).toEqual([{ n: 50 }, { n: 100 }])
  })

  it('fail with the first of them that cannot be, and leave nothing', async () => {
    const before = await written()
    const failed = db.transaction((sql) => Promise.all([write(sql, 4), write(sql, 0), write(sql, 5)]))
    await expect(failed).rejects.toMatchObject({ code: '22012' })
    expect(await written()).toEqual(before)
    await db.transaction((sql) => write(sql, 10))
    expect(await written()).toEqual([{ n: 10 }, ...before])
  })

  it('do nothing any more once one of them has failed, however many steps the others have', async () => {
    const before = await written()
    let second: Promise<unknown> | undefined
    const twoSteps = async (sql: Sql) => {
      await write(sql, 4)
      await sleep(50)
      second = write(sql, 5)
      await second
    }
    await expect(db.transaction((sql) => Promise.all([twoSteps(sql), write(sql, 0)]))).rejects.toMatchObject({
      code: '22012',
    })
    // The same connection, in the transaction of somebody else, when the second step comes.
    await db.transaction(async (sql) => {
      await write(sql, 16)
      await sleep(100)
    })
    await expect(second).rejects.toThrow('the transaction of "test-write" is over')
    expect(await written()).toEqual([{ n: 6 }, ...before])
  })

  it('all fail when the connection is ended among them', async () => {
    const ended = db.transaction((sql) =>
      Promise.allSettled([
        write(sql, 20),
        sql.query('test-end', 'select pg_terminate_backend(pg_backend_pid())', []),
        write(sql, 25),
      ]).then((outcomes) => {
        expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
        return sql.query('test-after', 'select 1', [])
      }),
    )
    expect(isDatabaseAway(await ended.catch((reason: unknown) => reason))).toBe(true)
    expect((await written()).map(({ n }) => n)).toEqual([6, 10, 50, 100])
  })
})
