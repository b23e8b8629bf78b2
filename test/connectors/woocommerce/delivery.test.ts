import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { readDelivery } from '../../../connectors/woocommerce/delivery.ts'
import type { ShopOrder } from '../../../src/ports/shop.ts'
import { captureNumber, loadCaptures } from '../../support/fakes/captures.ts'

function orderOf(number: number): ShopOrder {
  const capture = captureNumber(number)
  const read = readDelivery(capture.topic ?? '', capture.rawBody)
  if (read.kind !== 'order') throw new Error(`capture ${number} is ${JSON.stringify(read)}`)
  return read.order
}

function changed(number: number, change: object): Buffer {
  return Buffer.from(JSON.stringify({ ...Object(captureNumber(number).body), ...change }))
}

describe('reading a delivery', () => {
  it('understands every recorded delivery', () => {
    const kinds = loadCaptures()
      .filter((capture) => capture.topic !== null)
      .map((capture) => [capture.file.slice(0, 2), readDelivery(capture.topic ?? '', capture.rawBody).kind])
    const others = kinds.filter(([, kind]) => kind !== 'order')
    expect(others).toEqual([
      ['29', 'unsupported'],
      ['33', 'orderDeleted'],
      ['43', 'orderDeleted'],
      ['44', 'unreadable'],
      ['50', 'orderDeleted'],
      ['51', 'product'],
    ])
    expect(kinds).toHaveLength(49)
  })

  it('puts a mixed order into our words', () => {
    const order = orderOf(6)
    expect(order).toMatchObject({
      orderId: '20',
      number: '20',
      status: 'processing',
      currency: 'EUR',
      total: '661.65',
      paidAt: new Date('2026-11-22T00:45:45Z'),
      modifiedAt: new Date('2026-11-22T00:45:45Z'),
      createdVia: 'rest-api',
      customer: { email: 'cene@example.test', name: 'Cene Hribar', phone: '+386 40 123 456', country: 'SI' },
      refundedTotal: '0.00',
      refundedWithoutLines: '0.00',
    })
    expect(order.customer.shopCustomerId).toBeUndefined()
    expect(
      order.lines.map((line) => [line.lineId, line.productId, line.variationId, line.sku, line.quantity]),
    ).toEqual([
      ['3', '11', undefined, 'SUPPORT-10', 1],
      ['4', '12', '14', 'SUPPORT-20', 2],
      ['5', '15', undefined, 'MUG-1', 1],
      ['6', '17', undefined, '', 1],
    ])
  })

  it('knows the sum of refunds but not their lines', () => {
    const order = orderOf(18)
    expect(order.refundedTotal).toBe('230.50')
    expect(order.refundedWithoutLines).toBeUndefined()
    expect(order.lines.map((line) => line.refundedQuantity)).toEqual([0, 0, 0, 0])
  })

  it('leaves unpaid orders unpaid and keeps the date of a cancelled one', () => {
    expect(orderOf(3).paidAt).toBeUndefined()
    expect(orderOf(38).paidAt).toBeUndefined()
    expect(orderOf(28).paidAt).toEqual(new Date('2026-11-22T00:46:19Z'))
  })

  it('tells a registered customer from a guest', () => {
    expect(orderOf(11).customer.shopCustomerId).toBe('2')
  })

  it('makes an empty e-mail undefined and a mixed-case one lower case', () => {
    const billing = { first_name: 'A', last_name: '', company: '', country: 'si', email: '', phone: null }
    const none = readDelivery('order.updated', changed(3, { billing }))
    expect(none).toMatchObject({
      kind: 'order',
      order: { customer: { name: 'A', country: 'SI', phone: '' } },
    })
    expect(none.kind === 'order' && 'email' in none.order.customer).toBe(false)
    const mixed = readDelivery(
      'order.updated',
      changed(3, { billing: { ...billing, email: ' Ana@Example.Test ' } }),
    )
    expect(mixed).toMatchObject({ order: { customer: { email: 'ana@example.test' } } })
  })

  it('names the code of an error object', () => {
    const capture = captureNumber(44)
    expect(readDelivery('order.created', capture.rawBody)).toEqual({
      kind: 'unreadable',
      reason: expect.stringContaining('woocommerce_rest_shop_order_invalid_id'),
    })
  })

  it('survives what plugins and old shops write', () => {
    const read = readDelivery(
      'order.updated',
      changed(3, {
        code: 'PROMO',
        message: 'hello',
        number: 'R-2026/18',
        customer_id: '7',
        refunds: null,
        date_paid_gmt: '0000-00-00T00:00:00',
        billing: [],
        extra: { deep: [1] },
      }),
    )
    expect(read).toMatchObject({
      kind: 'order',
      order: { number: 'R-2026/18', customer: { shopCustomerId: '7', name: '' }, refundedTotal: '0.00' },
    })
  })

  it('never throws on bad input and says where it breaks', () => {
    const bodies = ['', '{', 'null', '[]', '"x"', '42', '{}', '{"id":"a"}', '\u0000', '['.repeat(200_000)]
    for (const body of bodies) {
      for (const topic of ['order.created', 'order.deleted', 'product.updated', 'product.deleted']) {
        expect(readDelivery(topic, Buffer.from(body)).kind).toBe('unreadable')
      }
    }
    expect(readDelivery('order.created', Buffer.from([0xff, 0xfe, 0x00])).kind).toBe('unreadable')
    const line = { id: 1, name: 'x', product_id: 11, quantity: 'many', total: '1.00' }
    expect(readDelivery('order.updated', changed(3, { line_items: [line] }))).toEqual({
      kind: 'unreadable',
      reason: expect.stringContaining('line_items.0.quantity'),
    })
    const noTime = changed(3, { date_modified_gmt: null, date_created_gmt: null })
    expect(readDelivery('order.updated', noTime).kind).toBe('unreadable')
  })

  it('never throws on an order with any field replaced by anything', () => {
    const body = Object(captureNumber(18).body)
    const fields = fc.constantFrom(...Object.keys(body), 'code', 'message')
    fc.assert(
      fc.property(fields, fc.jsonValue({ maxDepth: 3 }), (field, value) => {
        const read = readDelivery('order.updated', Buffer.from(JSON.stringify({ ...body, [field]: value })))
        expect(['order', 'unreadable']).toContain(read.kind)
      }),
      { numRuns: 500 },
    )
  })

  it('reads of a product only which one changed: of a variation its product', () => {
    const read = (topic: string, body: object) => readDelivery(topic, Buffer.from(JSON.stringify(body)))
    for (const topic of ['product.created', 'product.updated', 'product.restored']) {
      expect(read(topic, Object(captureNumber(51).body))).toEqual({ kind: 'product', productId: '11' })
      expect(read(topic, { id: 13, type: 'variation', parent_id: 12 })).toEqual({
        kind: 'product',
        productId: '12',
      })
      expect(read(topic, { id: 9, type: 'simple', parent_id: 4 })).toEqual({
        kind: 'product',
        productId: '9',
      })
    }
    expect(read('product.deleted', { id: 13 })).toEqual({ kind: 'productDeleted', id: '13' })
    const gone = {
      code: 'woocommerce_rest_product_invalid_id',
      message: 'Invalid ID.',
      data: { status: 404 },
    }
    expect(read('product.updated', gone)).toEqual({
      kind: 'unreadable',
      reason: expect.stringContaining('The product was gone when the webhook ran.'),
    })
  })

  it('calls any other topic unsupported, whatever its body', () => {
    for (const topic of [
      'customer.created',
      'toString',
      'action.woocommerce_x',
      '',
      'order.',
      'ORDER.CREATED',
    ]) {
      expect(readDelivery(topic, Buffer.from('{')).kind).toBe('unsupported')
    }
  })
})
