import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import i18next, { type i18n } from 'i18next'
import { projectRoot } from './root.ts'

/** The languages whose folder stands in templates/locales. English is always whole and serves as the fallback. */
export type Locale = string

export interface Words {
  locale: Locale
  /** Writing direction for the page's `dir`. */
  dir: 'ltr' | 'rtl'
  /** `t('desk:send')`, `t('common:credits', { count: 2, n: '2' })`: namespace is the file's name. */
  t(key: string, values?: Record<string, unknown>): string
  number(value: number): string
  /** Hundredths of a credit as a localised number: 250n -> "2.5". */
  credits(units: bigint): string
  /** The number with its noun in the right plural: 100n -> "1 credit". */
  creditsPhrase(units: bigint): string
  date(value: Date, timeZone?: string): string
  dateTime(value: Date, timeZone?: string): string
  /** "12 min 40 s" */
  duration(seconds: number): string
  money(amount: string, currency: string): string
}

const localesFolder = join(projectRoot, 'templates', 'locales')

function loadResources(): Record<string, Record<string, object>> {
  const resources: Record<string, Record<string, object>> = {}
  for (const locale of readdirSync(localesFolder)) {
    const files = readdirSync(join(localesFolder, locale)).filter((file) => file.endsWith('.json'))
    resources[locale] = Object.fromEntries(
      files.map((file) => [
        file.slice(0, -'.json'.length),
        JSON.parse(readFileSync(join(localesFolder, locale, file), 'utf8')) as object,
      ]),
    )
  }
  return resources
}

let instance: i18n | undefined
const cache = new Map<Locale, Words>()

function load(): i18n {
  if (instance) return instance
  const resources = loadResources()
  const created = i18next.createInstance()
  void created.init({
    resources,
    fallbackLng: 'en',
    supportedLngs: Object.keys(resources),
    nonExplicitSupportedLngs: true,
    ns: Object.keys(resources.en ?? {}),
    defaultNS: 'common',
    interpolation: { escapeValue: false },
    initAsync: false,
  })
  instance = created
  return created
}

/** All languages that can be chosen, English first. */
export function knownLocales(): Locale[] {
  return readdirSync(localesFolder).sort((a, b) => (a === 'en' ? -1 : b === 'en' ? 1 : a.localeCompare(b)))
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
  const translate = load().getFixedT(locale)
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 })
  const number = (value: number) => numbers.format(value)
  const credits = (units: bigint) => number(Number(units) / 100)
  const t = (key: string, values: Record<string, unknown> = {}) => translate(key, values) as string
  return {
    locale,
    dir: ['ar', 'fa', 'he', 'ur'].includes(locale) ? 'rtl' : 'ltr',
    t,
    number,
    credits,
    creditsPhrase: (units) => t('common:credits', { count: Number(units) / 100, n: credits(units) }),
    date: (value, timeZone) =>
      new Intl.DateTimeFormat(locale, { dateStyle: 'medium', ...(timeZone ? { timeZone } : {}) }).format(
        value,
      ),
    dateTime: (value, timeZone) =>
      new Intl.DateTimeFormat(locale, {
        day: 'numeric',
        month: 'short',
        hour: '2-digit',
        minute: '2-digit',
        ...(timeZone ? { timeZone } : {}),
      }).format(value),
    duration: (seconds) => {
      const minutes = Math.floor(seconds / 60)
      const rest = seconds % 60
      if (minutes === 0) return t('common:seconds', { n: number(rest) })
      if (rest === 0) return t('common:minutes', { n: number(minutes) })
      return t('common:minutesSeconds', { m: number(minutes), s: number(rest) })
    },
    money: (amount, currency) => {
      try {
        return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(Number(amount))
      } catch {
        return `${amount} ${currency}`
      }
    },
  }
}
