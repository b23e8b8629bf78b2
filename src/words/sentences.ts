import { type Locale, loadLocales, reportMissing } from './locales.ts'

/** A sentence that was cut at its places: text, name of a value, text, name of a value, text. */
type Cut = readonly string[]

/** More than there are; so that keys that do not exist cannot make it grow without end. */
const mostKept = 10_000

/**
 * `t` of one language. i18next finds the sentence (plural, fallback to English) once for each key and plural form; after that
 * only the values are put in, because to find it anew for each of the hundreds of words on a page took a quarter of its time.
 */
export function makeSentences(locale: Locale): (key: string, values?: Record<string, unknown>) => string {
  const find = loadLocales().i18n.getFixedT(locale)
  // A sentence that this language lacks is taken from English, by the plural of English.
  const plurals = [...new Set([locale, 'en'])].map((one) => new Intl.PluralRules(one))
  const formOf = (count: number) => plurals.map((rules) => rules.select(count)).join()
  const known = new Map<string, Cut>()
  const cutOf = (key: string, count: unknown): Cut => {
    const counted = typeof count === 'number'
    const id = counted ? `${key}|${formOf(count)}` : key
    const before = known.get(id)
    if (before) return before
    const sentence = find(key, { ...(counted && { count }), skipInterpolation: true }) as string
    const cut = sentence.split(/\{\{\s*([^{}\s]+)\s*\}\}/)
    if (known.size < mostKept) known.set(id, cut)
    return cut
  }
  return (key, values) => {
    const cut = cutOf(key, values?.count)
    return cut.length === 1 ? (cut[0] ?? '') : fill(cut, key, values)
  }
}

function fill(cut: Cut, key: string, values: Record<string, unknown> = {}): string {
  let text = cut[0] ?? ''
  for (let at = 1; at < cut.length; at += 2) {
    const name = cut[at] ?? ''
    const value = values[name]
    if (value === undefined || value === null) reportMissing({ key, value: name })
    text += `${value ?? ''}${cut[at + 1]}`
  }
  return text
}
