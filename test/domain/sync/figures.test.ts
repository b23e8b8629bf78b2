import { describe, expect, it } from '@jest/globals'
import { progressAfter } from '../../../src/domain/sync/backfill-progress.ts'
import { isSuspicious } from '../../../src/domain/sync/gone-guard.ts'
import { readFrom, watermarkAt } from '../../../src/domain/sync/sync-times.ts'
import type { OrderPage } from '../../../src/ports/shop.ts'

describe('the guard', () => {
  it.each([
    [1, 1, false],
    [2, 2, false],
    [20, 2, false],
    [20, 3, true],
    [30, 3, false],
    [3, 3, true],
    [500, 50, false],
    [509, 51, true],
    [10_000, 50, false],
    [10_000, 51, true],
  ])('of %d orders with credits %d are missing: suspicious is %s', (seen, gone, suspicious) => {
    expect(isSuspicious({ seen, gone })).toBe(suspicious)
  })
})

describe('progress', () => {
  const page = (rows: number, total: number | undefined): OrderPage => ({
    orders: Array.from({ length: rows }, () => ({}) as never),
    unreadable: [],
    more: true,
    total,
  })
  const none = { reached: undefined, done: 0, total: undefined, taken: 0 }
  const reached = new Date('2026-11-22T10:00:00Z')

  it('counts by what is left, so that an order on the edge of two pages counts once', () => {
    const first = progressAfter(none, { page: page(100, 250), reached, taken: 90 })
    expect(first).toEqual({ reached, done: 100, total: 250, taken: 90 })
    // The last order of the first page comes again: 151 are left with it.
    expect(progressAfter(first, { page: page(100, 151), reached, taken: 0 })).toMatchObject({
      done: 199,
      total: 250,
    })
  })

  it('grows when orders change meanwhile, and never goes back', () => {
    const first = progressAfter(none, { page: page(100, 120), reached, taken: 0 })
    expect(first).toMatchObject({ done: 100, total: 120 })
    const more = progressAfter(first, { page: page(10, 60), reached, taken: 0 })
    expect(more).toMatchObject({ done: 100, total: 150 })
  })

  it('counts rows of a shop that does not say how many there are', () => {
    const first = progressAfter(none, { page: page(100, undefined), reached, taken: 1 })
    expect(first).toMatchObject({ done: 100, total: undefined })
  })
})

describe('from where a reconcile reads', () => {
  const at = (minutes: number) => new Date(Date.UTC(2026, 10, 22, 10) + minutes * 60_000)
  const finished = {
    watermark: at(0),
    movedAt: at(1),
    startedAt: at(1),
    finishedAt: at(1),
    failures: 0,
    shopAddedAt: at(-9_000),
  }

  it.each([
    [
      'a shop that was never read, from a day before it was added',
      { watermark: null },
      false,
      -9_000 - 1_440,
    ],
    ['the overlap behind the watermark', {}, false, -10],
    ['and by how long the last one took', { finishedAt: at(5) }, false, -14],
    ['at the watermark, when the last one did not come to its end', { startedAt: at(2) }, false, 0],
    ['at the watermark, when none ever did', { finishedAt: null }, false, 0],
    [
      'at the watermark, when the last one began long after the last change',
      { startedAt: at(32), finishedAt: at(32) },
      false,
      0,
    ],
    ['for days, when it is to look deep', { startedAt: at(32), finishedAt: at(32) }, true, -2_880],
  ])('%s', (_what, known, deep, minutes) => {
    expect(readFrom({ ...finished, ...known }, deep)).toEqual(at(minutes))
  })

  it('believes no time of the shop that is later than ours', () => {
    expect(watermarkAt(at(5), at(7))).toEqual(at(5))
    expect(watermarkAt(at(5_000), at(7))).toEqual(at(7))
  })
})
