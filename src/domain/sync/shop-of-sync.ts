import type { ShopApi, ShopKeys } from '../../ports/shop.ts'
import type { Deps } from '../deps.ts'
import { shopKeys } from '../shops/find-shop.ts'

/** A shop that can be asked for its orders. */
export interface SyncedShop {
  id: bigint
  addedAt: Date
  api: ShopApi
  keys: ShopKeys
}

/** Undefined for a shop without keys, or of a kind that only posts to us. Throws when there is no such shop. */
export async function findSyncedShop(
  deps: Pick<Deps, 'db' | 'keyring' | 'shops'>,
  shopId: bigint,
): Promise<SyncedShop | undefined> {
  const keys = await shopKeys(deps, shopId)
  if (!keys) return undefined
  const [shop] = await deps.db.query<{ kind: string; addedAt: Date }>(
    'synced-shop',
    'select kind, created_at as "addedAt" from shop where id = $1',
    [shopId],
  )
  const api = shop && deps.shops[shop.kind]?.api
  return shop && api ? { id: shopId, addedAt: shop.addedAt, api, keys } : undefined
}
