import { describe, expect, it } from '@jest/globals'
import { expiryOf } from '../../../src/domain/credits/expiry.ts'
import { toCredits, toUnits } from '../../../src/domain/credits/units.ts'

describe('units', () => {
  it.each([
    [1, 100n],
    [0.07, 7n],
    [2.55, 255n],
    [1_000_000, 100_000_000n],
  ])('%d credits are %d units, and back', (credits, units) => {
    expect(toUnits(credits)).toBe(units)
    expect(toCredits(units)).toBe(credits)
  })

  it.each([0.001, Number.NaN, Number.POSITIVE_INFINITY])('%d is no number of credits', (credits) => {
    expect(() => toUnits(credits)).toThrow(RangeError)
  })
})

describe('rule 13: the end of validity', () => {
  it.each([
    ['2026-03-01T10:00:00Z', 30, 'Europe/Ljubljana', '2026-03-31T21:59:59.999Z'],
    ['2026-03-01T23:30:00Z', 1, 'Europe/Ljubljana', '2026-03-03T22:59:59.999Z'],
    ['2026-03-28T12:00:00Z', 1, 'Europe/Ljubljana', '2026-03-29T21:59:59.999Z'],
    ['2026-03-01T23:30:00Z', 1, 'America/New_York', '2026-03-03T04:59:59.999Z'],
  ])('of what was paid %s for %d days in %s is %s', (paidAt, days, zone, end) => {
    expect(expiryOf(new Date(paidAt), days, zone).toISOString()).toBe(end)
  })
})
