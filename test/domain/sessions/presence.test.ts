import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  clampTo,
  intersection,
  isPresent,
  type Span,
  type Stay,
  secondsTogether,
  union,
  wholeSeconds,
} from '../../../src/domain/sessions/presence.ts'

const stay = (side: Stay['side'], from: number, to: number): Stay => ({
  side,
  connectedAt: from * 1000,
  seenAt: to * 1000,
  leftAt: to * 1000,
})

const spans = (most: number) =>
  fc.array(
    fc
      .record({ from: fc.nat(most), length: fc.nat(Math.floor(most / 3)) })
      .map(({ from, length }) => ({ from, to: from + length })),
    { maxLength: 8 },
  )

const covers = (list: readonly Span[], instant: number) =>
  list.some((span) => span.from <= instant && instant < span.to)

/** Looks at every instant by itself: too slow for use, too simple to be wrong. */
const instants = (most: number, here: (instant: number) => boolean) =>
  Array.from({ length: most }, (_, instant) => instant).filter(here)

describe('time together', () => {
  it('is what both sides share, without the gap of a reconnect', () => {
    const stays = [stay('agent', 0, 400), stay('customer', 30, 200), stay('customer', 260, 420)]
    expect(secondsTogether(stays, 500_000, 'until_last_heartbeat')).toBe(310)
  })

  it('equals a model that looks at every second', () => {
    fc.assert(
      fc.property(spans(120), spans(120), fc.nat(180), (agent, customer, now) => {
        const stays = [
          ...agent.map((span) => stay('agent', span.from, span.to)),
          ...customer.map((span) => stay('customer', span.from, span.to)),
        ]
        const expected = instants(180, (s) => s < now && covers(agent, s) && covers(customer, s)).length
        expect(secondsTogether(stays, now * 1000, 'until_last_heartbeat')).toBe(expected)
      }),
      { numRuns: 500 },
    )
  })

  it('sums milliseconds before it rounds, and rounds down', () => {
    fc.assert(
      fc.property(spans(3000), spans(3000), (a, b) => {
        const expected = instants(4000, (ms) => covers(a, ms) && covers(b, ms)).length
        expect(wholeSeconds(intersection(union(a), union(b)))).toBe(Math.floor(expected / 1000))
      }),
      { numRuns: 100 },
    )
    const halves = Array.from({ length: 3 }, (_, i) => ({ from: i * 2000, to: i * 2000 + 600 }))
    expect(wholeSeconds(halves)).toBe(1)
  })

  it('does not depend on the order or the sides being swapped', () => {
    fc.assert(
      fc.property(spans(500), spans(500), (a, b) => {
        const there = intersection(union(a), union(b))
        expect(intersection(union([...b].reverse()), union([...a].reverse()))).toEqual(there)
      }),
    )
  })

  it('joins overlapping and touching sockets of one side once', () => {
    expect(
      union([
        { from: 5, to: 9 },
        { from: 0, to: 5 },
        { from: 3, to: 4 },
        { from: 20, to: 20 },
        { from: 30, to: 25 },
      ]),
    ).toEqual([{ from: 0, to: 9 }])
  })

  it('ends at the instant of asking', () => {
    expect(clampTo([{ from: 0, to: 10 }], 4)).toEqual([{ from: 0, to: 4 }])
    expect(
      secondsTogether([stay('agent', 0, 100), stay('customer', 0, 100)], 40_000, 'until_last_heartbeat'),
    ).toBe(40)
  })
})

describe('a socket that nobody saw leave', () => {
  const open = (side: Stay['side'], seenAt: number): Stay => ({ side, connectedAt: 0, seenAt, leftAt: null })

  it('counts until now while its heartbeat is fresh, and to the heartbeat after that', () => {
    const stays = [open('agent', 20_000), open('customer', 20_000)]
    expect(secondsTogether(stays, 32_000, 'until_now_if_fresh')).toBe(32)
    expect(secondsTogether(stays, 33_000, 'until_now_if_fresh')).toBe(20)
    expect(secondsTogether(stays, 32_000, 'until_last_heartbeat')).toBe(20)
  })

  it('is presence only while fresh', () => {
    expect(isPresent([open('agent', 20_000)], 'agent', 32_000)).toBe(true)
    expect(isPresent([open('agent', 20_000)], 'agent', 32_001)).toBe(false)
    expect(isPresent([open('agent', 20_000)], 'customer', 21_000)).toBe(false)
    expect(isPresent([stay('agent', 0, 20)], 'agent', 20_000)).toBe(false)
  })
})
