import type { Sql } from '../../db/database.ts'
import { retryTransaction } from '../../db/retry-transaction.ts'
import type { ShopOrder } from '../../ports/shop.ts'
import { askForContext } from '../customers/context/ask-for-context.ts'
import { resolveCustomer } from '../customers/resolve-customer.ts'
import type { Deps } from '../deps.ts'
import { learnProducts } from '../products/learn-products.ts'
import { readShop, type ShopSettings } from '../shops/find-shop.ts'
import { type Finding, type FoundBy, recordFinding } from '../sync/findings.ts'
import { applyLines, type LineChange } from './apply-lines.ts'
import { changeSubscription } from './change-subscription.ts'
import { closeDelivery } from './deliveries.ts'
import { type Entitlement, entitlementOf } from './entitlement.ts'
import { type FollowedEmail, followEmail } from './follow-email.ts'
import { hasLostProduct, planLines, topsUp } from './line-plan.ts'
import { loadLines } from './load-lines.ts'
import { loadOffer } from './load-offer.ts'
import { addTicketEvents } from './open-ticket.ts'
import { conflictKey, reviewsOf } from './order-reviews.ts'
import { recheckChanges } from './recheck-changes.ts'
import { isReviewOpen, raiseReviews, type WantedReview, withdrawReviews } from './reviews.ts'
import { settleTicket } from './settle-ticket.ts'
import { mergeSighting, orderOf, type Sighting } from './sighting.ts'
import { lockOrder, type StoredOrder, saveOrder } from './stored-order.ts'
import { settleUnmatched, unmatchedLines } from './unmatched-lines.ts'

export interface OrderNews {
  shopId: bigint
  /** The shop's order id. */
  externalId: string
  sighting: Sighting
  /** The delivery that brought it; it gets its outcome in the same commit. */
  deliveryId?: bigint
  /** Nobody brought it: we asked. News that no delivery had told of is noted as a finding. */
  foundBy?: FoundBy
  /** An order that is met for the first time and was paid before this is history: nobody is written to because of it. */
  historyBefore?: Date
}

/**
 * Takes in one piece of news about an order and makes everything that follows from the order stand where its state says:
 * customer, grants, ticket, welcome, questions for a supervisor. One transaction; the same news again changes nothing.
 * Returns whether it was news. Throws RangeError for an order whose figures cannot be right.
 */
export async function convergeOrder(
  deps: Pick<Deps, 'db' | 'clock' | 'keyring' | 'shops' | 'log' | 'wakeWorkers'>,
  news: OrderNews,
): Promise<boolean> {
  const { shopId, sighting } = news
  await learnProducts(deps, { shopId, productIds: productsToLearn(sighting) })
  const at = deps.clock.now()
  const changed = await retryTransaction(deps.db, async (sql) => {
    const stored = await lockOrder(sql, { shopId, externalId: news.externalId, at })
    const merged = mergeSighting(stored, sighting)
    const historyBefore = isKnown(stored) ? stored.historyBefore : news.historyBefore
    const next: StoredOrder = { ...merged.known, ...ourOwn(stored), ...(historyBefore && { historyBefore }) }
    const due = merged.news || merged.conflict
    const settled = due
      ? await settle(sql, {
          shop: await readShop(sql, shopId),
          ...{ stored, next, sighting, conflict: merged.conflict, at },
        })
      : next
    const { foundBy, deliveryId, externalId } = news
    await Promise.all([
      due || next.lookedAt !== stored.lookedAt ? saveOrder(sql, settled, { shopId, at }) : undefined,
      due && foundBy
        ? recordFinding(sql, { shopId, at, ...findingOf(news, foundBy, stored, next) })
        : undefined,
      deliveryId === undefined
        ? undefined
        : closeDelivery(sql, {
            ...{ shopId, deliveryId, at, orderId: externalId, state: 'processed' },
            ...(merged.note !== undefined && { reason: merged.note }),
          }),
    ])
    return due
  })
  if (changed) deps.wakeWorkers()
  return changed
}

