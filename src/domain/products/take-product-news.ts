import type { Sql } from '../../db/database.ts'
import type { Deps } from '../deps.ts'
import { closeDelivery } from '../orders/deliveries.ts'
import { askForProduct } from './ask-for-products.ts'

export interface ProductNews {
  shopId: bigint
  deliveryId: bigint
  /** The shop's id of the product; of what was deleted it may be that of a variation. */
  id: string
  deleted: boolean
  /** Whether the shop has keys: without them nothing more can be asked. */
  hasKeys: boolean
}

/** A delivery about a product is a hint: the product is asked for by a job, which commits together with the delivery's outcome. */
export async function takeProductNews(
  deps: Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>,
  news: ProductNews,
): Promise<void> {
  const { shopId, deliveryId, id, deleted, hasKeys } = news
  await deps.db.transaction(async (sql) => {
    const outcome = { shopId, deliveryId, at: deps.clock.now() }
    if (!hasKeys) {
      const reason = 'Products are asked for with REST keys, and this shop was added without.'
      await closeDelivery(sql, { ...outcome, state: 'ignored', reason })
      return
    }
    const known = deleted ? await productsOf(sql, shopId, id) : [id]
    for (const productId of known) await askForProduct(sql, { shopId, productId })
    await closeDelivery(sql, { ...outcome, state: 'processed' })
  })
  deps.wakeWorkers()
}

/** The product that this is or that this is a variation of. None when we never saw it, so that nothing is lost with it. */
async function productsOf(sql: Sql, shopId: bigint, id: string): Promise<string[]> {
  const rows = await sql.query<{ productId: string }>(
    'products-by-any-id',
    `select product_id as "productId" from product where shop_id = $1 and product_id = $2
     union select product_id from product where shop_id = $1 and variation_id = $2`,
    [shopId, id],
  )
  return rows.map(({ productId }) => productId)
}
