import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { addDecimals, decimalOf, readDecimal, writeDecimal } from '../../../connectors/woocommerce/decimal.ts'

describe('decimals', () => {
  it('adds what floats would not', () => {
    expect(writeDecimal(addDecimals([decimalOf('0.1'), decimalOf('0.2')]))).toBe('0.3')
    expect(writeDecimal(addDecimals([decimalOf('-220.50'), decimalOf('220.5')]))).toBe('0.00')
    expect(writeDecimal(addDecimals([decimalOf('90071992547409931.01'), decimalOf('0.013')]))).toBe(
      '90071992547409931.023',
    )
  })

  it('refuses what is no plain decimal', () => {
    for (const text of ['', '1,5', '1e3', '--1', '1.', '.5', 'NaN', ' 1'])
      expect(readDecimal(text)).toBeUndefined()
  })

  it('gives the sum of minor units for any list', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 })), (cents) => {
        const written = cents.map((value) => writeDecimal({ units: BigInt(value), scale: 2 }))
        const sum = addDecimals(written.map(decimalOf), 2)
        expect(sum.units).toBe(BigInt(cents.reduce((total, value) => total + value, 0)))
      }),
    )
  })
})
