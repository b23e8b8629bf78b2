import type { Sql } from '../../db/database.ts'
import { refuse } from '../refusal.ts'

/** Locks a package, so that it is changed by one person at a time. Refuses: not_found. */
export async function lockPackage(
  sql: Sql,
  key: { shopId: bigint; packageId: bigint },
): Promise<{ retiredAt: Date | null }> {
  const [found] = await sql.query<{ retiredAt: Date | null }>(
    'lock-package',
    'select retired_at as "retiredAt" from package where shop_id = $1 and id = $2 for update',
    [key.shopId, key.packageId],
  )
  return found ?? refuse({ code: 'not_found', what: 'package' })
}
