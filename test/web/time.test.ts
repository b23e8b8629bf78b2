import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { DateTime } from 'luxon'
import { ago, clock } from '../../src/web/time.ts'
import { wordsFor } from '../../src/words/words.ts'

const words = wordsFor('en')
const zones = Intl.supportedValuesOf('timeZone')

describe('how long ago', () => {
  it('is told in days by the calendar of the place, in every time zone', () => {
    const moment = fc.date({ min: new Date('2000-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
    const back = fc.integer({ min: 3_600_000, max: 6 * 86_400_000 })
    fc.assert(
      fc.property(fc.constantFrom(...zones), moment, back, (zone, now, ms) => {
        const at = new Date(now.getTime() - ms)
        const midnight = (date: Date) => DateTime.fromJSDate(date, { zone }).startOf('day')
        const days = Math.round(midnight(now).diff(midnight(at), 'days').days)
        const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
        const expected = days === 0 ? `${Math.floor(ms / 3_600_000)} hr` : relative.format(-days, 'day')
        expect(ago(words, at, now, zone)).toBe(expected)
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('the clock', () => {
  it.each([
    ['2026-11-30T22:59:59.999Z', '23:59'],
    ['2026-11-29T22:59:59.999Z', '29 Nov, 23:59'],
    ['2026-11-29T23:00:00.000Z', '00:00'],
    ['2024-11-21T13:02:00.000Z', '21 Nov 2024, 14:02'],
  ])('of %s is %s', (at, shown) => {
    expect(clock(words, new Date(at), new Date('2026-11-30T12:00:00Z'), 'Europe/Ljubljana')).toBe(shown)
  })
})
