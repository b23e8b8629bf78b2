import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Database, isDatabaseAway, openDatabase } from '../../src/db/database.ts'
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
