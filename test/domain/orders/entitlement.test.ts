import { describe, expect, it } from '@jest/globals'
import { amountRefundOf, entitlementOf, unitsFor } from '../../../src/domain/orders/entitlement.ts'
import type { ShopOrder } from '../../../src/ports/shop.ts'

const paidAt = new Date('2026-11-22T00:45:43Z')

function order(changes: Partial<ShopOrder>, unpaid = false): ShopOrder {
  return {
    orderId: '1',
    number: '1',
    status: 'processing',
    currency: 'EUR',
    total: '100.00',
    ...(unpaid ? {} : { paidAt }),
    modifiedAt: paidAt,
    createdVia: 'checkout',
    customerNote: '',
    customer: { name: '', company: '', phone: '', country: 'SI' },
    lines: [
      {
        lineId: '1',
        productId: '11',
        sku: 'SUPPORT-10',
        name: 'Support',
        quantity: 2,
        refundedQuantity: 0,
        total: '100.00',
        tax: '0.00',
      },
    ],
    refundedTotal: '0.00',
    refundedWithoutLines: '0.00',
    ...changes,
  }
}

describe('rule 14: whether an order is paid', () => {
  it.each([
    ['processing', true],
    ['completed', true],
    ['on-hold', true],
    ['in-wrapping', true],
    ['pending', false],
    ['failed', false],
    ['cancelled', false],
    ['refunded', false],
    ['trash', false],
    ['checkout-draft', false],
  ])('with a date of payment, %s: %s', (status, paid) => {
    expect(entitlementOf(order({ status })).paid).toBe(paid)
  })

  it.each([
    ['processing', false],
    ['on-hold', false],
    ['in-wrapping', false],
    ['completed', true],
  ])('without a date of payment, %s: %s', (status, paid) => {
    expect(entitlementOf(order({ status }, true)).paid).toBe(paid)
  })

  it('is paid when it costs nothing, and never when it is gone', () => {
    expect(entitlementOf(order({ total: '0.00' }, true)).paid).toBe(true)
    expect(entitlementOf(order({ total: '0.00', status: 'cancelled' }, true)).paid).toBe(false)
    expect(entitlementOf(undefined)).toMatchObject({ paid: false, reason: 'trashed', lines: [] })
  })

  it('flags what is on hold or in a status of the shop, only while it keeps credits', () => {
    expect(entitlementOf(order({ status: 'on-hold' })).unusualStatus).toBe(true)
    expect(entitlementOf(order({ status: 'in-wrapping' })).unusualStatus).toBe(true)
    expect(entitlementOf(order({ status: 'completed' })).unusualStatus).toBe(false)
    expect(entitlementOf(order({ status: 'on-hold' }, true)).unusualStatus).toBe(false)
  })

  it.each([
    ['trash', 'trashed'],
    ['refunded', 'refund'],
    ['cancelled', 'cancelled'],
    ['failed', 'cancelled'],
  ])('says why: %s is %s', (status, reason) => {
    expect(entitlementOf(order({ status })).reason).toBe(reason)
  })
})

describe('rule 14: what a line entitles to', () => {
  it('takes refunded pieces off and never goes below zero', () => {
    const lines = order({}).lines.flatMap((line) =>
      [1, 2, 3].map((refundedQuantity) => ({ ...line, refundedQuantity })),
    )
    expect(entitlementOf(order({ lines })).lines.map(({ quantity }) => quantity)).toEqual([1, 0, 0])
  })

  it('counts in units, also of fractions, and refuses absurd figures', () => {
    expect(unitsFor(1000n, 3)).toBe(3000n)
    expect(unitsFor(1000n, 0.29)).toBe(290n)
    expect(unitsFor(333n, 0.5)).toBe(166n)
    expect(unitsFor(1000n, -1)).toBe(0n)
    expect(() => unitsFor(1000n, 1e12)).toThrow(RangeError)
    expect(() => unitsFor(1000n, Number.NaN)).toThrow(RangeError)
  })
})

describe('rule 14: an amount refunded without quantities', () => {
  it('proposes the share of the total', () => {
    expect(amountRefundOf(order({ refundedWithoutLines: '25.00' }), 2000n)).toEqual({
      refunded: '25.00',
      proposedUnits: 500,
    })
  })

  it('takes the whole refund when its lines are not known', () => {
    const { refundedWithoutLines: _unknown, ...unread } = order({ refundedTotal: '50.00' })
    expect(amountRefundOf(unread, 2000n)).toEqual({ refunded: '50.00', proposedUnits: 1000 })
  })

  it('asks nobody when there is nothing to decide', () => {
    expect(amountRefundOf(order({ refundedTotal: '50.00' }), 2000n)).toBeUndefined()
    expect(amountRefundOf(order({ refundedWithoutLines: '25.00' }), 0n)).toBeUndefined()
  })

  it('never proposes more than there is', () => {
    expect(amountRefundOf(order({ refundedWithoutLines: '500.00' }), 2000n)?.proposedUnits).toBe(2000)
    expect(amountRefundOf(order({ total: '0.00', refundedWithoutLines: '1.00' }), 2000n)?.proposedUnits).toBe(
      2000,
    )
  })
})
