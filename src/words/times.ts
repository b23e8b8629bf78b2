export interface Times {
  /** "21 Nov 2027", in the given IANA time zone, else the server's. */
  date(value: Date, timeZone?: string): string
  /** "21 Nov, 14:02" */
  dateTime(value: Date, timeZone?: string): string
  /** How long ago, short enough for a list row: "now", "4 min", "3 h", "yesterday", "5 days", then the date. */
  relative(value: Date, now: Date, timeZone?: string): string
  /** Seconds as "12 min 40 s". */
  duration(seconds: number): string
}

type Translate = (key: string, values?: Record<string, unknown>) => string

const minute = 60
const hour = 60 * minute

/** Dates and spans in one language. `region` is a BCP 47 tag; formats are made once, because each costs about 50 µs. */
export function makeTimes(region: string, t: Translate, number: (value: number) => string): Times {
  const date = cachedFormat(region, { dateStyle: 'medium' })
  const dateTime = cachedFormat(region, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  // Only for counting days in a time zone, never shown: this language's digits and order must not matter.
  const calendarDay = cachedFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit' })
  const dayNumber = (value: Date, timeZone?: string) =>
    Math.round(Date.parse(`${calendarDay(value, timeZone)}T00:00:00Z`) / 86_400_000)
  return {
    date,
    dateTime,
    relative: (value, now, timeZone) => {
      const seconds = Math.floor((now.getTime() - value.getTime()) / 1000)
      // Two machines' clocks differ a little; a message from "the future" is simply new.
      if (seconds < minute && seconds > -minute) return t('common:justNow')
      if (seconds < 0) return dateTime(value, timeZone)
      if (seconds < hour) return t('common:minutes', { n: number(Math.floor(seconds / minute)) })
      const days = dayNumber(now, timeZone) - dayNumber(value, timeZone)
      if (days === 0) return t('common:hours', { n: number(Math.floor(seconds / hour)) })
      if (days === 1) return t('common:yesterday')
      if (days < 7) return t('common:days', { count: days, n: number(days) })
      return date(value, timeZone)
    },
    duration: (seconds) => {
      const whole = Math.max(0, Math.round(seconds))
      const minutes = Math.floor(whole / minute)
      const rest = whole % minute
      if (minutes === 0) return t('common:seconds', { n: number(rest) })
      if (rest === 0) return t('common:minutes', { n: number(minutes) })
      return t('common:minutesSeconds', { m: number(minutes), s: number(rest) })
    },
  }
}

function cachedFormat(region: string, options: Intl.DateTimeFormatOptions) {
  const formats = new Map<string, Intl.DateTimeFormat>()
  return (value: Date, timeZone?: string): string => {
    const key = timeZone ?? ''
    let format = formats.get(key)
    if (!format) {
      format = new Intl.DateTimeFormat(region, { ...options, ...(timeZone ? { timeZone } : {}) })
      formats.set(key, format)
    }
    return format.format(value)
  }
}
