/** Credits as people write them (2.5) and units as the ledger keeps them (250n). */

/** Hundredths of a credit. Throws a RangeError when the number has more than two decimals or is no number. */
export function toUnits(credits: number): bigint {
  const hundredths = Math.round(credits * 100)
  if (!Number.isFinite(credits) || Math.abs(hundredths - credits * 100) > 1e-6) {
    throw new RangeError('credits have at most two decimals')
  }
  return BigInt(hundredths)
}

export function toCredits(units: bigint): number {
  return Number(units) / 100
}
