import { type Capture, loadCaptures, loadExchanges } from './captures.ts'

/** What one shop would answer to GETs: orders and their refunds as wire bodies, by order id. */
export interface ShopState {
  orders: Record<string, object>
  refunds: Record<string, object[]>
}

interface OrderBody {
  id: number
  status: string
  date_modified_gmt: string
  line_items: { id: number; name: string; product_id: number; variation_id: number; sku: string }[]
  refunds: { id: number; reason: string; total: string }[]
}

/**
 * The two shops behind the captures as they stood when the recording ended: of each order the latest body, trashed
 * orders with status trash (GET still shows them), and the refunds with their lines. An order that was deleted for
 * good is not in it, so a GET finds nothing.
 */
export function finalShopStates(captures: Capture[] = loadCaptures()): {
  main: ShopState
  second: ShopState
} {
  const main = finalOrders(captures.filter((capture) => capture.shop === 'main'))
  const second = finalOrders(captures.filter((capture) => capture.shop === 'second'))
  return {
    main: {
      orders: main,
      refunds: {
        20: recordedRefunds(20),
        25: [refundOf(main[25], [{ lineId: 13, quantity: -1, total: '-220.50' }])],
        // Setting the status to refunded makes a refund of the whole amount that names no line (F3).
        27: [refundOf(main[27], [])],
      },
    },
    second: {
      orders: second,
      refunds: { 13: [refundOf(second[13], [{ lineId: 1, quantity: -1, total: '-125.00' }])] },
    },
  }
}

function finalOrders(captures: Capture[]): Record<string, OrderBody> {
  const orders: Record<string, OrderBody> = {}
  for (const { body } of captures) {
    if (!isOrder(body)) continue
    const known = orders[body.id]
    if (!known || body.date_modified_gmt >= known.date_modified_gmt) orders[body.id] = structuredClone(body)
  }
  for (const capture of captures.filter(({ topic }) => topic === 'order.deleted')) trash(orders, capture)
  return orders
}

/** Trashing changes the order's time; the moment of the delivery stands for it, because GETs were not recorded. */
function trash(orders: Record<string, OrderBody>, capture: Capture): void {
  const body = capture.body
  const id = typeof body === 'object' && body !== null && 'id' in body ? Number(body.id) : Number.NaN
  const order = orders[id]
  if (!order || order.status === 'trash') return
  orders[id] = { ...order, status: 'trash', date_modified_gmt: capture.receivedAt.slice(0, 19) }
}

function isOrder(body: unknown): body is OrderBody {
  return typeof body === 'object' && body !== null && 'line_items' in body && 'date_modified_gmt' in body
}

function recordedRefunds(orderId: number): object[] {
  const path = `/wp-json/wc/v3/orders/${orderId}/refunds`
  const exchange = loadExchanges('rest-05-order-refunds.json').find(({ request }) => request.path === path)
  if (!Array.isArray(exchange?.body)) throw new Error(`no recorded refunds of order ${orderId}`)
  return exchange.body
}

/** A refund object in the shape of rest-05 for an order whose refunds were not recorded. */
function refundOf(
  order: OrderBody | undefined,
  lines: { lineId: number; quantity: number; total: string }[],
): object {
  const refund = order?.refunds[0]
  if (!order || !refund) throw new Error('this order has no refund')
  return {
    id: refund.id,
    date_created_gmt: order.date_modified_gmt,
    amount: refund.total.replace('-', ''),
    reason: refund.reason,
    refunded_by: 1,
    refunded_payment: false,
    meta_data: [],
    line_items: lines.map((line) => ({
      ...order.line_items.find(({ id }) => id === line.lineId),
      id: refund.id * 100 + line.lineId,
      quantity: line.quantity,
      total: line.total,
      total_tax: '0.00',
      meta_data: [
        {
          id: 1,
          key: '_refunded_item_id',
          value: String(line.lineId),
          display_key: '_refunded_item_id',
          display_value: String(line.lineId),
        },
      ],
    })),
    shipping_lines: [],
    tax_lines: [],
    fee_lines: [],
  }
}
