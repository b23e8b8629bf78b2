import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createWooCommerceShop } from '../../../connectors/woocommerce/woocommerce.ts'
import type { ShopKeys } from '../../../src/ports/shop.ts'
import { finalShopStates } from '../../support/fakes/final-states.ts'
import { type FakeShop, fakeShopKeys, startFakeShop } from '../../support/fakes/shop.ts'

const port = createWooCommerceShop({ allowPrivateAddresses: true, retryDelaysMs: [1, 1] })
let shop: FakeShop
let keys: ShopKeys

beforeAll(async () => {
  shop = await startFakeShop()
})
afterAll(() => shop.close())
beforeEach(() => {
  shop.state = finalShopStates().main
  shop.requests.length = 0
  keys = { ...fakeShopKeys, url: shop.url }
})

describe('fetching an order', () => {
  it('reads the refunds with their lines', async () => {
    const order = await port.api.fetchOrder(keys, '20')
    expect(order?.lines.map((line) => [line.lineId, line.quantity, line.refundedQuantity])).toEqual([
      ['3', 1, 0],
      ['4', 2, 1],
      ['5', 1, 0],
      ['6', 1, 0],
    ])
    expect(order?.refundedTotal).toBe('230.50')
    expect(order?.refundedWithoutLines).toBe('10.00')
    expect(shop.requests.map((request) => new URL(request.url, shop.url).pathname)).toEqual([
      '/wp-json/wc/v3/orders/20',
      '/wp-json/wc/v3/orders/20/refunds',
    ])
  })

  it('asks for no refunds when the order has none', async () => {
    const order = await port.api.fetchOrder(keys, '19')
    expect(order?.refundedWithoutLines).toBe('0.00')
    expect(shop.requests).toHaveLength(1)
  })

  it('signs with OAuth over http and sends no key in a header', async () => {
    await port.api.fetchOrder(keys, '19')
    expect(shop.requests[0]?.headers.authorization).toBeUndefined()
    expect(shop.requests[0]?.url).toContain('oauth_signature_method=HMAC-SHA256')
    expect(shop.requests[0]?.url).not.toContain(fakeShopKeys.consumerSecret)
  })

  it('shows trashed orders as trash and lost ones as undefined', async () => {
    expect((await port.api.fetchOrder(keys, '30'))?.status).toBe('trash')
    expect((await port.api.fetchOrder(keys, '43'))?.status).toBe('trash')
    expect(await port.api.fetchOrder(keys, '44')).toBeUndefined()
  })

  it('reads a full refund with a line and one without', async () => {
    const withLine = await port.api.fetchOrder(keys, '25')
    expect(withLine).toMatchObject({
      status: 'refunded',
      refundedTotal: '220.50',
      refundedWithoutLines: '0.00',
    })
    expect(withLine?.lines[0]?.refundedQuantity).toBe(1)
    const withoutLine = await port.api.fetchOrder(keys, '27')
    expect(withoutLine).toMatchObject({
      status: 'refunded',
      refundedTotal: '125.00',
      refundedWithoutLines: '125.00',
    })
  })

  it('reads the second shop', async () => {
    shop.state = finalShopStates().second
    const order = await port.api.fetchOrder(keys, '13')
    expect(order).toMatchObject({ status: 'trash', refundedTotal: '125.00', refundedWithoutLines: '0.00' })
    expect(order?.lines.map((line) => line.refundedQuantity)).toEqual([1, 0])
  })

  it('follows the pages of a long list of refunds', async () => {
    const refund = { amount: '0.01', line_items: [], shipping_lines: [], fee_lines: [] }
    const refunds = Array.from({ length: 230 }, (_, index) => ({ id: 1000 + index, ...refund }))
    shop.state = {
      orders: { 20: { ...shop.state.orders[20], refunds: [{ id: 1000, reason: '', total: '-0.01' }] } },
      refunds: { 20: refunds },
    }
    expect((await port.api.fetchOrder(keys, '20'))?.refundedTotal).toBe('2.30')
    expect(shop.requests).toHaveLength(4)
  })

  it('counts a refund that the list does not hold as an amount without lines', async () => {
    shop.state.refunds = {}
    expect(await port.api.fetchOrder(keys, '25')).toMatchObject({
      refundedTotal: '220.50',
      refundedWithoutLines: '220.50',
    })
  })

  it('counts a line refunded by amount only, and not shipping, tax or rounding', async () => {
    const line = (quantity: number, total: string) => ({
      quantity,
      total,
      total_tax: '-2.20',
      meta_data: [{ key: '_refunded_item_id', value: 4 }],
    })
    shop.state.refunds = {
      20: [
        {
          id: 21,
          amount: '17.71',
          line_items: [line(-1, '-10.00')],
          shipping_lines: [{ total: '-4.50', total_tax: '-1.00' }],
        },
        { id: 22, amount: '12.20', line_items: [line(0, '-10.00')] },
      ],
    }
    const order = await port.api.fetchOrder(keys, '20')
    expect(order).toMatchObject({ refundedTotal: '29.91', refundedWithoutLines: '12.20' })
    expect(order?.lines[1]?.refundedQuantity).toBe(1)
  })
})

describe('adding a note', () => {
  it('writes it with its letters', async () => {
    await port.api.addOrderNote(keys, '24', 'Ticket 1042 opened, 10 credits – čšž')
    expect(shop.notes.at(-1)).toEqual({ orderId: '24', note: 'Ticket 1042 opened, 10 credits – čšž' })
  })
})