function isKnown(stored: StoredOrder): boolean {
  return stored.order !== undefined || stored.goneAt !== undefined
}

function findingOf(news: OrderNews, foundBy: FoundBy, stored: StoredOrder, next: StoredOrder): Finding {
  const now = orderOf(next)
  return {
    externalId: news.externalId,
    number: next.order?.number ?? '',
    kind: now === undefined ? 'gone' : isKnown(stored) ? 'changed' : 'new',
    foundBy,
    modifiedAt: now?.modifiedAt,
  }
}

/** Of an order that entitles to nothing, and of one that is only worked out again, nothing has to be known first. */
function productsToLearn(sighting: Sighting): string[] {
  const order = 'order' in sighting ? sighting.order : undefined
  return entitlementOf(order)
    .lines.map(({ line }) => line.productId)
    .filter((productId) => productId !== '0')
}

function ourOwn(stored: StoredOrder): Pick<StoredOrder, 'id' | 'paid' | 'customerId' | 'servedEmail'> {
  return {
    id: stored.id,
    paid: stored.paid,
    ...(stored.customerId !== undefined && { customerId: stored.customerId }),
    ...(stored.servedEmail !== undefined && { servedEmail: stored.servedEmail }),
  }
}

/** An order changes several times in a row when it is paid and packed; the shop is asked about its customer once. */
const contextWaitMs = 30_000

interface Settling {
  shop: ShopSettings
  stored: StoredOrder
  next: StoredOrder
  sighting: Sighting
  conflict: boolean
  at: Date
}

async function settle(sql: Sql, settling: Settling): Promise<StoredOrder> {
  const { shop, next, at } = settling
  const full = entitlementOf(orderOf(next), shop)
  const { order } = next
  const context = { shopId: shop.id, orderId: next.id, at }
  // Only a removal is known: nothing was ever granted for it.
  if (!order) return { ...next, paid: false }
  const followed: FollowedEmail | undefined =
    next.customerId !== undefined && full.paid
      ? await followEmail(sql, {
          ...context,
          customerId: next.customerId,
          ...(next.servedEmail !== undefined && { servedEmail: next.servedEmail }),
          order,
          locale: shop.locale,
        })
      : undefined
  const known = await loadLines(sql, context)
  const followedLines = new Set(known.map(({ lineId }) => lineId))
  const unserved = full.lines.filter(({ line }) => !followedLines.has(line.lineId))
  const offer = await loadOffer(sql, { shopId: shop.id, paidAt: order.paidAt ?? at }, unserved)
  const change = await changeSubscription(sql, {
    shop,
    orderId: next.id,
    customerId: followed?.customerId ?? next.customerId,
    order,
    entitlement: full,
    followed: followedLines,
    offer,
    at,
  })
  const { entitlement } = change
  const steps = planLines(entitlement, known, offer)
  const unmatched = unmatchedLines(entitlement, steps, offer)
  const [inConflict] = await Promise.all([
    steps.length > 0 && isInConflict(sql, settling, order),
    settleUnmatched(sql, { ...context, hasKeys: shop.hasKeys }, unmatched, offer),
  ])
  const entitledUnits = steps.reduce((sum, step) => sum + step.units, 0n)
  const reviewed = {
    orderId: next.id,
    order,
    entitlement,
    entitledUnits,
    heldBack: followed?.heldBack,
    lostProduct: offer.packages.length > 0 && hasLostProduct(entitlement, known),
    vanished: known.length > 0 && hasVanished(settling),
    conflict: inConflict,
    change: change.review,
  }
  const wanted = reviewsOf(reviewed)
  if (steps.length === 0) {
    const { customerId, ticketId } = change
    await withdrawReviews(sql, context, wanted)
    await raiseReviews(sql, { ...context, ...(ticketId !== undefined && { ticketId }) }, wanted)
    const settled = { ...next, paid: entitlement.paid }
    return customerId === undefined ? settled : ownedBy(settled, customerId, order, followed)
  }
  const customerId =
    followed?.customerId ??
    next.customerId ??
    change.customerId ??
    (await resolveCustomer(sql, { shopId: shop.id, person: order.customer, locale: shop.locale, at }))
  const changes = await applyLines(
    sql,
    {
      ...context,
      customerId,
      timezone: shop.timezone,
      currency: order.currency,
      paidAt: order.paidAt ?? at,
    },
    steps,
  )
  await settleConversation(sql, settling, {
    order,
    customerId,
    entitlement,
    entitledUnits,
    changes,
    topsUp: topsUp(steps),
    newEmail: followed?.newEmail,
    servedEmail: next.servedEmail,
    wanted,
  })
  if (order.subscription && changes.length > 0) await recheckChanges(sql, { shopId: shop.id, customerId })
  if (shop.hasKeys && !isHistory(next, order)) {
    await askForContext(sql, { shopId: shop.id, customerId, runAt: new Date(at.getTime() + contextWaitMs) })
  }
  return ownedBy({ ...next, paid: entitlement.paid }, customerId, order, followed)
}

