import { captureNumber } from '../captures.ts'
import { dates, linksOf, type Store } from './store.ts'
import { cents, type LineBody, type MetaBody, money, type OrderBody } from './wire.ts'

export interface NewLine {
  /** Of the product, or of the variation itself. Default SUPPORT-10. */
  sku?: string
  /** When the product has no SKU. */
  productId?: number
  quantity?: number
  /** Of one; default the product's. */
  price?: number
}

export interface NewOrder {
  lines?: NewLine[]
  /** Default processing. */
  status?: string
  /** Default: paid when the status says so and it is not cash on delivery. */
  paid?: boolean
  email?: string
  firstName?: string
  lastName?: string
  company?: string
  phone?: string
  country?: string
  customerId?: number
  currency?: string
  /** Such as "bacs" or "cod". */
  paymentMethod?: string
  /** Such as "checkout" or "subscription". Default "rest-api". */
  createdVia?: string
  note?: string
  shipping?: number
  meta?: Record<string, unknown>
}

const template = captureNumber(5).body as OrderBody
const simpleLine = template.line_items[0] as LineBody
const variationLine = (captureNumber(8).body as OrderBody).line_items[0] as LineBody

/** A new order in the shape of capture 05. */
export function makeOrder(store: Store, made: NewOrder): OrderBody {
  const id = store.nextId()
  const now = store.now()
  const status = made.status ?? 'processing'
  const isPaid = made.paid ?? (/^(processing|completed)$/.test(status) && made.paymentMethod !== 'cod')
  const order: OrderBody = {
    ...structuredClone(template),
    id,
    status,
    currency: made.currency ?? store.site.currency,
    currency_symbol: symbolOf(made.currency ?? store.site.currency),
    version: store.site.version,
    ...dates(store, 'date_created', now),
    ...dates(store, 'date_modified', now),
    ...dates(store, 'date_paid', isPaid ? now : undefined),
    ...dates(store, 'date_completed', status === 'completed' ? now : undefined),
    customer_id: made.customerId ?? 0,
    order_key: `wc_order_fake${id}`,
    billing: {
      ...template.billing,
      first_name: made.firstName ?? 'Ana',
      last_name: made.lastName ?? 'Novak',
      company: made.company ?? '',
      country: made.country ?? 'SI',
      email: made.email ?? `customer-${id}@example.test`,
      phone: made.phone ?? '+386 40 123 456',
    },
    payment_method: made.paymentMethod ?? 'bacs',
    payment_method_title: made.paymentMethod === 'cod' ? 'Cash on delivery' : 'Direct bank transfer',
    created_via: made.createdVia ?? 'rest-api',
    customer_note: made.note ?? '',
    number: String(id),
    shipping_total: money(cents(made.shipping ?? 0)),
    meta_data: Object.entries(made.meta ?? {}).map(([key, value]) => metaOf(store, key, value)),
    line_items: (made.lines ?? [{}]).map((line) => makeLine(store, line)),
    refunds: [],
    payment_url: `${store.home()}/checkout/order-pay/${id}/?pay_for_order=true&key=wc_order_fake${id}`,
    _links: orderLinks(store, id, made.customerId ?? 0),
  }
  sumUp(order)
  return order
}

export function makeLine(store: Store, line: NewLine): LineBody {
  const product = Object.values(store.products).find(({ id, sku }) =>
    line.productId === undefined ? sku === (line.sku ?? 'SUPPORT-10') : id === line.productId,
  )
  if (!product) throw new RangeError(`the fake shop does not sell ${line.productId ?? line.sku}`)
  const parent = product.parent_id === 0 ? undefined : store.products[product.parent_id]
  const body: LineBody = {
    ...structuredClone(parent ? variationLine : simpleLine),
    id: store.nextItemId(),
    name: parent ? `${parent.name} - ${product.name}` : product.name,
    product_id: parent?.id ?? product.id,
    variation_id: parent ? product.id : 0,
    sku: product.sku || (parent?.sku ?? ''),
    meta_data: parent ? choicesOf(store, product.attributes) : [],
    parent_name: parent?.name ?? null,
  }
  return setQuantity(body, line.quantity ?? 1, line.price ?? Number(product.price))
}

/** Sets what follows from quantity and price. The price is a number, the totals are texts. */
export function setQuantity(line: LineBody, quantity: number, price: number): LineBody {
  const total = money(cents(price) * quantity)
  return Object.assign(line, { quantity, price, subtotal: total, total })
}

/** Sets the order's total from its lines, shipping and fees, and what follows from the status. */
export function sumUp(order: OrderBody): void {
  const fees = (order.fee_lines as { total: string }[]).map(({ total }) => total)
  const parts = [...order.line_items.map(({ total }) => total), String(order.shipping_total), ...fees]
  order.total = money(parts.reduce((sum, part) => sum + cents(part), 0))
  order.is_editable = /^(pending|on-hold|auto-draft)$/.test(order.status)
  order.needs_payment = /^(pending|failed|checkout-draft)$/.test(order.status) && cents(order.total) > 0
}

export function metaOf(store: Pick<Store, 'nextItemId'>, key: string, value: unknown): MetaBody {
  return { id: store.nextItemId(), key, value }
}

function choicesOf(store: Store, attributes: { name: string; option?: string }[]): object[] {
  return attributes.map(({ name, option }) => ({
    ...metaOf(store, name.toLowerCase(), option),
    display_key: name,
    display_value: option,
  }))
}

function orderLinks(store: Store, id: number, customerId: number): object {
  const rest = `${store.home()}/wp-json/wc/v3`
  return {
    ...linksOf(store, 'orders', id),
    email_templates: [{ embeddable: true, href: `${rest}/orders/${id}/actions/email_templates` }],
    ...(customerId > 0 && { customer: [{ href: `${rest}/customers/${customerId}` }] }),
  }
}

const symbols = new Map<string, string>()

/** Kept, because the formatter is the slowest part of making an order. */
function symbolOf(currency: string): string {
  const known = symbols.get(currency)
  if (known) return known
  const format = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const
  const parts = new Intl.NumberFormat('en', format).formatToParts(0)
  const symbol = parts.find(({ type }) => type === 'currency')?.value ?? currency
  symbols.set(currency, symbol)
  return symbol
}
