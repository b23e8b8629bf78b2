import { describe, expect, it } from '@jest/globals'
import { DateTime } from 'luxon'
import { expectedBusyHours, unusualFrom } from '../../../src/domain/health/silence.ts'

const timeZone = 'Europe/Ljubljana'
/** A Monday. */
const monday = DateTime.fromISO('2026-10-05T00:00', { zone: timeZone })
const at = (text: string) => DateTime.fromISO(text, { zone: timeZone }).toJSDate()

/** The hours of the weeks before a moment in which `isBusy` says that orders came. */
function busyUntil(last: Date, weeks: number, isBusy: (hour: DateTime) => boolean): Date[] {
  const hours: Date[] = []
  for (let hour = monday; hour.toJSDate() <= last; hour = hour.plus({ hours: 1 })) {
    if (hour < monday.plus({ weeks }) && isBusy(hour)) hours.push(hour.toJSDate())
  }
  return hours
}

const officeHours = (hour: DateTime) => hour.weekday <= 5 && hour.hour >= 8 && hour.hour < 20
const judge = (busy: Date[], lastOrderAt: Date, now: Date) =>
  expectedBusyHours({ busy, lastOrderAt, now, timeZone })

describe('a shop that sells from eight to eight on working days', () => {
  // Friday of the fourth week, its last order at half past seven in the evening.
  const last = at('2026-10-30T19:30')
  const busy = busyUntil(last, 4, officeHours)

  it('is not missed over the weekend, and not on Monday before eight', () => {
    expect(judge(busy, last, at('2026-11-02T08:00'))).toBe(0)
  })

  it('is missed in the evening of a Monday without an order', () => {
    expect(judge(busy, last, at('2026-11-02T15:59'))).toBe(7)
    expect(judge(busy, last, at('2026-11-02T16:00'))).toBe(unusualFrom)
  })

  it('counts its own clock when summer time ends', () => {
    const sunday = at('2026-10-24T19:30')
    const everyDay = busyUntil(sunday, 3, (hour) => hour.hour >= 8 && hour.hour < 20)
    expect(judge(everyDay, sunday, at('2026-10-25T12:00'))).toBe(4)
  })
})

it('an outage of three days among four weeks hardly makes it deaf', () => {
  const last = at('2026-10-30T19:30')
  const broken = busyUntil(last, 4, (hour) => officeHours(hour) && !(hour.day >= 12 && hour.day <= 14))
  const expected = judge(broken, last, at('2026-11-02T20:00')) ?? 0
  expect(expected).toBeGreaterThanOrEqual(unusualFrom)
})

it('a shop with an order a day is missed after more than a week, whenever its orders come', () => {
  let day = 0
  const scattered = busyUntil(at('2026-10-31T12:00'), 4, (hour) => hour.hour === (hour.day * 7) % 24)
  const last = scattered.at(-1) ?? new Date()
  while ((judge(scattered, last, new Date(last.getTime() + day * 86_400_000)) ?? 0) < unusualFrom) day += 1
  expect(day).toBeGreaterThanOrEqual(7)
  expect(day).toBeLessThanOrEqual(12)
})

it('a burst is one hour, and too little history is none', () => {
  const last = at('2026-10-30T19:30')
  expect(judge([], last, at('2026-12-01T00:00'))).toBeUndefined()
  const oneWeek = busyUntil(last, 4, officeHours).filter((hour) => hour > at('2026-10-22T00:00'))
  expect(judge(oneWeek, last, at('2026-11-10T00:00'))).toBeUndefined()
  const rare = busyUntil(last, 4, (hour) => hour.weekday === 1 && hour.hour === 9)
  expect(judge(rare, last, at('2026-12-01T00:00'))).toBeUndefined()
})
