/**
 * Sums of the shop's decimal strings in whole minor units. Floats would lose a cent on a long list of refunds, and a
 * refund is compared with what was paid.
 */
export interface Decimal {
  units: bigint
  /** Digits after the point. */
  scale: number
}

const written = /^(-?)(\d+)(?:\.(\d+))?$/

/** Reads "-220.50"; undefined when the text is no plain decimal number. */
export function readDecimal(text: string): Decimal | undefined {
  const match = written.exec(text)
  if (!match) return undefined
  const fraction = match[3] ?? ''
  const digits = BigInt(`${match[2]}${fraction}`)
  return { units: match[1] === '-' ? -digits : digits, scale: fraction.length }
}

/** The number that the contract already found to be a decimal; throws on anything else. */
export function decimalOf(text: string): Decimal {
  const value = readDecimal(text)
  if (!value) throw new RangeError(`not a decimal number: ${text}`)
  return value
}

export function absolute(value: Decimal): Decimal {
  return value.units < 0n ? { ...value, units: -value.units } : value
}

/** Sum with the largest scale among the values, and at least `scale` digits. */
export function addDecimals(values: Decimal[], scale = 0): Decimal {
  const widest = values.reduce((most, value) => Math.max(most, value.scale), scale)
  return { units: values.reduce((sum, value) => sum + unitsAt(value, widest), 0n), scale: widest }
}

export function subtractDecimal(from: Decimal, value: Decimal): Decimal {
  return addDecimals([from, { ...value, units: -value.units }])
}

export function isGreater(left: Decimal, right: Decimal): boolean {
  return subtractDecimal(left, right).units > 0n
}

/** "230.50": the sign, the whole part and as many digits as the scale says. */
export function writeDecimal(value: Decimal): string {
  const digits = absolute(value)
    .units.toString()
    .padStart(value.scale + 1, '0')
  const sign = value.units < 0n ? '-' : ''
  if (value.scale === 0) return `${sign}${digits}`
  return `${sign}${digits.slice(0, -value.scale)}.${digits.slice(-value.scale)}`
}

function unitsAt(value: Decimal, scale: number): bigint {
  return value.units * 10n ** BigInt(scale - value.scale)
}
