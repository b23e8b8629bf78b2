import type { ShopOrder } from '../../ports/shop.ts'

/** What is known of an order. `order` is its newest state; undefined when only its removal was heard of. */
export interface KnownOrder {
  /** Number of the newest look through the shop's API; 0 when it was never looked at. */
  lookedAt: bigint
  /** When it was heard that the order is gone; only a state that the shop changed later lifts it. */
  goneAt?: Date
  stateHash?: Buffer
  order?: ShopOrder
}

/** One piece of news about an order. */
export type Sighting =
  /** The shop's own answer; `order` undefined when it has the order no more. */
  | { kind: 'look'; ordinal: bigint; order: ShopOrder | undefined; stateHash: Buffer; at: Date }
  /** The state in a delivery's body, of a shop without keys. */
  | { kind: 'body'; order: ShopOrder; stateHash: Buffer }
  /** `at`: by the shop's word, else when it was heard of. */
  | { kind: 'deleted'; at: Date }
  /** No news: what is known is worked through again. */
  | { kind: 'memory' }

export interface Merged {
  known: KnownOrder
  /** False when nothing has to be worked out again; `known` may still have a later look. */
  news: boolean
  /** Why a delivery changed nothing, for its record. */
  note?: string
  /** Two states with one date and different contents were seen. */
  conflict: boolean
}

/**
 * Merges news into what is known, so that the outcome is the same in whatever order the news arrives: the look that was
 * asked for last, else the state with the latest date; a removal counts until a state is later than it.
 */
export function mergeSighting(known: KnownOrder, sighting: Sighting): Merged {
  switch (sighting.kind) {
    case 'memory':
      return { known, news: true, conflict: false }
    case 'look':
      return mergeLook(known, sighting)
    case 'deleted':
      return mergeDeleted(known, sighting.at)
    case 'body':
      return mergeBody(known, sighting)
  }
}

/** The order as it counts now; undefined when it is gone. */
export function orderOf(known: KnownOrder): ShopOrder | undefined {
  if (!known.order || (known.goneAt && known.goneAt >= known.order.modifiedAt)) return undefined
  return known.order
}

const sameState = 'The same state of the order is known.'

function unchanged(known: KnownOrder, note: string): Merged {
  return { known, news: false, note, conflict: false }
}

function mergeLook(known: KnownOrder, look: Extract<Sighting, { kind: 'look' }>): Merged {
  if (look.ordinal <= known.lookedAt) return unchanged(known, 'A later look at the order was faster.')
  const { goneAt: _lifted, ...rest } = known
  if (look.order) {
    const found = { lookedAt: look.ordinal, stateHash: look.stateHash, order: look.order }
    // Each hint about an order is followed by a look, so most looks of a burst find what the one before found.
    const same = known.stateHash?.equals(look.stateHash) === true && orderOf(known) !== undefined
    return same
      ? { known: found, news: false, note: sameState, conflict: false }
      : { known: found, news: true, conflict: false }
  }
  // The shop's clock may be ahead of ours, and then its last state would look later than the removal.
  const goneAt = known.order && known.order.modifiedAt > look.at ? known.order.modifiedAt : look.at
  return { known: { ...rest, lookedAt: look.ordinal, goneAt }, news: true, conflict: false }
}

function mergeDeleted(known: KnownOrder, at: Date): Merged {
  if (known.goneAt && known.goneAt >= at) {
    return unchanged(known, 'A later removal of the order is known.')
  }
  return { known: { ...known, goneAt: at }, news: true, conflict: false }
}

function mergeBody(known: KnownOrder, body: Extract<Sighting, { kind: 'body' }>): Merged {
  const next = { ...known, order: body.order, stateHash: body.stateHash }
  if (!known.order) return { known: next, news: true, conflict: false }
  const age = body.order.modifiedAt.getTime() - known.order.modifiedAt.getTime()
  if (age > 0) return { known: next, news: true, conflict: false }
  if (age < 0) return unchanged(known, 'Older than the state of the order that is known.')
  if (known.stateHash?.equals(body.stateHash)) {
    return unchanged(known, sameState)
  }
  // A look knows the lines of refunds, which a body never does.
  if (known.lookedAt > 0n) return unchanged(known, 'The shop itself was asked for this state of the order.')
  const wins = comparePrecedence(next, known) > 0
  return {
    known: wins ? next : known,
    news: wins,
    conflict: true,
    note: 'Another state of the order has the same date; the further advanced one counts.',
  }
}

// How far an order has come. A status of a shop's own stands beside processing.
const progress = [
  'checkout-draft',
  'pending',
  'on-hold',
  'failed',
  'processing',
  'completed',
  'cancelled',
  'refunded',
  'trash',
]

function progressOf(status: string): number {
  const known = progress.indexOf(status)
  return known >= 0 ? known : progress.indexOf('processing')
}

interface Dated {
  order?: ShopOrder
  stateHash?: Buffer
}

/** A total order of states with one date. The hash decides nothing but that everybody decides alike. */
function comparePrecedence(a: Dated, b: Dated): number {
  return (
    progressOf(a.order?.status ?? '') - progressOf(b.order?.status ?? '') ||
    Number(a.order?.refundedTotal ?? 0) - Number(b.order?.refundedTotal ?? 0) ||
    Buffer.compare(a.stateHash ?? Buffer.alloc(0), b.stateHash ?? Buffer.alloc(0))
  )
}
