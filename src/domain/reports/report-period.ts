import { DateTime } from 'luxon'
import { readPeriod, type StatementPeriod } from '../credits/statement-period.ts'

/** A month of the shop's calendar, as far as the period covers it. */
export interface ReportMonth {
  /** "2026-03" */
  month: string
  /** First and last day of it in the period. */
  from: string
  to: string
}

export interface ReportPeriod extends StatementPeriod {
  /** In order, without gaps. */
  months: ReportMonth[]
  /** Where each month begins, and where the period ends: one more than months. */
  bounds: Date[]
}

/** Days on the shop's clock, "2026-03-01". */
export interface AskedPeriod {
  from?: string
  to?: string
}

const monthsByDefault = 12

/**
 * The period of a report by month: whole days, `to` included, at most two years. Without days it is the current month and the
 * eleven before; with `to` alone the twelve months that end there; with `from` alone the twelve that begin there, but none
 * beyond the current one. Throws Refused `invalid` naming `from` or `to`.
 */
export function readReportPeriod(asked: AskedPeriod, now: Date, timeZone: string): ReportPeriod {
  const dayOf = (day: string) => DateTime.fromISO(day, { zone: timeZone })
  const period = readPeriod(withDefaults(asked, now, timeZone), now, timeZone)
  const starts: DateTime[] = []
  let start = dayOf(period.from)
  while (start.toJSDate() < period.end) {
    starts.push(start)
    start = start.startOf('month').plus({ months: 1 })
  }
  return {
    ...period,
    months: starts.map((first) => ({
      month: first.toFormat('yyyy-MM'),
      from: isoDay(first),
      to: isoDay(DateTime.min(first.endOf('month'), dayOf(period.to))),
    })),
    bounds: [...starts.map((first) => first.toJSDate()), period.end],
  }
}

function withDefaults(asked: AskedPeriod, now: Date, timeZone: string): AskedPeriod {
  if (asked.from !== undefined && asked.to !== undefined) return asked
  const dayOf = (day: string) => DateTime.fromISO(day, { zone: timeZone })
  if (asked.from === undefined) {
    const { to } = readPeriod(asked, now, timeZone)
    const first = dayOf(to)
      .startOf('month')
      .minus({ months: monthsByDefault - 1 })
    return { from: isoDay(first), to }
  }
  const first = dayOf(asked.from)
  // Refused by whoever reads it.
  if (!first.isValid) return asked
  const twelfth = first.plus({ months: monthsByDefault - 1 })
  const current = DateTime.max(DateTime.fromJSDate(now, { zone: timeZone }), first)
  return { from: asked.from, to: isoDay(DateTime.min(twelfth, current).endOf('month')) }
}

function isoDay(day: DateTime): string {
  return day.toISODate() ?? ''
}
