import type { Sql } from '../../db/database.ts'

/** Locks accounts by ascending id, as everything that moves credits of two accounts does, and brings them up to `at`. */
export async function lockAccounts(
  sql: Sql,
  shopId: bigint,
  customerIds: readonly bigint[],
  at: Date,
): Promise<void> {
  const ascending = [...new Set(customerIds)].sort((a, b) => (a < b ? -1 : 1))
  for (const customerId of ascending) {
    await sql.query('lock-account', 'select from lock_account($1, $2, $3)', [shopId, customerId, at])
  }
}
