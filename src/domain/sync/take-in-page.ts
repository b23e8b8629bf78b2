import { isDatabaseAway } from '../../db/database.ts'
import type { ShopOrder } from '../../ports/shop.ts'
import type { Deps } from '../deps.ts'
import { convergeOrder } from '../orders/converge-order.ts'
import { closeGaps } from '../orders/deliveries.ts'
import { isBadInput } from '../orders/is-bad-input.ts'
import { numberLook, sightingOfLook } from '../orders/look.ts'
import { withRest } from '../shops/rest-shop.ts'
import type { FoundBy } from './findings.ts'
import type { Listed, ListOrders } from './read-changes.ts'
import type { SyncedShop } from './shop-of-sync.ts'
import { clearUnreadable, recordUnreadable } from './unreadable-orders.ts'

type TakeDeps = Pick<Deps, 'db' | 'clock' | 'keyring' | 'shops' | 'log' | 'wakeWorkers'>

/** A page of orders as one look at all of them. */
export interface LookedAtPage extends Listed {
  ordinal: bigint
  askedAt: Date
}

/** Asks a shop for pages of orders. */
export function lookThrough(deps: Pick<Deps, 'db' | 'clock'>, shop: SyncedShop): ListOrders<LookedAtPage> {
  return async (query) => {
    const ordinal = await numberLook(deps.db)
    const askedAt = deps.clock.now()
    const page = await withRest(deps, shop.id, () => shop.api.listOrders(shop.keys, query))
    return { ordinal, askedAt, page }
  }
}

export interface TakeIn {
  shopId: bigint
  /** Of news that no delivery had brought; left out when it is no wonder that none did. */
  foundBy?: FoundBy
  /** Orders that are met for the first time and were paid before this are history. */
  historyBefore?: Date
}

/**
 * Takes the orders of a page in, each by the one path and in a transaction of its own, so this may be stopped anywhere. What is
 * known already costs no more than one question for the whole page. An order that cannot be understood is noted and holds up
 * no other. Returns how many it met and how many were news.
 */
export async function takeInPage(
  deps: TakeDeps,
  { page, ordinal, askedAt }: LookedAtPage,
  options: TakeIn,
): Promise<{ seen: number; taken: number }> {
  const { shopId } = options
  const known = await knownStates(deps, shopId, page.orders)
  const understood: string[] = []
  const odd = [...page.unreadable]
  let taken = 0
  for (const order of page.orders) {
    try {
      const sighting = sightingOfLook({ ordinal, at: askedAt }, order)
      if (!known.get(order.orderId)?.equals(sighting.stateHash)) {
        const isNews = await convergeOrder(deps, {
          shopId,
          externalId: order.orderId,
          sighting,
          ...(options.foundBy && { foundBy: options.foundBy }),
          ...(options.historyBefore && { historyBefore: options.historyBefore }),
        })
        if (isNews) taken += 1
      }
      understood.push(order.orderId)
    } catch (error) {
      odd.push({
        orderId: order.orderId,
        modifiedAt: order.modifiedAt,
        reason: reasonOf(deps, options, order, error),
      })
    }
  }
  const at = deps.clock.now()
  await closeGaps(deps.db, { shopId, orderIds: understood, askedAt, at })
  await clearUnreadable(deps.db, shopId, understood)
  await recordUnreadable(deps.db, { shopId, at }, odd)
  return { seen: page.orders.length + page.unreadable.length, taken }
}

/** The hash of what is known of each order that is not gone. */
async function knownStates(
  deps: Pick<Deps, 'db'>,
  shopId: bigint,
  orders: readonly ShopOrder[],
): Promise<Map<string, Buffer>> {
  const rows = await deps.db.query<{ id: string; hash: Buffer }>(
    'known-states',
    `select external_id as id, state_hash as hash from shop_order
     where shop_id = $1 and external_id = any ($2) and state_hash is not null
       and (tombstone_at is null or tombstone_at < modified_at)`,
    [shopId, orders.map(({ orderId }) => orderId)],
  )
  return new Map(rows.map(({ id, hash }) => [id, hash]))
}

/** Throws what is not the order's fault: a database that is away, or a race that was lost too often. */
function reasonOf(deps: Pick<Deps, 'log'>, options: TakeIn, order: ShopOrder, error: unknown): string {
  const place = { shopId: String(options.shopId), order: order.orderId, error: String(error) }
  deps.log.error(place, 'an order cannot be understood')
  if (isBadInput(error)) return error.message
  const isPassing =
    isDatabaseAway(error) || typeof (error as { code?: unknown } | undefined)?.code === 'string'
  if (isPassing) throw error
  return 'It could not be worked out; the log says why.'
}
