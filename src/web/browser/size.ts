/** Bytes as people read them, as src/words writes them. */
export function humanSize(bytes: number): string {
  const unit = bytes < 1_000_000 ? 'kilobyte' : 'megabyte'
  const format = new Intl.NumberFormat(document.documentElement.lang, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: unit === 'megabyte' ? 1 : 0,
  })
  return format.format(unit === 'megabyte' ? bytes / 1_000_000 : Math.max(1, bytes / 1_000))
}
