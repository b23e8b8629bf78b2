import type { Sql } from '../../db/database.ts'
import { loadPackages, type Package } from '../packages/load-packages.ts'
import { loadFacts, type ProductFacts } from '../products/load-facts.ts'
import type { EntitledLine } from './entitlement.ts'

/** By what the lines of an order may be served. */
export interface Offer {
  packages: Package[]
  products: ProductFacts
}

/**
 * What may serve these lines. Of those that a grant follows none is given: its snapshot decides, and neither today's packages nor
 * today's categories.
 */
export async function loadOffer(
  sql: Sql,
  order: { shopId: bigint; paidAt: Date },
  unserved: readonly EntitledLine[],
): Promise<Offer> {
  if (unserved.length === 0) return { packages: [], products: new Map() }
  const productIds = new Set(unserved.map(({ line }) => line.productId))
  const [packages, products] = await Promise.all([
    loadPackages(sql, order.shopId, order.paidAt),
    loadFacts(sql, order.shopId, [...productIds]),
  ])
  return { packages, products }
}
