import { describe, expect, it } from '@jest/globals'
import { captureNumber, loadCaptures, signedDelivery } from '../../support/fakes/captures.ts'
import { finalShopStates } from '../../support/fakes/final-states.ts'

describe('recorded deliveries', () => {
  it('are signed again over the same bytes to the same signature', () => {
    const signed = loadCaptures().filter((capture) => capture.topic !== null)
    expect(signed).toHaveLength(49)
    for (const capture of signed) {
      const { headers, body } = signedDelivery(capture)
      expect(headers['X-WC-Webhook-Signature']).toBe(capture.headers['X-WC-Webhook-Signature'])
      expect(headers['X-WC-Webhook-Topic']).toBe(capture.topic)
      expect(body.length).toBe(Number(capture.headers['Content-Length']))
    }
    expect(signedDelivery(captureNumber(3), 'other').headers['X-WC-Webhook-Signature']).not.toBe(
      captureNumber(3).headers['X-WC-Webhook-Signature'],
    )
  })

  it('leave a ping unsigned', () => {
    const { headers, body } = signedDelivery(captureNumber(1))
    expect(Object.keys(headers).filter((name) => /wc-webhook/i.test(name))).toEqual([])
    expect(body.toString()).toBe('webhook_id=2')
  })
})

describe('the final state of the two shops', () => {
  it('has each order at its latest', () => {
    const { main, second } = finalShopStates()
    const statuses = Object.entries(main.orders).map(([id, order]) => [id, Object(order).status])
    expect(Object.fromEntries(statuses)).toEqual({
      18: 'completed',
      19: 'processing',
      20: 'processing',
      23: 'processing',
      24: 'processing',
      25: 'refunded',
      27: 'refunded',
      29: 'cancelled',
      30: 'trash',
      32: 'processing',
      38: 'processing',
      39: 'processing',
      42: 'completed',
      43: 'trash',
      50: 'checkout-draft',
      51: 'on-hold',
      53: 'processing',
    })
    expect(Object.keys(second.orders)).toEqual(['13'])
    expect(Object(second.orders[13]).status).toBe('trash')
    expect(Object(main.orders[30]).date_modified_gmt).toBe('2026-11-22T00:46:26')
  })

  it('lists the same refunds as the orders', () => {
    for (const { orders, refunds } of Object.values(finalShopStates())) {
      for (const [id, order] of Object.entries(orders)) {
        const named = Object(order).refunds.map((refund: { id: number }) => refund.id)
        expect((refunds[id] ?? []).map((refund) => Object(refund).id)).toEqual(named)
      }
    }
  })
})
