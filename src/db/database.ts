import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient } from '../generated/prisma/client.ts'

/** Whatever runs one prepared statement: the pool, or a client inside a transaction. */
export interface Sql {
  /**
   * Runs one named (prepared) statement. The name must always stand for the same text. Inside a transaction, what is asked for
   * at once (`Promise.all`) goes to the server together and is worked on in that order: one wait instead of several.
   */
  query<Row extends pg.QueryResultRow>(name: string, text: string, values: unknown[]): Promise<Row[]>
}

/**
 * The database behind two faces over one pool: `prisma` for ordinary reads and writes, and `query` for the hot paths and the
 * SQL functions, which are one prepared statement each (through Prisma the same statement costs about twice as much).
 */
export interface Database extends Sql {
  prisma: PrismaClient
  /** One transaction. Rolls back when `work` throws. Keep outside calls (HTTP, mail) out of it. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>
  /** A connection of its own for LISTEN or a session lock; the caller ends it. */
  dedicatedClient(): Promise<pg.Client>
  pool: pg.Pool
  close(): Promise<void>
}

// Ids and units are bigint everywhere; counts in our statements are cast to int in SQL.
const types = new pg.TypeOverrides()
types.setTypeParser(pg.types.builtins.INT8, (value) => BigInt(value))

export function openDatabase(options: { connectionString: string; poolSize: number }): Database {
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    max: options.poolSize,
    types,
    pipeline: true,
  })
  // Without a listener an idle connection that the server ends would end the process.
  pool.on('error', () => undefined)
  // And one that is lent to a transaction, which hears of it from its next statement.
  pool.on('connect', (client) => client.on('error', () => undefined))
  // Prisma reads int8 by parsers of its own, so it gets the pool's settings and not the pool.
  const prisma = new PrismaClient({
    adapter: new PrismaPg({
      connectionString: options.connectionString,
      max: Math.max(2, options.poolSize / 4),
    }),
  })
  return {
    prisma,
    pool,
    query: async <Row extends pg.QueryResultRow>(name: string, text: string, values: unknown[]) =>
      (await pool.query<Row>({ name, text, values })).rows,
    async transaction(work) {
      const client = await pool.connect()
      let over = false
      const sql: Sql = {
        async query<Row extends pg.QueryResultRow>(name: string, text: string, values: unknown[]) {
          // Of several steps at once one failed, and another goes on: by now the connection may be in somebody else's transaction.
          if (over) throw new Error(`the transaction of "${name}" is over`)
          return (await client.query<Row>({ name, text, values })).rows
        },
      }
      try {
        await client.query('BEGIN')
        const result = await work(sql)
        over = true
        await client.query('COMMIT')
        client.release()
        return result
      } catch (error) {
        over = true
        await client.query('ROLLBACK').then(
          () => client.release(),
          // A client that cannot roll back is of no more use to the pool.
          (broken: Error) => client.release(broken),
        )
        throw error
      }
    },
    async dedicatedClient() {
      const client = new pg.Client({ connectionString: options.connectionString, types })
      client.on('error', () => undefined)
      await client.connect()
      return client
    },
    async close() {
      await prisma.$disconnect()
      await pool.end()
    },
  }
}

/** True for errors that mean the database cannot be reached or is going away, so that a caller may say "try again". */
export function isDatabaseAway(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code
  if (typeof code !== 'string') {
    return (
      error instanceof Error &&
      /Connection terminated|not queryable|timeout exceeded when trying to connect/.test(error.message)
    )
  }
  return /^(08|57P0|53)/.test(code) || ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'].includes(code)
}

/** The violated constraint's name when `error` is a unique violation. */
export function uniqueViolation(error: unknown): string | undefined {
  const found = error as { code?: unknown; constraint?: unknown } | undefined
  return found?.code === '23505' && typeof found.constraint === 'string' ? found.constraint : undefined
}
