/** A language as people type it ("sl", "de_AT") in its standard form; undefined for what is none. */
export function normalLocale(typed: string): string | undefined {
  try {
    return new Intl.Locale(typed.replace('_', '-')).baseName
  } catch {
    return undefined
  }
}
