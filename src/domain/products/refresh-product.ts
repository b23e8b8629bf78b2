import { retryTransaction } from '../../db/retry-transaction.ts'
import { ShopApiError, type ShopProduct } from '../../ports/shop.ts'
import type { Deps } from '../deps.ts'
import { withRest } from '../shops/rest-shop.ts'
import { saveProducts } from './save-products.ts'
import { openCatalogue, type ShopCatalogue } from './shop-catalogue.ts'

/**
 * Asks the shop for a product with its variations and keeps the answer. Nothing for a shop without keys, and for what the shop
 * refuses for good: the next reading of all products meets it again. Throws ShopApiError when trying again may help.
 */
export async function refreshProduct(
  deps: Pick<Deps, 'db' | 'clock' | 'keyring' | 'shops' | 'log' | 'wakeWorkers'>,
  input: { shopId: bigint; productId: string },
): Promise<void> {
  const { shopId, productId } = input
  const catalogue = await openCatalogue(deps, shopId)
  if (!catalogue) return
  const askedAt = deps.clock.now()
  const products = await fetchUnlessRefused(deps, catalogue, input)
  if (!products) return
  await retryTransaction(deps.db, (sql) =>
    saveProducts(sql, { shopId, askedAt, products, whole: [productId] }),
  )
  deps.wakeWorkers()
}

async function fetchUnlessRefused(
  deps: Pick<Deps, 'db' | 'clock' | 'log'>,
  { api, keys, creditsKey }: ShopCatalogue,
  { shopId, productId }: { shopId: bigint; productId: string },
): Promise<ShopProduct[] | undefined> {
  try {
    return await withRest(deps, shopId, () => api.fetchProduct(keys, productId, creditsKey))
  } catch (error) {
    if (!(error instanceof ShopApiError) || error.retriable) throw error
    deps.log.warn({ shopId: String(shopId), productId, reason: error.message }, 'a product was refused')
    return undefined
  }
}
