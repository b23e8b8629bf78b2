import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ShopState } from './final-states.ts'
import { type FakeServer, type ReceivedRequest, startServer } from './http-server.ts'
import { answerRest } from './shop/answer.ts'
import { answerAuthPage } from './shop/auth-pages.ts'
import { makeCertificate } from './shop/certificate.ts'
import { type Approval, approve, deny } from './shop/connect.ts'
import { addCustomer, type NewCustomer } from './shop/customers.ts'
import { type Delivered, type DeliverOptions, deliver } from './shop/deliver.ts'
import { makeKey, type ShopKey, type ShopKeyPair } from './shop/keys.ts'
import { type OrderActs, orderActs } from './shop/orders.ts'
import { type ProductActs, productActs } from './shop/products.ts'
import { type Reply, restError } from './shop/reply.ts'
import type { Paging } from './shop/rest/list.ts'
import { answerIndex } from './shop/rest/site.ts'
import { capturedProducts, type Site, type Store } from './shop/store.ts'
import { type ShopTrouble, troubles } from './shop/troubles.ts'
import { makeWebhooks, type Webhooks } from './shop/webhooks.ts'
import { phpJson } from './shop/wire.ts'
import { findKey } from './shop-auth.ts'

export type { ShopTrouble } from './shop/troubles.ts'

export interface FakeShop extends FakeServer, OrderActs, ProductActs {
  /** The orders and refunds as wire bodies. They may be changed at any time; the next GET shows it. */
  state: ShopState
  products: Store['products']
  customers: Store['customers']
  notes: Store['notes']
  site: Site
  requests: ReceivedRequest[]
  /** How long each answer takes, in ms. */
  slowness: number
  /** The most requests that were under way at once. */
  busiest: number
  /** The shop's clock; by it everything is dated. */
  now: () => Date
  paging: Paging
  /** Gives the account's id. */
  addCustomer(customer: NewCustomer): number
  addKey(key?: Partial<ShopKey>): ShopKey
  /** The merchant deletes the key. */
  revokeKey(consumerKey: string): void
  /** The merchant's side of the webhooks: see and change them, and what waits in the queue. */
  webhooks: Webhooks
  /** Runs the queue of deliveries once. */
  deliver(options?: DeliverOptions): Promise<Delivered>
  /** A public address of ours that leads to this one in truth; both are origins. */
  reach(publicOrigin: string, realOrigin: string): void
  /** The merchant opens the shop's page and lets us in, or does not. Throws ApprovalRefused. */
  approve(pageUrl: string): Promise<Approval>
  deny(pageUrl: string): Approval
  /**
   * The next `times` requests go wrong; for ever when not given. `where` is tried on method and address, such as
   * "GET /wp-json/wc/v3/orders/20/refunds?per_page=100".
   */
  misbehave(trouble: ShopTrouble, times?: number, where?: RegExp): void
  behave(): void
  /** What a client has to trust, when the shop speaks https. */
  certificate: string | undefined
}

export interface FakeShopOptions extends Partial<ShopKeyPair> {
  state?: ShopState
  port?: number
  /** The key may not write. */
  readOnly?: boolean
  /** With a certificate of its own, see `certificate`. */
  https?: boolean
  /** The shop stands in a folder of its site, such as "/store". */
  folder?: string
  site?: Partial<Site>
  now?: () => Date
  /** By how much the clock of its server is wrong, in ms; the dates of orders follow `now` only. */
  clockSkewMs?: number
  /** How long a delivery waits for an answer. A real shop waits for 60 s. Default 10 s. */
  deliveryTimeoutMs?: number
}

export const fakeShopKeys: ShopKeyPair = {
  consumerKey: 'ck_0123456789abcdef0123456789abcdef01234567',
  consumerSecret: 'cs_89abcdef0123456789abcdef0123456789abcdef',
}

