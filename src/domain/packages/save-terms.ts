import type { Sql } from '../../db/database.ts'
import type { Terms } from './terms.ts'

/** Writes one version of a package's terms; versions are never changed. */
export async function saveTerms(
  sql: Sql,
  version: { shopId: bigint; packageId: bigint; version: number; at: Date },
  terms: Terms,
): Promise<void> {
  await sql.query(
    'save-terms',
    `insert into package_terms (shop_id, package_id, version, name, units, days, channels, priority, promotional,
       overdraft_units, prices, further_order, created_at, first_response_minutes)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      version.shopId,
      version.packageId,
      version.version,
      terms.name,
      terms.unitsEach,
      terms.days,
      terms.channels,
      terms.priority,
      terms.promotional,
      terms.overdraftUnits,
      JSON.stringify(terms.prices),
      terms.furtherOrder,
      version.at,
      terms.firstResponse,
    ],
  )
}
