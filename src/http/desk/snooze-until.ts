import { DateTime } from 'luxon'

/** The hour of the shop's day at which what rests until a day comes back. */
const morning = 9
const laterHours = 3

/**
 * Until when a ticket rests: "later" today, "tomorrow", next "week", or a `day` as a date field gives it; on the shop's clock. An
 * invalid time for anything else, which the act refuses.
 */
export function snoozeUntil(choice: string, day: string | undefined, now: Date, timeZone: string): Date {
  const local = DateTime.fromJSDate(now, { zone: timeZone })
  const at = (date: DateTime) => date.startOf('day').set({ hour: morning }).toJSDate()
  switch (choice) {
    case 'later':
      return local.plus({ hours: laterHours }).startOf('minute').toJSDate()
    case 'tomorrow':
      return at(local.plus({ days: 1 }))
    case 'week':
      return at(local.plus({ weeks: 1 }).startOf('week'))
    default:
      return at(DateTime.fromISO(day ?? '', { zone: timeZone }))
  }
}
