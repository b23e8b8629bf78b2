import type { Words } from '../words/words.ts'

// Plain "en" writes dates the American way; the words are British and a shop in Europe reads 3/10 the other way round.
const tag = (locale: string) => (locale === 'en' ? 'en-GB' : locale)

// Intl formatters cost far more to build than to use; a long conversation would build one for each line.
function remembered<Args extends string[], Format>(make: (...args: Args) => Format) {
  const formats = new Map<string, Format>()
  return (...args: Args): Format => {
    const key = args.join('|')
    const format = formats.get(key) ?? make(...args)
    formats.set(key, format)
    return format
  }
}

const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
const date = { day: 'numeric', month: 'short' } as const
const year = { year: 'numeric' } as const
const shapes = {
  key: { ...year, month: '2-digit', day: '2-digit' },
  time,
  date,
  dateAndTime: { ...date, ...time },
  day: { ...date, ...year },
  moment: { ...date, ...year, ...time },
  // A month of our calendar in every language: it is none of the Persian one.
  month: { month: 'short', ...year, calendar: 'gregory' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>

const dateFormat = remembered(
  (locale: string, timeZone: string, shape: keyof typeof shapes) =>
    new Intl.DateTimeFormat(tag(locale), { ...shapes[shape], timeZone }),
)
const relativeTime = remembered(
  (locale: string, style: 'long' | 'short') =>
    new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style }),
)
const unitFormat = remembered(
  (locale: string, unit: 'minute' | 'hour' | 'day') =>
    new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }),
)
const hoursFormat = remembered(
  (locale: string) =>
    new Intl.NumberFormat(tag(locale), {
      style: 'unit',
      unit: 'hour',
      unitDisplay: 'long',
      maximumFractionDigits: 2,
    }),
)
const twoDigits = remembered(
  (locale: string) => new Intl.NumberFormat(locale, { minimumIntegerDigits: 2, useGrouping: false }),
)

const quarterMs = 15 * 60_000
const days = new Map<string, string>()

/** "2026-11-21": the day there. Days and clocks change at a quarter of an hour in every zone, so one moment of each tells of all. */
function dayKey(at: Date, timeZone: string): string {
  const quarter = `${Math.floor(at.getTime() / quarterMs)}|${timeZone}`
  const known = days.get(quarter)
  if (known !== undefined) return known
  const day = dateFormat('en-CA', timeZone, 'key').format(at)
  if (days.size >= 5_000) days.clear()
  days.set(quarter, day)
  return day
}

/** "14:02" today, "21 Nov, 14:02" this year, "21 Nov 2024, 14:02" before. */
export function clock(words: Words, at: Date, now: Date, timeZone: string): string {
  const day = dayKey(at, timeZone)
  const today = dayKey(now, timeZone)
  const sameYear = day.slice(0, 4) === today.slice(0, 4)
  const shape = day === today ? 'time' : sameYear ? 'dateAndTime' : 'moment'
  return dateFormat(words.locale, timeZone, shape).format(at)
}

/** "21 Nov 2024, 14:02", always whole: for what is printed and read years later. */
export function moment(words: Words, at: Date, timeZone: string): string {
  return dateFormat(words.locale, timeZone, 'moment').format(at)
}

/** "21 Nov 2027": a day without a time, for expiry. */
export function day(words: Words, at: Date, timeZone: string): string {
  return dateFormat(words.locale, timeZone, 'day').format(at)
}

/** "Nov 2026" of "2026-11". */
export function monthName(words: Words, month: string): string {
  return dateFormat(words.locale, 'UTC', 'month').format(new Date(`${month}-01T00:00:00Z`))
}

/** How long ago, short enough for a list: "4 min", "2 hr", "yesterday", "21 Nov". */
export function ago(words: Words, at: Date, now: Date, timeZone: string): string {
  const seconds = Math.max(0, (now.getTime() - at.getTime()) / 1000)
  if (seconds < 60) return relativeTime(words.locale, 'long').format(0, 'second')
  if (seconds < 3600) return unit(words, Math.floor(seconds / 60), 'minute')
  const days = daysBetween(at, now, timeZone)
  if (days === 0) return unit(words, Math.floor(seconds / 3600), 'hour')
  if (days < 7) return relativeTime(words.locale, 'long').format(-days, 'day')
  const sameYear = dayKey(at, timeZone).slice(0, 4) === dayKey(now, timeZone).slice(0, 4)
  if (!sameYear) return day(words, at, timeZone)
  return dateFormat(words.locale, timeZone, 'date').format(at)
}

/** In a sentence: "now", "4 min ago", "2 hr ago", "yesterday", "5 days ago", then the day. */
export function timeAgo(words: Words, at: Date, now: Date, timeZone: string): string {
  const seconds = Math.max(0, (now.getTime() - at.getTime()) / 1000)
  const relative = relativeTime(words.locale, 'short')
  if (seconds < 60) return relative.format(0, 'second')
  if (seconds < 3600) return relative.format(-Math.floor(seconds / 60), 'minute')
  const days = daysBetween(at, now, timeZone)
  if (days === 0) return relative.format(-Math.floor(seconds / 3600), 'hour')
  return days < 7 ? relative.format(-days, 'day') : day(words, at, timeZone)
}

/** "12:40", or "1:02:05" from an hour on, in the reader's digits. */
export function stopwatch(words: Words, seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const pad = twoDigits(words.locale)
  const minutes = Math.floor((whole % 3600) / 60)
  const rest = pad.format(whole % 60)
  if (whole < 3600) return `${words.number(minutes)}:${rest}`
  return `${words.number(Math.floor(whole / 3600))}:${pad.format(minutes)}:${rest}`
}

/** A span of time in its largest unit, short enough for a list: "15 min", "2 hr", "3 days". */
export function span(words: Words, seconds: number): string {
  const minutes = Math.max(1, Math.round(seconds / 60))
  if (minutes < 60) return unit(words, minutes, 'minute')
  const hours = Math.round(minutes / 60)
  return hours < 48 ? unit(words, hours, 'hour') : unit(words, Math.round(hours / 24), 'day')
}

/** "2 hours", "5.75 hours". */
export function hoursPhrase(words: Words, hours: number): string {
  return hoursFormat(words.locale).format(hours)
}

function unit(words: Words, value: number, name: 'minute' | 'hour' | 'day'): string {
  return unitFormat(words.locale, name).format(value)
}

function daysBetween(at: Date, now: Date, timeZone: string): number {
  const midnight = (date: Date) => Date.parse(`${dayKey(date, timeZone)}T00:00:00Z`)
  return Math.round((midnight(now) - midnight(at)) / 86_400_000)
}
