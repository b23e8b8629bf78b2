import { ShopApiError } from '../../ports/shop.ts'
import type { Deps } from '../deps.ts'
import { shopKeys } from '../shops/find-shop.ts'
import { clearRefusal, isRefusal, recordRefusal } from '../write-back/refusal.ts'

/**
 * Puts a note on the shop's order, for shops with keys. `orderId` is ours. What was tried before may have arrived although
 * nobody heard so, hence the order's notes are read first then; each of our notes stands on an order once, by its text. Throws
 * ShopApiError when trying again may help, as after keys that are refused were mended; what the shop refuses for good, or has not
 * taken after days, is logged and given up, since support goes on without the note.
 */
export async function addOrderNote(
  deps: Pick<Deps, 'db' | 'clock' | 'keyring' | 'shops' | 'log'>,
  input: { shopId: bigint; orderId: bigint; note: string; firstTry: boolean; lastTry: boolean },
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
    if (!input.firstTry) {
      const notes = await api.listOrderNotes(keys, order.externalId)
      if (notes.some((note) => spaced(note) === spaced(input.note))) return
    }
    await api.addOrderNote(keys, order.externalId, input.note)
    await clearRefusal(deps.db, input.shopId)
  } catch (error) {
    if (!(error instanceof ShopApiError)) throw error
    const { shopId } = input
    if (isRefusal(error)) {
      await recordRefusal(deps.db, { shopId, problem: error.message, at: deps.clock.now() })
    }
    const mayHelp = error.retriable || isRefusal(error)
    if (mayHelp && !input.lastTry) throw error
    deps.log.warn(
      { shopId: String(shopId), order: order.externalId, reason: error.message },
      mayHelp ? 'gave up putting a note on an order' : 'the note on the order was refused',
    )
  }
}

/** Shops are free with white space, and ours holds spaces that do not break. */
function spaced(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
