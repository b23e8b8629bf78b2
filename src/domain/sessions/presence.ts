/** A stretch of time in milliseconds since the epoch, `to` not included. */
export interface Span {
  from: number
  to: number
}

export type Side = 'agent' | 'customer'

/** One socket of one side. Milliseconds since the epoch; `leftAt` is null while nobody saw it leave. */
export interface Stay {
  side: Side
  connectedAt: number
  seenAt: number
  leftAt: number | null
}

/** How long a side without a heartbeat still counts as here: two pings of 5 s and the time that an answer may take. */
export const freshMilliseconds = 12_000

/** Where a socket that nobody saw leave ends: at its last heartbeat, or now as long as that heartbeat is fresh. */
export type OpenStays = 'until_now_if_fresh' | 'until_last_heartbeat'

/** Overlapping and touching spans joined, in order. Empty and reversed ones count for nothing. */
export function union(spans: readonly Span[]): Span[] {
  const joined: Span[] = []
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    if (span.to <= span.from) continue
    const last = joined.at(-1)
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to)
    else joined.push({ ...span })
  }
  return joined
}

/** What two unions have in common. */
export function intersection(a: readonly Span[], b: readonly Span[]): Span[] {
  const common: Span[] = []
  let i = 0
  let j = 0
  for (let left = a[0], right = b[0]; left && right; left = a[i], right = b[j]) {
    const from = Math.max(left.from, right.from)
    const to = Math.min(left.to, right.to)
    if (from < to) common.push({ from, to })
    if (left.to < right.to) i += 1
    else j += 1
  }
  return common
}

/** What of the spans lies before an instant. */
export function clampTo(spans: readonly Span[], at: number): Span[] {
  return spans.map((span) => ({ from: span.from, to: Math.min(span.to, at) }))
}

/** Whole seconds: milliseconds are summed first, so that many short meetings do not lose a part of a second each. */
export function wholeSeconds(spans: readonly Span[]): number {
  return Math.floor(spans.reduce((sum, span) => sum + (span.to - span.from), 0) / 1000)
}

/** Rule 12: when both sides were here, each side being the union of its sockets; nothing after `at`. */
export function spansTogether(stays: readonly Stay[], at: number, open: OpenStays): Span[] {
  const here = (side: Side) =>
    union(
      clampTo(
        stays.filter((stay) => stay.side === side).map((stay) => spanOf(stay, at, open)),
        at,
      ),
    )
  return intersection(here('agent'), here('customer'))
}

export function secondsTogether(stays: readonly Stay[], at: number, open: OpenStays): number {
  return wholeSeconds(spansTogether(stays, at, open))
}

/** Whether a side has a socket now whose heartbeat is fresh. */
export function isPresent(stays: readonly Stay[], side: Side, at: number): boolean {
  return stays.some((stay) => stay.side === side && stay.leftAt === null && isFresh(stay, at))
}

function spanOf(stay: Stay, at: number, open: OpenStays): Span {
  const lasts = open === 'until_now_if_fresh' && isFresh(stay, at)
  return { from: stay.connectedAt, to: stay.leftAt ?? (lasts ? at : stay.seenAt) }
}

function isFresh(stay: Stay, at: number): boolean {
  return stay.seenAt >= at - freshMilliseconds
}
