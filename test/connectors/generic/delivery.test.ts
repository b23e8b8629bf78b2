import { describe, expect, it } from '@jest/globals'
import { example } from '../../../connectors/generic/contract.ts'
import { findProblems, readDelivery } from '../../../connectors/generic/delivery.ts'

type Json = Record<string, unknown>

const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
const order = (changes: Json = {}) => ({ event: 'order', order: { ...example.order, ...changes } })
const line = (changes: Json = {}) => ({ ...example.order.lines[0], ...changes })
const read = (value: unknown) => readDelivery('', bytes(value))
const problemsOf = (value: unknown) => findProblems({ body: bytes(value) })

function readOrder(changes: Json) {
  const delivery = read(order(changes))
  if (delivery.kind !== 'order') throw new Error(JSON.stringify(delivery))
  return delivery.order
}

describe('an order', () => {
  it('is read into our words', () => {
    expect(read(order())).toEqual({
      kind: 'order',
      order: {
        orderId: '1042',
        number: '1042',
        status: 'completed',
        currency: 'EUR',
        total: '152.50',
        paidAt: new Date('2026-03-01T10:30:00Z'),
        modifiedAt: new Date('2026-03-01T10:30:02.120Z'),
        createdVia: 'generic',
        customerNote: '',
        customer: {
          email: 'ana@example.com',
          name: 'Ana Kos',
          company: '',
          phone: '040 123 456',
          country: 'SI',
        },
        lines: [
          {
            lineId: '1:SUPPORT-10',
            productId: '',
            sku: 'SUPPORT-10',
            name: 'Support, 10 credits',
            quantity: 1,
            refundedQuantity: 0,
            total: '125.00',
            tax: '27.50',
          },
        ],
        refundedTotal: '0',
        refundedWithoutLines: '0.00',
      },
    })
  })

  it('takes numbers for ids and amounts, null for what is not there, and any time zone', () => {
    const given = readOrder({
      id: 7,
      number: null,
      total: 152.5,
      currency: 'eur',
      note: null,
      paidAt: '2026-03-01T11:30:00+01:00',
      customer: {
        id: 12,
        email: 'Ana@Example.com',
        phone: null,
        country: 'si',
        locale: 'sl',
        loyalty: 'gold',
      },
      lines: [line({ id: 3, productId: 11, variationId: 13, sku: null, total: 125, tax: null })],
    })
    expect(given).toMatchObject({
      orderId: '7',
      number: '7',
      total: '152.5',
      currency: 'EUR',
      paidAt: new Date('2026-03-01T10:30:00Z'),
      customer: { shopCustomerId: '12', email: 'ana@example.com', phone: '', country: 'SI', locale: 'sl' },
      lines: [{ lineId: '3:11:13', productId: '11', variationId: '13', sku: '', total: '125', tax: '0' }],
    })
  })

  it.each([
    ['paid', 'completed'],
    ['unpaid', 'pending'],
    ['cancelled', 'cancelled'],
    ['refunded', 'refunded'],
    ['failed', 'failed'],
  ])('that is %s is %s to us', (status, ours) => {
    expect(readOrder({ status }).status).toBe(ours)
  })

  it.each([
    ['one of two pieces at its share', { quantity: 2, refundedQuantity: 1 }, '76.25', '0.00'],
    ['the rounding of a third', { quantity: 3, refundedQuantity: 1 }, '50.84', '0.00'],
    ['a piece and ten more', { quantity: 2, refundedQuantity: 1 }, '86.25', '10.00'],
    ['an amount alone', {}, '20.5', '20.50'],
    ['nothing', { quantity: 2, refundedQuantity: 1 }, '0', '0.00'],
  ])('refunded by %s asks a person about the rest', (_what, changes, refundedTotal, rest) => {
    const { refundedWithoutLines } = readOrder({ lines: [line(changes)], refundedTotal })
    expect(refundedWithoutLines).toBe(rest)
  })

  it('that sells something else under the number of a line has another line', () => {
    const idOf = (changes: Json) => readOrder({ lines: [line(changes)] }).lines[0]?.lineId
    expect(idOf({ sku: 'support-10', name: 'Another name', quantity: 3 })).toBe(idOf({}))
    expect(idOf({ sku: 'SUPPORT-5' })).not.toBe(idOf({}))
    expect(idOf({ productId: 11, sku: 'renamed' })).toBe(idOf({ productId: 11 }))
    expect(idOf({ productId: 12 })).not.toBe(idOf({ productId: 11 }))
  })

  it('without pieces divides by nothing', () => {
    expect(readOrder({ lines: [line({ quantity: 0 })], refundedTotal: '5.00' }).refundedWithoutLines).toBe(
      '5.00',
    )
  })

  it('that is gone has its date', () => {
    const gone = { event: 'order.deleted', order: { id: 1042, modifiedAt: '2026-03-02T08:00:00Z' } }
    expect(read(gone)).toEqual({
      kind: 'orderDeleted',
      orderId: '1042',
      at: new Date('2026-03-02T08:00:00Z'),
    })
  })
})

