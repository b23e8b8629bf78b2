import { describe, expect, it } from '@jest/globals'
import {
  offsetMinutes,
  readTimeZone,
  zoneOfAsker,
  zoneOfCountry,
} from '../../../src/domain/customers/time-zone.ts'

const winter = new Date('2026-01-15T12:34:56Z')
const summer = new Date('2026-07-15T12:34:56Z')

describe('the clock of whoever asks', () => {
  it.each([
    ['SI', 'Europe/Ljubljana'],
    // Büsingen has a zone of its own and the same clock.
    ['DE', 'Europe/Berlin'],
    ['IR', 'Asia/Tehran'],
    ['ES', undefined],
    ['US', undefined],
    ['XX', undefined],
    ['', undefined],
    ['si', undefined],
    ['Slovenia', undefined],
  ])('in %j is %s', (country, zone) => {
    expect(zoneOfCountry(country)).toBe(zone)
  })

  it.each([
    ['Europe/Ljubljana', 60, 120],
    ['Asia/Tehran', 210, 210],
    ['Asia/Kathmandu', 345, 345],
    ['America/New_York', -300, -240],
    ['UTC', 0, 0],
  ])('of %s is ahead of UTC by %d minutes in winter and %d in summer', (zone, inWinter, inSummer) => {
    expect([offsetMinutes(zone, winter), offsetMinutes(zone, summer)]).toEqual([inWinter, inSummer])
  })

  it("is told by the buyer's country where that has one clock, else by the browser", () => {
    const asker = { country: 'SI', buyer: true, browserZone: 'America/New_York' }
    expect(zoneOfAsker(asker)).toBe('Europe/Ljubljana')
    expect(zoneOfAsker({ ...asker, country: 'US' })).toBe('America/New_York')
    // Somebody else of the account may live elsewhere than the order went to.
    expect(zoneOfAsker({ ...asker, buyer: false })).toBe('America/New_York')
    expect(zoneOfAsker({ ...asker, buyer: false, browserZone: null })).toBe('Europe/Ljubljana')
    expect(zoneOfAsker({ country: 'US', buyer: true, browserZone: null })).toBeUndefined()
  })

  it('is kept only if it is one', () => {
    expect(readTimeZone('Europe/Ljubljana')).toBe('Europe/Ljubljana')
    for (const typed of ['', 'Mars/Olympus', '../x', '+25:00', 'x'.repeat(100), 'Europe/Ljubljana\u0000'])
      expect(readTimeZone(typed)).toBeUndefined()
  })
})
