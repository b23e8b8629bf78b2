import type { Sql } from '../../db/database.ts'

/** What the shop told of a product that the line of an order does not tell. */
export interface ProductFact {
  categories: readonly string[]
  /** Ids of variations that say how many credits they carry; '' stands for a product without variations. */
  proposing: ReadonlySet<string>
}

/** By the shop's id of the product; one that the shop was never asked for is not in it. */
export type ProductFacts = ReadonlyMap<string, ProductFact>

/** What is known of these products. One that is gone keeps what it said last, since it was sold so. */
export async function loadFacts(
  sql: Sql,
  shopId: bigint,
  productIds: readonly string[],
): Promise<ProductFacts> {
  const rows = await sql.query<{
    productId: string
    variationId: string
    categories: string[]
    proposes: boolean
  }>(
    'product-facts',
    `select product_id as "productId", variation_id as "variationId", categories, proposal is not null as proposes
     from product where shop_id = $1 and product_id = any($2)
     order by product_id, gone_at is not null, asked_at desc, id`,
    [shopId, productIds],
  )
  const facts = new Map<string, { categories: string[]; proposing: Set<string> }>()
  for (const row of rows) {
    // All variations stand in the categories of their product, so the row that was heard of last speaks for them.
    const fact = facts.get(row.productId) ?? { categories: row.categories, proposing: new Set<string>() }
    if (row.proposes) fact.proposing.add(row.variationId)
    facts.set(row.productId, fact)
  }
  return facts
}
