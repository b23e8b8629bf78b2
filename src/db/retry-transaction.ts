import type { Database, Sql } from './database.ts'

const attempts = 3
// Serialization failure, deadlock, and two transactions that made the same row at once.
const passing = ['40001', '40P01', '23505']

/** A transaction that is tried again when it only lost a race. `work` must have no effect outside the database. */
export async function retryTransaction<T>(
  db: Pick<Database, 'transaction'>,
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction(work)
    } catch (error) {
      const code = (error as { code?: unknown } | undefined)?.code
      if (attempt === attempts || typeof code !== 'string' || !passing.includes(code)) throw error
    }
  }
}
