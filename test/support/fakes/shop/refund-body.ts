import { loadExchanges } from '../captures.ts'
import { dates, linksOf, type Store } from './store.ts'
import { cents, type LineBody, money, type OrderBody } from './wire.ts'

export interface NewRefund {
  /** Units taken back, by line id. */
  quantities: Record<number, number>
  /** Default: the price of those units. */
  amount?: string | undefined
  reason?: string | undefined
}

interface RefundBody {
  [field: string]: unknown
  id: number
  amount: string
  reason: string
}

const templates = loadExchanges('rest-05-order-refunds.json')[0]?.body as (RefundBody & {
  line_items: LineBody[]
})[]
const [withoutLines, withLine] = templates

/** A refund in the shape of rest-05, with negative quantities and totals. */
export function makeRefund(store: Store, order: OrderBody, made: NewRefund): RefundBody {
  const id = store.nextId()
  const lines = Object.entries(made.quantities).map(([lineId, quantity]) =>
    refundLine(store, order, Number(lineId), quantity),
  )
  const named = lines.reduce((sum, line) => sum - cents(line.total), 0)
  return {
    ...structuredClone(withoutLines),
    id,
    ...dates(store, 'date_created', store.now()),
    amount: made.amount === undefined ? money(named) : money(cents(made.amount)),
    reason: made.reason ?? '',
    meta_data: [{ id: store.nextItemId(), key: '_refund_type', value: 'partial' }],
    line_items: lines,
    _links: linksOf(store, `orders/${order.id}/refunds`, id, {
      up: `orders/${order.id}`,
      allow: 'notes',
    }),
  }
}

function refundLine(store: Store, order: OrderBody, lineId: number, quantity: number): LineBody {
  const line = order.line_items.find(({ id }) => id === lineId)
  if (!line) throw new RangeError(`order ${order.id} has no line ${lineId}`)
  const total = money(-cents(line.price) * quantity)
  return {
    ...structuredClone(withLine?.line_items[0] as LineBody),
    id: store.nextItemId(),
    name: line.name,
    product_id: line.product_id,
    variation_id: line.variation_id,
    quantity: -quantity,
    subtotal: total,
    total,
    sku: line.sku,
    price: line.price,
    parent_name: line.parent_name,
    meta_data: [
      {
        id: store.nextItemId(),
        key: '_refunded_item_id',
        value: String(lineId),
        display_key: '_refunded_item_id',
        display_value: String(lineId),
      },
    ],
  }
}
