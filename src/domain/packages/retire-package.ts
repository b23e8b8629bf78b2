import { writeAudit } from '../audit/write-audit.ts'
import type { Deps } from '../deps.ts'
import { lockPackage } from './lock-package.ts'

/**
 * Takes a package from sale: it matches no lines of orders that are paid from now on. What was sold goes on. Its match may be
 * added again, as another package. Once; again gives the first time. Refuses: not_found (package).
 */
export async function retirePackage(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; packageId: bigint; actor: string },
): Promise<{ retiredAt: Date }> {
  return await deps.db.transaction(async (sql) => {
    const known = await lockPackage(sql, input)
    if (known.retiredAt) return { retiredAt: known.retiredAt }
    const retiredAt = deps.clock.now()
    await sql.query('retire-package', 'update package set retired_at = $3 where shop_id = $1 and id = $2', [
      input.shopId,
      input.packageId,
      retiredAt,
    ])
    await writeAudit(sql, {
      shopId: input.shopId,
      actor: input.actor,
      action: 'package_retire',
      data: { packageId: String(input.packageId), match: known.match },
      at: retiredAt,
    })
    return { retiredAt }
  })
}
