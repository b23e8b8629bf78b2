import { ShopApiError } from '../../ports/shop.ts'
import type { Deps } from '../deps.ts'
import { refreshProduct } from './refresh-product.ts'

/** An order with more unknown products than this waits for the jobs that ask for the rest. */
const mostAtOnce = 10

/**
 * Asks for the products of an order that we never heard of, where a package goes by category: else the order would be served
 * without, and its customer had to wait for the job that asks. Fails soft: what is not known then is asked for by that job.
 */
export async function learnProducts(
  deps: Pick<Deps, 'db' | 'clock' | 'keyring' | 'shops' | 'log' | 'wakeWorkers'>,
  input: { shopId: bigint; productIds: readonly string[] },
): Promise<void> {
  const { shopId, productIds } = input
  if (productIds.length === 0) return
  const unknown = await deps.db.query<{ productId: string }>(
    'products-to-learn',
    `select sold as "productId" from unnest($2::text[]) sold
     where exists (select from package where shop_id = $1 and match_kind = 'category')
       and not exists (select from shop_sync y where y.shop_id = $1 and y.resting_until > $4)
       and not exists (select from product p where p.shop_id = $1 and p.product_id = sold)
     limit $3`,
    [shopId, [...new Set(productIds)], mostAtOnce, deps.clock.now()],
  )
  try {
    for (const { productId } of unknown) await refreshProduct(deps, { shopId, productId })
  } catch (error) {
    if (!(error instanceof ShopApiError)) throw error
    deps.log.warn(
      { shopId: String(shopId), reason: error.message },
      'the products of an order are not known yet',
    )
  }
}
