import { type Locale, loadLocales } from './locales.ts'
import { makeSentences } from './sentences.ts'
import { makeTimes, type Times } from './times.ts'

export type { Locale } from './locales.ts'

export interface Words extends Times {
  locale: Locale
  /** Writing direction for the page's `dir`. */
  dir: 'ltr' | 'rtl'
  /**
   * `t('desk:send')`, `t('common:credits', { count: 2, n: '2' })`: the namespace is the file's name.
   * Throws on an unknown key or a missing value unless `onMissingWord` says otherwise. Escapes nothing.
   */
  t(key: string, values?: Record<string, unknown>): string
  number(value: number): string
  /** Hundredths of a credit as a localised number: 250n -> "2.5". */
  credits(units: bigint): string
  /** The number with its noun in the right plural: 100n -> "1 credit". */
  creditsPhrase(units: bigint): string
  /** "A, B and C" as the language joins them. */
  list(parts: readonly string[]): string
  /**
   * A decimal string in an ISO 4217 currency: "€125.00"; "125.00 XX" when the currency is not known. `mostDigits`: of a price
   * that is finer than coins.
   */
  money(amount: string, currency: string, mostDigits?: number): string
  /** Of a number of bytes: "34 kB". */
  fileSize(bytes: number): string
}

const cache = new Map<Locale, Words>()

/** All languages that can be chosen, English first. */
export function knownLocales(): readonly Locale[] {
  return loadLocales().locales
}

/** Words of the wanted language, or of English when there is no such folder. Accepts "sl", "sl-SI" or undefined. */
export function wordsFor(wanted: string | undefined): Words {
  const base = (wanted ?? 'en').split(/[-_]/)[0]?.toLowerCase() ?? 'en'
  const locale = knownLocales().includes(base) ? base : 'en'
  const known = cache.get(locale)
  if (known) return known
  const made = makeWords(locale)
  cache.set(locale, made)
  return made
}

function makeWords(locale: Locale): Words {
  // "21 Nov 2027" and 14:02 are read alike everywhere that English is the second language; American dates are not.
  const region = locale === 'en' ? 'en-GB' : locale
  const numbers = new Intl.NumberFormat(region, { maximumFractionDigits: 2 })
  const number = (value: number) => numbers.format(value)
  const lists = new Intl.ListFormat(region, { type: 'conjunction' })
  const credits = (units: bigint) => number(Number(units) / 100)
  const t = makeSentences(locale)
  return {
    locale,
    dir: ['ar', 'fa', 'he', 'ur'].includes(locale) ? 'rtl' : 'ltr',
    t,
    number,
    credits,
    creditsPhrase: (units) => t('common:credits', { count: Number(units) / 100, n: credits(units) }),
    list: (parts) => lists.format(parts),
    money: makeMoney(region),
    fileSize: makeFileSize(region),
    ...makeTimes(region, t, number),
  }
}

function makeFileSize(region: string): Words['fileSize'] {
  const inUnit = (unit: 'byte' | 'kilobyte' | 'megabyte', digits: number) =>
    new Intl.NumberFormat(region, {
      style: 'unit',
      unit,
      unitDisplay: 'short',
      maximumFractionDigits: digits,
    })
  const [bytes, kilobytes, megabytes] = [inUnit('byte', 0), inUnit('kilobyte', 0), inUnit('megabyte', 1)]
  return (size) => {
    if (size < 1_000) return bytes.format(size)
    return size < 1_000_000 ? kilobytes.format(size / 1_000) : megabytes.format(size / 1_000_000)
  }
}

function makeMoney(region: string): Words['money'] {
  const formats = new Map<string, Intl.NumberFormat>()
  return (amount, currency, mostDigits) => {
    // Only the shape of a currency code is let into the cache, so that odd orders cannot make it grow without end.
    const value = Number(amount)
    if (!/^[A-Za-z]{3}$/.test(currency) || !Number.isFinite(value)) return `${amount} ${currency}`.trim()
    const code = currency.toUpperCase()
    const key = `${code}${mostDigits ?? ''}`
    const finer = mostDigits !== undefined && { maximumFractionDigits: mostDigits }
    const format =
      formats.get(key) ?? new Intl.NumberFormat(region, { style: 'currency', currency: code, ...finer })
    formats.set(key, format)
    return format.format(value)
  }
}
