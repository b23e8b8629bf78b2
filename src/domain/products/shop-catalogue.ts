import type { ShopApi, ShopKeys } from '../../ports/shop.ts'
import type { Deps } from '../deps.ts'
import { shopKeys } from '../shops/find-shop.ts'

/** A shop that can be asked for its products. */
export interface ShopCatalogue {
  api: Pick<ShopApi, 'listProducts' | 'fetchProduct'>
  keys: ShopKeys
  /** Key of the meta data in which its products say how many credits they carry. */
  creditsKey: string
}

/** Undefined for a shop without keys, or of a kind that has no API. Throws when there is no such shop. */
export async function openCatalogue(
  deps: Pick<Deps, 'db' | 'keyring' | 'shops'>,
  shopId: bigint,
): Promise<ShopCatalogue | undefined> {
  const [shop] = await deps.db.query<{ kind: string; creditsKey: string }>(
    'shop-of-catalogue',
    'select kind, credits_key as "creditsKey" from shop where id = $1',
    [shopId],
  )
  const keys = await shopKeys(deps, shopId)
  const api = shop && deps.shops[shop.kind]?.api
  return api && keys && { api, keys, creditsKey: shop.creditsKey }
}
