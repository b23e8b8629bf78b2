import type { Sql } from '../../db/database.ts'
import type { PackageMatch } from './match-package.ts'
import { type Terms, termsColumns } from './terms.ts'

/** A package with the terms that an order is served by. */
export interface Package extends PackageMatch, Terms {
  id: bigint
  version: number
  /** When the terms, and the rate card with them, were in force: the payment; null for those of today. */
  termsAt: Date | null
  /** Not on sale at that moment: it carries on lines that it carried before, and matches no new ones. */
  retired: boolean
}

/**
 * All packages, each with the terms that were in force when the order was paid, so that news that comes late finds what the
 * customer bought. An order that is older than the package was promised nothing, and gets what is sold today.
 */
export async function loadPackages(sql: Sql, shopId: bigint, paidAt: Date): Promise<Package[]> {
  return await sql.query<Package>(
    'load-packages',
    `select p.id, p.match_kind as "matchKind", p.match_value as "matchValue", t.version, ${termsColumns},
       m.at as "termsAt", p.retired_at is not null and (m.at is null or p.retired_at <= m.at) as retired
     from package p
     cross join lateral (select case when p.created_at <= $2::timestamptz then $2::timestamptz end as at) m
     join lateral (select * from package_terms t where t.shop_id = p.shop_id and t.package_id = p.id
       and t.created_at <= coalesce(m.at, 'infinity') order by version desc limit 1) t on true
     where p.shop_id = $1 order by p.id`,
    [shopId, endOfSecond(paidAt)],
  )
}

/** Shops tell whole seconds; without this, what was changed in the second of the payment would count as later than it. */
function endOfSecond(at: Date): Date {
  return new Date(Math.floor(at.getTime() / 1000) * 1000 + 999)
}
