import { ShopApiError } from '../../ports/shop.ts'
import type { Deps } from '../deps.ts'
import { shopKeys } from '../shops/find-shop.ts'

/**
 * Puts a note on the shop's order, for shops with keys. `orderId` is ours. Throws ShopApiError when trying again may help;
 * what the shop refuses for good is logged and given up, since support goes on without the note.
 */
export async function addOrderNote(
  deps: Pick<Deps, 'db' | 'keyring' | 'shops' | 'log'>,
  input: { shopId: bigint; orderId: bigint; note: string },
): Promise<void> {
  const [order] = await deps.db.query<{ externalId: string; kind: string }>(
    'order-of-note',
    `select o.external_id as "externalId", s.kind from shop_order o join shop s on s.id = o.shop_id
     where o.shop_id = $1 and o.id = $2`,
    [input.shopId, input.orderId],
  )
  const api = order && deps.shops[order.kind]?.api
  const keys = order && (await shopKeys(deps, input.shopId))
  if (!api || !keys) return
  try {
    await api.addOrderNote(keys, order.externalId, input.note)
  } catch (error) {
    if (!(error instanceof ShopApiError) || error.retriable) throw error
    deps.log.warn(
      { shopId: String(input.shopId), order: order.externalId, reason: error.message },
      'the note on the order was refused',
    )
  }
}
