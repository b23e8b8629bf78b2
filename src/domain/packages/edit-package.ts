import { changesOf } from '../audit/changes.ts'
import { writeAudit } from '../audit/write-audit.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { lockPackage } from './lock-package.ts'
import { type GivenTerms, givenTermsOf, readTerms } from './read-terms.ts'
import { saveTerms } from './save-terms.ts'
import { sameTerms, type Terms, termsColumns } from './terms.ts'

export interface EditPackage extends GivenTerms {
  shopId: bigint
  packageId: bigint
  /** Who changes it, for the audit log. */
  actor: string
  /** The version that the caller has seen: refuses when somebody changed it since. Without it the newest is changed. */
  version?: number
}

/**
 * Changes a package's terms for purchases from now on: a new version, with the given fields in place of the newest version's.
 * Nothing new makes no version. Earlier purchases keep what they were promised.
 * Refuses: invalid (each field), not_found (package), package_changed, package_retired.
 */
export async function editPackage(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: EditPackage,
): Promise<{ version: number }> {
  const { shopId, packageId } = input
  return await deps.db.transaction(async (sql) => {
    const { match, retiredAt } = await lockPackage(sql, { shopId, packageId })
    if (retiredAt) refuse({ code: 'package_retired' })
    const [newest] = await sql.query<Terms & { version: number }>(
      'newest-terms',
      `select t.version, ${termsColumns} from package_terms t where t.shop_id = $1 and t.package_id = $2
       order by t.version desc limit 1`,
      [shopId, packageId],
    )
    if (!newest) throw new Error(`package ${packageId} has no terms`)
    const { version, ...before } = newest
    if (input.version !== undefined && input.version !== version) {
      refuse({ code: 'package_changed', version })
    }
    const terms = readTerms(before, input)
    if (sameTerms(before, terms)) return { version }
    const next = version + 1
    const at = deps.clock.now()
    await saveTerms(sql, { shopId, packageId, version: next, at }, terms)
    await writeAudit(sql, {
      shopId,
      actor: input.actor,
      action: 'package_edit',
      data: {
        packageId: String(packageId),
        match,
        version: next,
        ...changesOf(givenTermsOf(before), givenTermsOf(terms)),
      },
      at,
    })
    return { version: next }
  })
}
