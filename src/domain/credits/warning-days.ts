import { DateTime } from 'luxon'

/** Rule 13: how many days before the last day of validity a customer is told of it. */
const warningDays = [30, 7, 1] as const

/** The hour of the shop's morning from which warnings go out: nobody wants this mail at midnight. */
const firstHour = 8

/** Grants whose last instant lies in (after, until] end that many days from now. */
export interface EndingDay {
  days: number
  after: Date
  until: Date
}

export interface WarningDay {
  /** When the shop's today began. A grant bought since is not warned of: the customer has just read when it ends. */
  today: Date
  endings: EndingDay[]
}

/**
 * What is to be warned of at this moment, by the shop's calendar, on which a day may have 23 or 25 hours. Undefined before the
 * morning. A warning whose day is over is not made up for.
 */
export function warningDayOf(now: Date, timeZone: string): WarningDay | undefined {
  const local = DateTime.fromJSDate(now, { zone: timeZone })
  if (local.hour < firstHour) return undefined
  const today = local.startOf('day')
  return {
    today: today.toJSDate(),
    endings: warningDays.map((days) => ({
      days,
      after: today.plus({ days }).toJSDate(),
      until: today.plus({ days: days + 1 }).toJSDate(),
    })),
  }
}