describe('a body that is wrong', () => {
  it.each([
    ['no JSON', '{"event":', ['body']],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), ['body']],
    ['a list', [], ['body']],
    ['no event', { order: {} }, ['event']],
    ['an unknown event', { event: 'order.shipped', order: {} }, ['event']],
    ['no order', { event: 'order' }, ['order']],
    [
      'an empty order',
      { event: 'order', order: {} },
      [
        'order.id',
        'order.status',
        'order.currency',
        'order.total',
        'order.modifiedAt',
        'order.customer',
        'order.lines',
      ],
    ],
    ['an unknown status', order({ status: 'bought' }), ['order.status']],
    ['paid without a date', order({ paidAt: null }), ['order.paidAt']],
    ['a date without its zone', order({ modifiedAt: '2026-03-01T10:30:00' }), ['order.modifiedAt']],
    ['a day that is none', order({ modifiedAt: '2026-02-30T10:30:00Z' }), ['order.modifiedAt']],
    ['a negative amount', order({ total: '-5.00' }), ['order.total']],
    ['an amount in words', order({ total: '1.000,50' }), ['order.total']],
    ['an amount beyond all sense', order({ total: 1e21 }), ['order.total']],
    ['a customer whom nobody can find', order({ customer: { name: 'Ana' } }), ['order.customer.email']],
    ['an e-mail that is none', order({ customer: { email: 'ana@' } }), ['order.customer.email']],
    ['no quantity', order({ lines: [line({ quantity: undefined })] }), ['order.lines.0.quantity']],
    ['a quantity as text', order({ lines: [line({ quantity: '1' })] }), ['order.lines.0.quantity']],
    [
      'more back than was bought',
      order({ lines: [line({ refundedQuantity: 2 })] }),
      ['order.lines.0.refundedQuantity'],
    ],
    ['two lines with one id', order({ lines: [line(), line()] }), ['order.lines.1.id']],
    ['an id that nothing can hold', order({ id: 'a\u0000b' }), ['order.id']],
    ['a deletion without its date', { event: 'order.deleted', order: { id: 1 } }, ['order.modifiedAt']],
  ])('with %s is told field by field', (_what, value, fields) => {
    const body = Buffer.isBuffer(value) ? value : bytes(value)
    const problems = findProblems({ body })
    expect(problems.map(({ field }) => field)).toEqual(fields)
    for (const { message } of problems) expect(message).not.toMatch(/invalid|expected|undefined/i)
    const delivery = readDelivery('', body)
    expect(delivery).toEqual({ kind: 'unreadable', reason: expect.stringContaining(String(fields[0])) })
  })

  it('names twenty mistakes and no more', () => {
    const lines = Array.from({ length: 300 }, (_, id) => line({ id, total: 'x' }))
    expect(problemsOf(order({ lines }))).toHaveLength(20)
  })

  it('is one that is right when nothing is found', () => {
    expect(problemsOf(order())).toEqual([])
  })
})
