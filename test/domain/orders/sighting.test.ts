import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  type KnownOrder,
  mergeSighting,
  orderOf,
  type Sighting,
} from '../../../src/domain/orders/sighting.ts'
import { hashOrder } from '../../../src/domain/orders/stored-order.ts'
import type { ShopOrder } from '../../../src/ports/shop.ts'

const start = Date.parse('2026-11-22T00:00:00Z')
const nothing: KnownOrder = { lookedAt: 0n }

function order(minute: number, status: string, refundedTotal = '0.00'): ShopOrder {
  return {
    orderId: '1',
    number: '1',
    status,
    currency: 'EUR',
    total: '100.00',
    modifiedAt: new Date(start + minute * 60_000),
    createdVia: 'checkout',
    customerNote: '',
    customer: { name: '', company: '', phone: '', country: '' },
    lines: [],
    refundedTotal,
  }
}

function body(minute: number, status: string, refundedTotal?: string): Sighting {
  const read = order(minute, status, refundedTotal)
  return { kind: 'body', order: read, stateHash: hashOrder(read) }
}

function look(ordinal: bigint, read: ShopOrder | undefined): Sighting {
  return { kind: 'look', ordinal, order: read, stateHash: hashOrder(read), at: new Date(start) }
}

function deleted(minute: number): Sighting {
  return { kind: 'deleted', at: new Date(start + minute * 60_000) }
}

function knownFrom(sightings: readonly Sighting[]): KnownOrder {
  return sightings.reduce((known, sighting) => mergeSighting(known, sighting).known, nothing)
}

describe('news of an order without keys', () => {
  it('keeps the state with the latest date', () => {
    expect(orderOf(knownFrom([body(2, 'completed'), body(1, 'processing')]))?.status).toBe('completed')
    expect(mergeSighting(knownFrom([body(2, 'completed')]), body(1, 'processing'))).toMatchObject({
      news: false,
      note: 'Older than the state of the order that is known.',
    })
  })

  it('takes a removal until a later state lifts it', () => {
    expect(orderOf(knownFrom([body(1, 'processing'), deleted(5)]))).toBeUndefined()
    expect(orderOf(knownFrom([deleted(5), body(1, 'processing')]))).toBeUndefined()
    expect(orderOf(knownFrom([deleted(5), body(1, 'processing'), body(6, 'processing')]))).toBeDefined()
    expect(orderOf(knownFrom([body(6, 'processing'), deleted(5)]))).toBeDefined()
  })

  it('flags two states of one date and lets the further advanced one count', () => {
    const known = knownFrom([body(1, 'completed')])
    expect(mergeSighting(known, body(1, 'processing'))).toMatchObject({ conflict: true, news: false })
    expect(mergeSighting(knownFrom([body(1, 'processing')]), body(1, 'completed'))).toMatchObject({
      conflict: true,
      news: true,
    })
    expect(mergeSighting(known, body(1, 'completed'))).toMatchObject({ conflict: false, news: false })
  })

  it('ends alike in whatever order the news comes', () => {
    const news = fc.oneof(
      fc
        .tuple(
          fc.integer({ min: 0, max: 3 }),
          fc.constantFrom('pending', 'processing', 'in-wrapping', 'cancelled'),
          fc.constantFrom('0.00', '9.00', '10.00'),
        )
        .map((args) => body(...args)),
      fc.integer({ min: 0, max: 4 }).map(deleted),
    )
    fc.assert(
      fc.property(
        fc
          .array(news, { minLength: 1, maxLength: 6 })
          .chain((list) =>
            fc.tuple(
              fc.constant(list),
              fc.shuffledSubarray([...list, ...list], { minLength: 2 * list.length }),
            ),
          ),
        ([list, mixed]) => {
          expect(knownFrom(mixed)).toEqual(knownFrom(list))
        },
      ),
    )
  })
})

describe('news of an order with keys', () => {
  it('keeps the look that was asked for last, however slow the others are', () => {
    const known = knownFrom([look(2n, order(1, 'completed')), look(1n, order(9, 'processing'))])
    expect(orderOf(known)?.status).toBe('completed')
    expect(known.lookedAt).toBe(2n)
  })

  it('has nothing to work out again when a look finds what is known, but remembers the look', () => {
    const merged = mergeSighting(
      knownFrom([look(1n, order(1, 'completed'))]),
      look(2n, order(1, 'completed')),
    )
    expect(merged).toMatchObject({ news: false, known: { lookedAt: 2n } })
    expect(mergeSighting(merged.known, look(1n, undefined)).news).toBe(false)
    const back = mergeSighting(
      knownFrom([look(1n, order(1, 'completed')), look(2n, undefined)]),
      look(3n, order(1, 'completed')),
    )
    expect(back.news).toBe(true)
  })

  it('knows an order as gone until it is found again', () => {
    const gone = knownFrom([look(1n, order(9, 'processing')), look(2n, undefined)])
    expect(orderOf(gone)).toBeUndefined()
    expect(gone.order?.status).toBe('processing')
    expect(orderOf(knownFrom([look(2n, undefined), look(1n, order(9, 'processing'))]))).toBeUndefined()
    expect(orderOf(mergeSighting(gone, look(3n, order(1, 'processing'))).known)?.status).toBe('processing')
  })

  it('does not let a body replace what the shop itself said of the same state', () => {
    const merged = mergeSighting(knownFrom([look(1n, order(1, 'processing'))]), body(1, 'completed'))
    expect(merged).toMatchObject({ news: false, conflict: false })
  })
})