function ownedBy(
  next: StoredOrder,
  customerId: bigint,
  order: ShopOrder,
  followed: FollowedEmail | undefined,
): StoredOrder {
  const servedEmail =
    next.customerId === undefined ? order.customer.email : (followed?.servedEmail ?? next.servedEmail)
  return { ...next, customerId, ...(servedEmail !== undefined && { servedEmail }) }
}

async function settleConversation(
  sql: Sql,
  settling: Settling,
  outcome: {
    order: ShopOrder
    customerId: bigint
    entitlement: Entitlement
    entitledUnits: bigint
    changes: readonly LineChange[]
    topsUp: boolean
    newEmail: string | undefined
    servedEmail: string | undefined
    wanted: readonly WantedReview[]
  },
): Promise<void> {
  const { shop, stored, next, at } = settling
  const { order, wanted } = outcome
  const [ticketId] = await Promise.all([
    settleTicket(sql, {
      ...outcome,
      shop,
      quiet: isHistory(next, order),
      orderId: next.id,
      before: stored.order,
      turn: turnOf(stored, outcome.entitlement, order),
      at,
    }),
    withdrawReviews(sql, { shopId: shop.id, orderId: next.id }, wanted),
  ])
  const context = { shopId: shop.id, at, ...(ticketId !== undefined && { ticketId }) }
  const raised = await raiseReviews(sql, { ...context, orderId: next.id }, wanted)
  const amount = wanted.find(({ kind }) => kind === 'amount_refund')?.data
  if (ticketId !== undefined && amount && raised.includes('amount_refund')) {
    await addTicketEvents(sql, { shopId: shop.id, ticketId, at }, [
      {
        kind: 'amount_refund_flagged',
        data: { amount: amount.refunded, currency: order.currency, orderNumber: order.number },
      },
    ])
  }
}

function isHistory({ historyBefore }: StoredOrder, order: ShopOrder): boolean {
  return historyBefore !== undefined && (order.paidAt ?? order.modifiedAt) < historyBefore
}

function turnOf(
  stored: StoredOrder,
  now: Entitlement,
  order: ShopOrder,
): 'order_cancelled' | 'order_trashed' | 'order_restored' | undefined {
  const before = orderOf(stored)
  const wasGone = !before || before.status === 'trash'
  if (now.paid) return wasGone ? 'order_restored' : undefined
  if (now.reason === 'trashed') return wasGone ? undefined : 'order_trashed'
  return order.status === 'cancelled' && before?.status !== 'cancelled' ? 'order_cancelled' : undefined
}

/** The shop has an order no more that it did not have in its trash: somebody deleted it for good. */
function hasVanished({ sighting, stored }: Settling): boolean {
  return sighting.kind === 'look' && !sighting.order && stored.order?.status !== 'trash'
}

/** Stands until the shop changes the order again: of the two states only one is seen here. */
async function isInConflict(sql: Sql, settling: Settling, order: ShopOrder): Promise<boolean> {
  if (settling.conflict) return true
  return await isReviewOpen(sql, settling.shop.id, {
    kind: 'conflicting_bodies',
    subjectKey: conflictKey(settling.next.id, order),
  })
}
