import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import i18next, { type i18n } from 'i18next'
import { projectRoot } from './root.ts'

/** The languages whose folder stands in templates/locales. English is always whole and serves as the fallback. */
export type Locale = string

const localesFolder = join(projectRoot, 'templates', 'locales')

function loadResources(): Record<Locale, Record<string, object>> {
  const resources: Record<Locale, Record<string, object>> = {}
  // Anything but a folder is left out, so that a stray .DS_Store does not become a language.
  for (const locale of readdirSync(localesFolder, { withFileTypes: true }).filter((e) => e.isDirectory())) {
    const folder = join(localesFolder, locale.name)
    const files = readdirSync(folder).filter((file) => file.endsWith('.json'))
    resources[locale.name] = Object.fromEntries(
      files.map((file) => [
        file.slice(0, -'.json'.length),
        JSON.parse(readFileSync(join(folder, file), 'utf8')) as object,
      ]),
    )
  }
  return resources
}

/** What is wrong with a call for words: no such key, or a value that the sentence wants and did not get. */
export type MissingWord = { key: string; value?: string }

let report: (missing: MissingWord) => void = ({ key, value }) => {
  throw new Error(
    value === undefined
      ? `No words for "${key}" in templates/locales/en`
      : `The words of "${key}" want a value for "${value}"`,
  )
}

/**
 * What happens when words are missing. By default it throws, so that a test or a developer meets it at once.
 * In production a page with one odd key is better than no page: compose.ts hands in a function that logs.
 * Returns the handler that was in place before.
 */
export function onMissingWord(handler: (missing: MissingWord) => void): (missing: MissingWord) => void {
  const former = report
  report = handler
  return former
}

export function reportMissing(missing: MissingWord): void {
  report(missing)
}

let loaded: { i18n: i18n; locales: readonly Locale[] } | undefined

/** Reads all words from disk on the first call; later calls cost nothing. */
export function loadLocales(): { i18n: i18n; locales: readonly Locale[] } {
  if (loaded) return loaded
  const resources = loadResources()
  const locales = Object.keys(resources).sort((a, b) =>
    a === 'en' ? -1 : b === 'en' ? 1 : a.localeCompare(b),
  )
  const created = i18next.createInstance()
  void created.init({
    resources,
    fallbackLng: 'en',
    supportedLngs: locales,
    nonExplicitSupportedLngs: true,
    ns: Object.keys(resources.en ?? {}),
    defaultNS: 'common',
    initAsync: false,
    returnNull: false,
    appendNamespaceToMissingKey: true,
    parseMissingKeyHandler: (key) => {
      report({ key })
      return key
    },
  })
  loaded = { i18n: created, locales }
  return loaded
}