/** A WooCommerce shop on 127.0.0.1 that speaks the recorded wire format and checks the signatures of its client. */
export async function startFakeShop(options: FakeShopOptions = {}): Promise<FakeShop> {
  const tls = options.https ? makeCertificate() : undefined
  const { consumerKey, consumerSecret } = { ...fakeShopKeys, ...options }
  const permissions = options.readOnly ? 'read' : 'read_write'
  const keys = [makeKey({ consumerKey, consumerSecret, permissions })]
  const routes = new Map<string, string>()
  const ids = { next: 1_000, nextItem: 50_000 }
  let trouble: { kind: ShopTrouble; left: number; where: RegExp } | undefined
  let home = ''
  let underWay = 0

  const store: Store = {
    state: options.state ?? { orders: {}, refunds: {} },
    products: capturedProducts(),
    customers: {},
    notes: [],
    site: {
      version: '10.5.0',
      currency: 'EUR',
      country: 'SI',
      timezone: 'Europe/Ljubljana',
      timezoneString: 'Europe/Ljubljana',
      customStatuses: {},
      ...options.site,
    },
    now: options.now ?? (() => new Date()),
    nextId: () => ids.next++,
    nextItemId: () => ids.nextItem++,
    home: () => home,
    emit: (topic, resourceId) => webhooks.emit(topic, resourceId),
  }
  const reach = (url: string): string => {
    const { origin } = new URL(url)
    return url.replace(origin, routes.get(origin) ?? origin)
  }
  const webhooks = makeWebhooks(store, { reach, timeoutMs: options.deliveryTimeoutMs ?? 10_000 })
  const door = { home: () => home, keys, reach }
  const memory = {
    nonces: new Set<string>(),
    now: () => (Date.now() + (options.clockSkewMs ?? 0)) / 1000,
  }

  const shop: Omit<FakeShop, keyof FakeServer> = Object.assign(store, {
    ...orderActs(store),
    ...productActs(store),
    requests: [],
    slowness: 0,
    busiest: 0,
    paging: 'honest' as const,
    webhooks,
    certificate: tls?.cert,
    addCustomer: (made: NewCustomer) => addCustomer(store, made),
    addKey(made: Partial<ShopKey> = {}) {
      keys.push(makeKey(made))
      return keys.at(-1) as ShopKey
    },
    revokeKey(consumerKey: string) {
      keys.splice(0, keys.length, ...keys.filter((key) => key.consumerKey !== consumerKey))
    },
    deliver: (how?: DeliverOptions) => deliver(webhooks, how),
    reach(publicOrigin: string, realOrigin: string) {
      routes.set(publicOrigin, realOrigin)
    },
    approve: (pageUrl: string) => approve(door, pageUrl),
    deny: (pageUrl: string) => deny(door, pageUrl),
    misbehave(kind: ShopTrouble, times = Number.POSITIVE_INFINITY, where = /^/) {
      trouble = { kind, left: times, where }
    },
    behave() {
      trouble = undefined
    },
  })

  const server = await startServer(
    options.port ?? 0,
    (request, response) => {
      shop.requests.push(request)
      underWay += 1
      shop.busiest = Math.max(shop.busiest, underWay)
      response.on('close', () => {
        underWay -= 1
      })
      if (trouble && trouble.left > 0 && trouble.where.test(`${request.method} ${request.url}`)) {
        const { kind } = trouble
        trouble.left -= 1
        if (kind !== 'lostAnswer') troubles[kind](response)
        else answer(request).finally(() => response.destroy())
        return
      }
      answer(request).then(
        (reply) => send(response, reply),
        (error: unknown) => send(response, restError('fake_shop_failed', String(error), 500)),
      )
    },
    tls,
  )
  home = `${server.url}${options.folder ?? ''}`

  async function answer(request: ReceivedRequest): Promise<Reply> {
    if (shop.slowness > 0) await sleep(shop.slowness)
    const url = new URL(request.url, server.url)
    if (url.pathname === `${options.folder ?? ''}/wp-json/`) {
      // WordPress takes it for one of its own application passwords.
      return tls && request.headers.authorization
        ? restError('invalid_username', 'Unknown username. Check again or try your email address.', 401)
        : answerIndex(store, url)
    }
    const page = await answerAuthPage(door, request.url.slice((options.folder ?? '').length), request)
    if (page) return page
    const key = findKey(request, server.url, keys, memory)
    if ('status' in key) return key
    return await answerRest({ store, webhooks, paging: shop.paging }, key, url, request)
  }

  return Object.assign(shop, { url: home, close: server.close })
}

function send(response: ServerResponse, { status, body, headers = {} }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8', ...headers })
  response.end(headers['content-type']?.startsWith('text/html') ? body : phpJson(body))
}
