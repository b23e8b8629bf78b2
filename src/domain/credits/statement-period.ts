import { DateTime } from 'luxon'
import { type FieldProblem, refuse } from '../refusal.ts'

/** Whole days on the shop's clock, both included, and the moments they mean: start <= at < end. */
export interface StatementPeriod {
  /** "2026-03-01" */
  from: string
  to: string
  start: Date
  end: Date
}

const longestYears = 2

/**
 * The period that two days name; without both it is the current month. Without `to` it lasts to the end of the current month
 * (or of the month of `from`, when that lies ahead); without `from` it begins with the month of `to`.
 * Throws Refused `invalid` naming `from` or `to`.
 */
export function readPeriod(
  input: { from?: string; to?: string },
  now: Date,
  timeZone: string,
): StatementPeriod {
  const today = DateTime.fromJSDate(now, { zone: timeZone })
  const problems: FieldProblem[] = []
  const from = readDay('from', input.from, timeZone, problems)
  const to = readDay('to', input.to, timeZone, problems)
  if (problems.length > 0) refuse({ code: 'invalid', fields: problems })

  const last = to ?? DateTime.max(today, from ?? today).endOf('month')
  const first = from ?? last.startOf('month')
  if (first > last) return refuseDay('from', `give a day that is not after ${last.toISODate()}`)
  if (last >= first.plus({ years: longestYears })) {
    const longest = first.plus({ years: longestYears }).minus({ days: 1 })
    return refuseDay('to', `a period is of two years at most; give ${longest.toISODate()} or earlier`)
  }
  return {
    from: first.toISODate() ?? '',
    to: last.toISODate() ?? '',
    start: first.startOf('day').toJSDate(),
    // By the calendar and not by 24 hours: days on which the clocks change are longer or shorter.
    end: last.plus({ days: 1 }).startOf('day').toJSDate(),
  }
}

function readDay(
  field: string,
  text: string | undefined,
  timeZone: string,
  problems: FieldProblem[],
): DateTime<true> | undefined {
  if (text === undefined) return undefined
  const day = DateTime.fromISO(text, { zone: timeZone })
  // Only the years that both the database and a person can mean.
  if (/^[1-2]\d{3}-\d\d-\d\d$/.test(text) && day.isValid) return day
  problems.push({ field, message: 'give a day such as 2026-03-31' })
  return undefined
}

function refuseDay(field: string, message: string): never {
  return refuse({ code: 'invalid', fields: [{ field, message }] })
}
