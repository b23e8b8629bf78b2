/** The value below which `share` (0 to 1) of the values lie. Throws without values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const found = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  if (found === undefined) throw new RangeError('there are no values')
  return found
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}
