import type { Sql } from '../../db/database.ts'
import { refuse } from '../refusal.ts'

interface LockedPackage {
  /** As it is written: "sku:SUPPORT-10". */
  match: string
  retiredAt: Date | null
}

/** Locks a package, so that it is changed by one person at a time. Refuses: not_found. */
export async function lockPackage(
  sql: Sql,
  key: { shopId: bigint; packageId: bigint },
): Promise<LockedPackage> {
  const [found] = await sql.query<LockedPackage>(
    'lock-package',
    `select match_kind || ':' || match_value as match, retired_at as "retiredAt" from package
     where shop_id = $1 and id = $2 for update`,
    [key.shopId, key.packageId],
  )
  return found ?? refuse({ code: 'not_found', what: 'package' })
}
