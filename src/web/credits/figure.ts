import type { Words } from '../../words/words.ts'

const formats = new Map<string, Intl.NumberFormat>()

/** Credits with both decimals, so that the figures of a column stand under each other. */
export function figure(units: bigint, { locale }: Words): string {
  const format =
    formats.get(locale) ??
    new Intl.NumberFormat(locale === 'en' ? 'en-GB' : locale, {
      minimumFractionDigits: 2,
      maximumFractionDigits: 2,
    })
  formats.set(locale, format)
  return format.format(Number(units) / 100)
}
