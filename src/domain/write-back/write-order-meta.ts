import { type ShopApi, ShopApiError, type ShopKeys } from '../../ports/shop.ts'
import { toCredits } from '../credits/units.ts'
import type { Deps } from '../deps.ts'
import { readShop, shopKeys } from '../shops/find-shop.ts'
import { endPause, isFailing, pauseShop } from './pause-shop.ts'
import { isRefusal } from './refusal.ts'
import { isOutdated, wantedMeta } from './wanted-meta.ts'

type WriteDeps = Pick<Deps, 'db' | 'clock' | 'keyring' | 'shops' | 'log' | 'publicUrl'>

interface DueOrder {
  orderId: bigint
  externalId: string
  /** What is to stand there. */
  balance: bigint | null
  ticketId: bigint | null
  ticketNumber: number | null
  outdated: boolean
}

const batchSize = 20

/**
 * Writes ticket and balance on the orders of a shop for which that is due, one after another. A shop that cannot be reached, or
 * refuses the keys, is asked once and then left in peace for a while; nothing is lost, since what is due stays due. Throws
 * nothing that comes of the shop. Ends early when `isOver`; the next sweep goes on.
 */
export async function writeOrderMeta(
  deps: WriteDeps,
  input: { shopId: bigint; isOver: () => boolean },
): Promise<void> {
  const { shopId, isOver } = input
  const { kind, orderMeta } = await readShop(deps.db, shopId)
  const api = deps.shops[kind]?.api
  const keys = await shopKeys(deps, shopId)
  if (!orderMeta || !api || !keys) return
  const wasFailing = await isFailing(deps.db, shopId)
  for (;;) {
    const orders = await loadDue(deps, shopId)
    for (const order of orders) {
      if (isOver()) return
      if (!(await writeOrder(deps, { api, keys, shopId, wasFailing }, order))) return
    }
    if (orders.length < batchSize) return
  }
}

async function loadDue(deps: WriteDeps, shopId: bigint): Promise<DueOrder[]> {
  return await deps.db.query<DueOrder>(
    'due-orders',
    `with due as (
       select * from order_writing where shop_id = $1 and due_at <= $2 order by due_at, order_id limit $3
     ), owners as (
       select distinct o.shop_id, o.customer_id from due d join shop_order o on o.shop_id = d.shop_id and o.id = d.order_id
     ), ${wantedMeta}
     select d.order_id as "orderId", o.external_id as "externalId", w.balance, w.ticket_id as "ticketId", t.number as "ticketNumber",
       ${isOutdated} as outdated
     from due d
     join shop_order o on o.shop_id = d.shop_id and o.id = d.order_id
     left join wanted w on w.shop_id = d.shop_id and w.order_id = d.order_id
     left join ticket t on t.shop_id = d.shop_id and t.id = w.ticket_id
     order by d.due_at, d.order_id`,
    [shopId, deps.clock.now(), batchSize],
  )
}

/** False when the shop takes nothing at present. */
async function writeOrder(
  deps: WriteDeps,
  shop: { api: ShopApi; keys: ShopKeys; shopId: bigint; wasFailing: boolean },
  order: DueOrder,
): Promise<boolean> {
  const { shopId } = shop
  try {
    if (order.outdated) {
      await shop.api.writeOrderMeta(shop.keys, order.externalId, metaOf(order, deps.publicUrl))
      if (shop.wasFailing) await endPause(deps.db, shopId)
    }
    await saveWritten(deps, shopId, order)
    return true
  } catch (error) {
    if (!(error instanceof ShopApiError)) throw error
    if (error.retriable || isRefusal(error)) {
      await pauseShop(deps, { shopId, problem: error.message })
      return false
    }
    const named = { shopId: String(shopId), order: order.externalId, reason: error.message }
    deps.log.warn(named, 'the shop refuses what is to stand on an order')
    await saveWritten(deps, shopId, order, error.message)
    return true
  }
}

/** Keys as programs in the shop read them; the underscore keeps them out of the form of custom fields. */
function metaOf(order: DueOrder, publicUrl: string): Record<string, string | null> {
  // An order that shows no balance any more keeps its ticket.
  if (order.balance === null) return { _creditdesk_balance: null }
  return {
    _creditdesk_ticket: order.ticketNumber === null ? null : String(order.ticketNumber),
    _creditdesk_ticket_url: order.ticketId === null ? null : `${publicUrl}/desk/tickets/${order.ticketId}`,
    _creditdesk_balance: String(toCredits(order.balance)),
  }
}

/** `problem`: why it was not written after all. The shop will not take it, so it is not tried until something else is to stand there. */
async function saveWritten(
  deps: WriteDeps,
  shopId: bigint,
  order: DueOrder,
  problem: string | null = null,
): Promise<void> {
  await deps.db.query(
    'save-written',
    `update order_writing set ticket_id = coalesce($3, ticket_id), balance = $4, written_at = case when $5 then $6 else written_at end,
       due_at = null, due_since = null, problem = $7
     where shop_id = $1 and order_id = $2`,
    [shopId, order.orderId, order.ticketId, order.balance, order.outdated, deps.clock.now(), problem],
  )
}
