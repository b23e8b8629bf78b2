import type { Words } from '../words/words.ts'

// Plain "en" writes dates the American way; the words are British and a shop in Europe reads 3/10 the other way round.
const tag = (locale: string) => (locale === 'en' ? 'en-GB' : locale)

// Intl formatters cost far more to build than to use; a long conversation would build one for each line.
function remembered<Format>(make: (locale: string, name: string) => Format) {
  const formats = new Map<string, Format>()
  return (locale: string, name: string): Format => {
    const key = `${locale}|${name}`
    const format = formats.get(key) ?? make(locale, name)
    formats.set(key, format)
    return format
  }
}

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(locale: string, timeZone: string, name: string, options: Intl.DateTimeFormatOptions) {
  const key = `${locale}|${timeZone}|${name}`
  const known = formatters.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(tag(locale), { ...options, timeZone })
  formatters.set(key, made)
  return made
}

const relativeTime = remembered(
  (locale, style) =>
    new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: style === 'short' ? 'short' : 'long' }),
)

const unitFormat = remembered(
  (locale, name) => new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' }),
)

const dayKey = (at: Date, timeZone: string) =>
  formatter('en-CA', timeZone, 'key', { year: 'numeric', month: '2-digit', day: '2-digit' }).format(at)

/** "14:02" today, "21 Nov, 14:02" this year, "21 Nov 2024, 14:02" before. */
export function clock(words: Words, at: Date, now: Date, timeZone: string): string {
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
  const day = dayKey(at, timeZone)
  const today = dayKey(now, timeZone)
  if (day === today) return formatter(words.locale, timeZone, 'time', time).format(at)
  const date = { day: 'numeric', month: 'short', ...time } as const
  if (day.slice(0, 4) === today.slice(0, 4)) return formatter(words.locale, timeZone, 'date', date).format(at)
  return formatter(words.locale, timeZone, 'year', { ...date, year: 'numeric' }).format(at)
}

/** "21 Nov 2024, 14:02", always whole: for what is printed and read years later. */
export function moment(words: Words, at: Date, timeZone: string): string {
  return formatter(words.locale, timeZone, 'moment', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at)
}

/** "21 Nov 2027": a day without a time, for expiry. */
export function day(words: Words, at: Date, timeZone: string): string {
  return formatter(words.locale, timeZone, 'day', { day: 'numeric', month: 'short', year: 'numeric' }).format(
    at,
  )
}

/** "Nov 2026" of "2026-11". A month of our calendar in every language: it is none of the Persian one. */
export function monthName(words: Words, month: string): string {
  const options = { month: 'short', year: 'numeric', calendar: 'gregory' } as const
  return formatter(words.locale, 'UTC', 'month', options).format(new Date(`${month}-01T00:00:00Z`))
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
  return formatter(words.locale, timeZone, 'short', { day: 'numeric', month: 'short' }).format(at)
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
  const pad = new Intl.NumberFormat(words.locale, { minimumIntegerDigits: 2, useGrouping: false })
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
  return new Intl.NumberFormat(tag(words.locale), {
    style: 'unit',
    unit: 'hour',
    unitDisplay: 'long',
    maximumFractionDigits: 2,
  }).format(hours)
}

function unit(words: Words, value: number, name: 'minute' | 'hour' | 'day'): string {
  return unitFormat(words.locale, name).format(value)
}

function daysBetween(at: Date, now: Date, timeZone: string): number {
  const midnight = (date: Date) => Date.parse(`${dayKey(date, timeZone)}T00:00:00Z`)
  return Math.round((midnight(now) - midnight(at)) / 86_400_000)
}
