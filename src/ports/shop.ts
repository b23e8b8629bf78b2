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
  /** Of an order that changes a subscription: it takes the place of what the subscription held before. */
  replaces?: true
}

/** What an order has to do with subscriptions that were bought by an earlier order. */
export interface ShopOrderSubscription {
  /**
   * `renewal`: pays the next period. `switch`: changes what is subscribed to, within a period that is paid. `resubscribe`:
   * begins an ended or cancelled subscription anew; it costs nothing while the paid period goes on.
   */
  kind: 'renewal' | 'switch' | 'resubscribe'
  /** The shop's ids; of a resubscribe those of the subscriptions that ended. Empty when the shop does not say. */
  subscriptionIds: string[]
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
    /** The language to write in, as the shop has it; undefined when it does not say. */
    locale?: string
  }
  lines: ShopOrderLine[]
  /** Undefined for an ordinary order, also for the one that a subscription began with. */
  subscription?: ShopOrderSubscription
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
  /** `at`: when the shop says that it was deleted; undefined when it does not, and then the receipt counts. */
  | { kind: 'orderDeleted'; orderId: string; at?: Date }
  /** Something of the product changed, or of one of its variations; what it is now has to be asked for. */
  | { kind: 'product'; productId: string }
  /** A product or a variation: the shop does not say which of them the id is. */
  | { kind: 'productDeleted'; id: string }
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
  /** What somebody has to give anew, as far as that can be told. */
  readonly about: 'url' | 'key' | 'secret' | undefined

  constructor(
    message: string,
    options: { status?: number; retriable: boolean; about?: ShopApiError['about'] },
  ) {
    super(message)
    this.name = 'ShopApiError'
    this.status = options.status
    this.retriable = options.retriable
    this.about = options.about
  }
}

/** One page of orders, oldest change first. */
export interface OrderPage {
  orders: ShopOrder[]
  /**
   * Orders of this page that could not be read; the others count all the same. Not necessarily for good: look at them
   * again later. `orderId` is '' when not even that is told.
   */
  unreadable: { orderId: string; modifiedAt: Date | undefined; reason: string }[]
  /** True when the shop has a further page of the same query. */
  more: boolean
  /** How many orders the whole query finds, when the shop says so. */
  total: number | undefined
}

/**
 * A shop's pages shift while orders change: one that was on a page already read moves to the end, and the first of the
 * next page slips into the one before, unread. Go on from a full page with `changedSince` = the last `modifiedAt` and
 * page 1; turn pages only while a whole page changed in the same second.
 */
export interface OrderQuery {
  /**
   * Orders changed at this moment or later, in all statuses, those in the trash too. Older WooCommerce shops compare
   * local times, in which an hour comes twice when summer time ends: look back further than an hour now and then. And
   * WooCommerce before 11.2 does not count the deletion of a refund as a change: look orders up by id now and then.
   */
  changedSince?: Date
  /** Only these, whatever their status. At most 100. */
  orderIds?: readonly string[]
  /** From 1. */
  page: number
  /** 100 at most. */
  pageSize: number
}

export interface KeyProblem {
  field: 'key' | 'secret'
  /** With the mend. Never holds the key. */
  message: string
}

/** What the shop says of itself: proof that address and keys belong together. */
export interface ShopFacts {
  /** Where the shop itself says that it is, such as https://shop.example. */
  homeUrl: string
  /** Of the shop's software, such as "10.5.0"; '' when the keys may not see it. */
  version: string
  /** ISO 4217; '' when the keys may not see it. */
  currency: string
  /** ISO 3166 two letters; '' when unknown. */
  country: string
  /** IANA name; undefined when the shop only knows an offset. */
  timezone: string | undefined
  /** Whether the keys may write. */
  mayWrite: boolean
}

/** A webhook as the shop has it. */
export interface ShopWebhook {
  webhookId: string
  name: string
  topic: string
  state: 'active' | 'paused' | 'disabled'
  deliveryUrl: string
}

export interface NewShopWebhook {
  name: string
  topic: string
  deliveryUrl: string
  secret: string
}

/** A product, or a variation of one, that can be sold by itself. */
export interface ShopProduct {
  productId: string
  variationId?: string
  /** Of a variation: the product's name and the choice, such as "Support plan – 20". */
  name: string
  sku: string
  /** Decimal string; '' when it has none. */
  price: string
  /** False for drafts and private products. */
  published: boolean
  /** Slugs; those of the product for a variation. */
  categories: string[]
  /** What the product says of the credits that it carries (`creditsKey` in its meta data), as written there. */
  proposedCredits?: string
  modifiedAt: Date | undefined
}

export interface ProductQuery {
  /** Words of the name or the SKU; all products when left out. */
  search?: string
  /** From 1. */
  page: number
  pageSize: number
  /** Key of the meta data in which a product says how many credits it carries. */
  creditsKey: string
}

export interface ProductPage {
  /** A variable product is not in it itself, but each of its variations is. */
  products: ShopProduct[]
  more: boolean
}

/** What a shop knows of a buyer, for the side panel. */
export interface ShopCustomerFacts {
  /** Without unfinished carts and the trash. */
  orders: number
  /** False when the shop has older orders still: then the figures tell of the newest 300 of each account and e-mail only. */
  complete: boolean
  /** Paid in the shop, refunds taken off, by currency, as decimal strings. */
  spent: { currency: string; amount: string }[]
  firstOrderAt: Date | undefined
  lastOrderAt: Date | undefined
  /** ISO 3166 two letters; '' when unknown. */
  country: string
  /** Every e-mail that stands on an order or on the account, lower case. */
  emails: string[]
  /** The newest ones, newest first, at most ten. */
  latest: {
    orderId: string
    number: string
    status: OrderStatus
    total: string
    currency: string
    at: Date
  }[]
}

