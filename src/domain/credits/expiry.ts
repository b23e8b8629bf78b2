import { DateTime } from 'luxon'

/** Rule 13: validity ends with the last day in the shop's time zone, counted from the day of payment. */
export function expiryOf(paidAt: Date, days: number, timeZone: string): Date {
  return DateTime.fromJSDate(paidAt, { zone: timeZone }).plus({ days }).endOf('day').toJSDate()
}
