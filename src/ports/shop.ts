/** What we need of a shop, whatever sells in it. A connector turns the shop's wire format into these words. */

export type OrderStatus = string

export interface ShopOrderLine {
  lineId: string
  productId: string
  variationId?: string
  sku: string
  name: string
  quantity: number
  /** Units taken back by refunds that name this line. 0 when that is not known. */
  refundedQuantity: number
  /** Line total after discount, without tax, in the order's currency, as the shop wrote it ("125.00"). */
  total: string
  tax: string
}

export interface ShopOrder {
  orderId: string
  /** The number that the merchant sees. */
  number: string
  status: OrderStatus
  currency: string
  total: string
  /** UTC. Undefined when nobody has paid (cash on delivery stays undefined until completed). */
  paidAt?: Date
  modifiedAt: Date
  createdVia: string
  customerNote: string
  customer: {
    /** The shop's own customer id; undefined for a guest. */
    shopCustomerId?: string
    /** Lower case; undefined when the order has none. */
    email?: string
    name: string
    company: string
    /** As typed by the customer; the domain makes it E.164 by `country`. */
    phone: string
    /** ISO 3166 two letters, upper case; '' when unknown. */
    country: string
  }
  lines: ShopOrderLine[]
  /** Sum of all refunds, positive, as a decimal string. */
  refundedTotal: string
  /**
   * What was refunded beyond lines with a quantity, shipping and fees: amounts that take no units back, so a person
   * decides. Undefined when the lines of the refunds are not known.
   */
  refundedWithoutLines?: string
}

/** A delivery's body after reading. `unreadable` and `unsupported` carry a reason that a person can act on. */
export type ReadDelivery =
  | { kind: 'order'; order: ShopOrder }
  | { kind: 'orderDeleted'; orderId: string }
  | { kind: 'unsupported'; reason: string }
  | { kind: 'unreadable'; reason: string }

export interface ShopKeys {
  url: string
  consumerKey: string
  consumerSecret: string
}

/** A failure of the shop's API. `message` never contains keys. `retriable`: time-outs, 429, 5xx, no connection. */
export class ShopApiError extends Error {
  readonly status: number | undefined
  readonly retriable: boolean

  constructor(message: string, options: { status?: number; retriable: boolean }) {
    super(message)
    this.name = 'ShopApiError'
    this.status = options.status
    this.retriable = options.retriable
  }
}

export interface ShopPort {
  /** Reads one delivery. Pure; never throws on bad input. */
  readDelivery(topic: string, body: Buffer): ReadDelivery
  /** The order with its refunds' lines; undefined when the shop has it no more (404). Throws ShopApiError. */
  fetchOrder(keys: ShopKeys, orderId: string): Promise<ShopOrder | undefined>
  /** Puts a note for the merchant on the order. Throws ShopApiError. */
  addOrderNote(keys: ShopKeys, orderId: string, note: string): Promise<void>
}