/**
 * What can be asked of a shop whose keys we have. Every failure is a ShopApiError. Calls that change the shop are never
 * repeated by the connector, because the shop may have done it before the connection broke.
 */
export interface ShopApi {
  /** Of the webhooks that we need; all of them go to one address. */
  readonly webhookTopics: readonly string[]
  /** What is wrong with these keys without asking anybody: swapped, cut off, of something else. */
  findKeyProblems(keys: Pick<ShopKeys, 'consumerKey' | 'consumerSecret'>): KeyProblem[]
  /** Whether there is such a shop at this address, asked without keys. Where it says that it is. */
  probe(url: string): Promise<{ homeUrl: string }>
  /** Proves the keys and reads what the shop says of itself. */
  readFacts(keys: ShopKeys): Promise<ShopFacts>
  /** The order with its refunds' lines; undefined when the shop has it no more (404). */
  fetchOrder(keys: ShopKeys, orderId: string): Promise<ShopOrder | undefined>
  /** Orders with their refunds' lines. */
  listOrders(keys: ShopKeys, query: OrderQuery): Promise<OrderPage>
  /** The texts of the notes on the order, those of others too; none when the shop has the order no more. */
  listOrderNotes(keys: ShopKeys, orderId: string): Promise<string[]>
  /** Puts a note for the merchant on the order. */
  addOrderNote(keys: ShopKeys, orderId: string, note: string): Promise<void>
  /** Sets the order's meta data; null removes a key. An order that the shop has no more is left alone. */
  writeOrderMeta(keys: ShopKeys, orderId: string, meta: Record<string, string | null>): Promise<void>
  listWebhooks(keys: ShopKeys): Promise<ShopWebhook[]>
  addWebhook(keys: ShopKeys, webhook: NewShopWebhook): Promise<ShopWebhook>
  /** Sets what is given; undefined when the shop has no such webhook. */
  changeWebhook(
    keys: ShopKeys,
    webhookId: string,
    change: { state?: 'active'; deliveryUrl?: string; secret?: string },
  ): Promise<ShopWebhook | undefined>
  /** Deletes it for good; one that is gone already is no error. */
  removeWebhook(keys: ShopKeys, webhookId: string): Promise<void>
  listProducts(keys: ShopKeys, query: ProductQuery): Promise<ProductPage>
  /** The product with all its variations; empty when the shop has it no more. */
  fetchProduct(keys: ShopKeys, productId: string, creditsKey: string): Promise<ShopProduct[]>
  /** All orders of these accounts and those that name these e-mails, each once; at least one of both is given. */
  readCustomer(
    keys: ShopKeys,
    customer: { shopCustomerIds?: readonly string[]; emails?: readonly string[] },
  ): Promise<ShopCustomerFacts>
}

/** The shop's own page on which a merchant lets us in, and what comes back from it. */
export interface ShopAuthorisation {
  /** Where to send the merchant's browser. `state` comes back with the keys. */
  pageUrl(
    shopUrl: string,
    request: { appName: string; state: string; returnUrl: string; callbackUrl: string },
  ): string
  /** Reads the body that the shop posts to the callback; undefined when it is none. Pure, never throws. */
  readCallback(
    body: Buffer,
  ): { state: string; consumerKey: string; consumerSecret: string; mayWrite: boolean } | undefined
}

/** What came to a shop's webhook address. */
export interface ShopPost {
  /** By lower-case names, as Node gives them. */
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** The raw bytes: a signature covers those, whatever the headers claim. */
  body: Buffer
}

/** How a kind of shop posts to us. Pure functions; none throws, whatever came. */
export interface ShopIntake {
  /** In lower case. A post without it is nobody's. */
  signatureHeader: string
  /** A knock that brings nothing and proves nothing: it is answered 200 and forgotten. */
  isPing(post: ShopPost): boolean
  /** Whether the post was signed with this secret over its raw bytes. Timing-safe. */
  isSigned(post: ShopPost, secret: string): boolean
  /** What the post is about; `readDelivery` gets it with the body. */
  topicOf(post: ShopPost): string
  /** What helps to understand a delivery later; never a signature, a cookie or a key. */
  headersToKeep(post: ShopPost): Record<string, string>
  /**
   * What is wrong with a signed post, each field with the mend. For senders that read the answer: they get 422, and the post is
   * kept all the same. Absent for shops that only count failures: they always get 200.
   */
  findProblems?(post: ShopPost): PostProblem[]
  /** For openapi.json, where the format is ours. */
  document?: IntakeDocument
}

export interface PostProblem {
  /** "order.lines.0.sku", or "body". */
  field: string
  message: string
}

/** What somebody who writes a sender has to know. */
export interface IntakeDocument {
  summary: string
  description: string
  /** Of the header that holds the signature. */
  signature: string
  /** JSON Schema of the body. */
  schema: object
  example: unknown
}

export interface ShopPort {
  intake: ShopIntake
  /** Reads one delivery. Pure; never throws on bad input. */
  readDelivery(topic: string, body: Buffer): ReadDelivery
  /** Undefined for a kind of shop that only posts to us and cannot be asked. */
  api: ShopApi | undefined
  /** The page of an order for the merchant; absent for a kind of shop that has none. */
  orderPage?(shopUrl: string, orderId: string): string
  /** Undefined for a kind of shop that has no such page; its keys are pasted. */
  authorisation: ShopAuthorisation | undefined
}
