import { DateTime } from 'luxon'

const hourMs = 3_600_000
const weekMs = 7 * 24 * hourMs

/** What is looked back at, and what is too little to judge by. */
const weeksAtMost = 4
const weeksAtLeast = 2
const busyHoursAtLeast = 20

/**
 * So many hours in which this shop usually tells of an order have gone by without one. By chance that happens about once in three
 * thousand times (e to the power of -8), so hardly ever in the life of a shop.
 */
export const unusualFrom = 8

/**
 * How many hours with an order this shop would have had since its last one. Each hour of the week counts by the share of the last
 * weeks in which it brought any: a shop that sleeps at night, or on Sundays, is not missed then, and a burst counts as one hour.
 * Undefined when too little is known of the shop.
 */
export function expectedBusyHours(facts: {
  /** Beginnings of the hours in which a delivery told of an order. */
  busy: readonly Date[]
  lastOrderAt: Date
  now: Date
  /** IANA name. */
  timeZone: string
}): number | undefined {
  const { busy, lastOrderAt, now, timeZone } = facts
  const last = lastOrderAt.getTime()
  const first = Math.min(...busy.map((hour) => hour.getTime()))
  const weeks = Math.min(weeksAtMost, Math.floor((last - first) / weekMs))
  if (!(weeks >= weeksAtLeast)) return undefined
  const recent = busy.filter((hour) => hour.getTime() > last - weeks * weekMs)
  if (recent.length < busyHoursAtLeast) return undefined
  const counts = new Map<number, number>()
  for (const hour of recent) {
    const slot = slotOf(hour.getTime(), timeZone)
    counts.set(slot, (counts.get(slot) ?? 0) + 1)
  }
  let expected = 0
  // Whole hours only: the one of the last order had one, and the running one is not over.
  for (let hour = startOfHour(last) + hourMs; hour + hourMs <= now.getTime(); hour += hourMs) {
    expected += Math.min(1, (counts.get(slotOf(hour, timeZone)) ?? 0) / weeks)
  }
  return expected
}

function startOfHour(at: number): number {
  return at - (at % hourMs)
}

/** Which hour of the shop's week it is. */
function slotOf(at: number, timeZone: string): number {
  const local = DateTime.fromMillis(at, { zone: timeZone })
  return local.weekday * 24 + local.hour
}
