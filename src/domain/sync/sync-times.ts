import { isUnfinished, type SyncState } from './sync-state.ts'

// How far back, how often, how many: the figures by which shops are asked (README.md says why).

const minute = 60_000
const day = 86_400_000

export const times = {
  /** Read again behind the watermark: a shop writes an order's time before others can see the order. */
  overlap: 10 * minute,
  /**
   * A reconcile that begins so long after the last change has read all that could still come in behind the watermark; those after
   * it need no overlap. Without this a shop that once changed thousands of orders in a minute would be asked for all of them for ever.
   */
  quietFor: 30 * minute,
  /** The daily look reads so far back: a clock that was set back, an hour that comes twice, a row that was written late. */
  deepOverlap: 2 * day,
  /** Before a shop was added, for its first reconcile; what is older is the back-fill's. */
  beforeAdded: day,
  /** A delivery that comes so soon after a finding brought it too. */
  grace: 2 * minute,
  /** Paid so long before a back-fill began, an order is history: nobody is written to because of it. */
  history: 2 * day,
  /** An order that is gone may come back from a backup; it is looked for so long. */
  mayReturn: 30 * day,
  keepFindings: 90 * day,
  /** Owners hear of the same problem once in so long. */
  tellAgain: day,
  /** A shop that cannot be reached is told to owners after so long; it may only be restarting. */
  unreachableFor: 6 * 60 * minute,
} as const

/**
 * From where to read on. Behind the watermark by the overlap and by how long the last reconcile took: what it read first may
 * have changed behind its back. One that did not come to its end goes on at the watermark, or a shop whose overlap alone fills a
 * run would never get past it.
 */
export function readFrom(known: SyncState & { shopAddedAt: Date }, deep: boolean): Date {
  const { watermark, movedAt, startedAt, finishedAt, shopAddedAt } = known
  if (!watermark) return new Date(shopAddedAt.getTime() - times.beforeAdded)
  if (deep) return new Date(watermark.getTime() - times.deepOverlap)
  if (isUnfinished(known) || !startedAt || !finishedAt) return watermark
  const isQuiet = movedAt !== null && startedAt.getTime() - movedAt.getTime() > times.quietFor
  if (isQuiet) return watermark
  return new Date(watermark.getTime() - times.overlap - (finishedAt.getTime() - startedAt.getTime()))
}

/**
 * How far all is read when a page ended at `reached`. Never later than the moment of asking: one order with a time in the
 * future, or a shop's clock that is put right afterwards, would else hide all orders until then.
 */
export function watermarkAt(reached: Date, askedAt: Date): Date {
  return reached < askedAt ? reached : askedAt
}

/** How long the clock leaves a shop alone after so many reconciles in a row that failed: at most half an hour. */
export function pauseAfter(failures: number): number {
  return Math.min(30 * minute, minute * 2 ** (failures - 1))
}

/** A shop that is too slow for full pages (each refund is a request of its own) is asked for smaller ones. */
export function pageSizeAfter(failures: number): number {
  return Math.max(5, Math.floor(100 / 2 ** failures))
}

/** What was paid before this is history for a back-fill that begins at `moment`. */
export function historyBefore(moment: Date): Date {
  return new Date(moment.getTime() - times.history)
}
