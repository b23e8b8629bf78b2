import type { ServerResponse } from 'node:http'
import type { ShopState } from './final-states.ts'
import { type FakeServer, type ReceivedRequest, sendJson, startServer } from './http-server.ts'
import { refuseStranger, restError, type ShopKeyPair } from './shop-auth.ts'

/**
 * How the shop misbehaves: never answers, fails, asks to slow down (busy: for a minute), drops the connection, sends a byte now and then,
 * promises more bytes than it sends, sends a page instead of JSON, a body far too large, sends on to another address,
 * or has no REST API.
 */
export type ShopTrouble =
  | 'hang'
  | 'error500'
  | 'error429'
  | 'busy'
  | 'drop'
  | 'drip'
  | 'short'
  | 'html'
  | 'huge'
  | 'redirect'
  | 'noRoute'
  | 'plain404'

export interface FakeShop extends FakeServer {
  /** The state may be changed at any time; the next GET shows it. */
  state: ShopState
  notes: { orderId: string; note: string }[]
  requests: ReceivedRequest[]
  /** The next `times` requests go wrong; for ever when not given. */
  misbehave(trouble: ShopTrouble, times?: number): void
  behave(): void
}

export interface FakeShopOptions extends Partial<ShopKeyPair> {
  state?: ShopState
  port?: number
  /** The key may not write. */
  readOnly?: boolean
}

export const fakeShopKeys: ShopKeyPair = {
  consumerKey: 'ck_0123456789abcdef0123456789abcdef01234567',
  consumerSecret: 'cs_89abcdef0123456789abcdef0123456789abcdef',
}

/** A WooCommerce shop on 127.0.0.1 that speaks the recorded wire format and checks the signatures of its client. */
export async function startFakeShop(options: FakeShopOptions = {}): Promise<FakeShop> {
  const keys = { ...fakeShopKeys, ...options }
  let trouble: { kind: ShopTrouble; left: number } | undefined
  const shop: Omit<FakeShop, keyof FakeServer> = {
    state: options.state ?? { orders: {}, refunds: {} },
    notes: [],
    requests: [],
    misbehave(kind, times = Number.POSITIVE_INFINITY) {
      trouble = { kind, left: times }
    },
    behave() {
      trouble = undefined
    },
  }
  const server = await startServer(options.port ?? 0, (request, response) => {
    shop.requests.push(request)
    if (trouble && trouble.left > 0) {
      trouble.left -= 1
      troubles[trouble.kind](response)
      return
    }
    const reply: Reply =
      refuseStranger(request, server.url, keys) ??
      answer(shop, options.readOnly ?? false, new URL(request.url, server.url), request)
    sendJson(response, reply.status, reply.body, reply.headers)
  })
  return Object.assign(shop, server)
}

interface Reply {
  status: number
  body: unknown
  headers?: Record<string, string>
}

const noRoute = restError('rest_no_route', 'No route was found matching the URL and request method.', 404)

function answer(
  shop: Omit<FakeShop, keyof FakeServer>,
  readOnly: boolean,
  url: URL,
  request: ReceivedRequest,
): Reply {
  const path = url.pathname.replace(/^\/wp-json\/wc\/v3\//, '')
  if (path === 'orders' && request.method === 'GET') return pageOf(Object.values(shop.state.orders), url)
  const [, orderId = '', part = ''] = /^orders\/(\d+)(?:\/(refunds|notes))?$/.exec(path) ?? []
  if (!orderId) return noRoute
  const order = shop.state.orders[orderId]
  if (!order) return restError('woocommerce_rest_shop_order_invalid_id', 'Invalid ID.', 404)
  if (request.method === 'GET' && part === '') return { status: 200, body: order }
  if (request.method === 'GET' && part === 'refunds') return pageOf(shop.state.refunds[orderId] ?? [], url)
  if (request.method !== 'POST' || part !== 'notes') return noRoute
  return readOnly
    ? restError(
        'woocommerce_rest_authentication_error',
        'The API key provided does not have write permissions.',
        401,
      )
    : takeNote(shop, orderId, request)
}

function takeNote(shop: Pick<FakeShop, 'notes'>, orderId: string, request: ReceivedRequest): Reply {
  const { note } = JSON.parse(request.body) as { note: string }
  shop.notes.push({ orderId, note })
  const body = {
    id: shop.notes.length,
    author: 'WooCommerce',
    date_created_gmt: new Date().toISOString().slice(0, 19),
    note,
    customer_note: false,
  }
  return { status: 201, body }
}

function pageOf(rows: object[], url: URL): Reply {
  const size = Number(url.searchParams.get('per_page') ?? 10)
  const page = Number(url.searchParams.get('page') ?? 1)
  return {
    status: 200,
    body: rows.slice((page - 1) * size, page * size),
    headers: { 'x-wp-total': String(rows.length), 'x-wp-totalpages': String(Math.ceil(rows.length / size)) },
  }
}

const troubles: Record<ShopTrouble, (response: ServerResponse) => void> = {
  hang: () => undefined,
  drop: (response) => {
    response.destroy()
  },
  error500: (response) =>
    sendRefusal(
      response,
      restError('internal_server_error', 'There has been a critical error on this website.', 500),
    ),
  busy: (response) =>
    sendJson(response, 429, { code: 'too_many_requests', message: 'Wait.' }, { 'retry-after': '60' }),
  error429: (response) => sendRefusal(response, restError('too_many_requests', 'Slow down.', 429)),
  noRoute: (response) => sendRefusal(response, noRoute),
  plain404: (response) => sendHtml(response, 404, '<html><body>Not Found</body></html>'),
  html: (response) =>
    sendHtml(response, 200, '<html><body>Briefly unavailable for scheduled maintenance.</body></html>'),
  huge: (response) => sendJson(response, 200, { id: 1, filler: 'x'.repeat(8_000_000) }),
  redirect: (response) => {
    response.writeHead(301, { location: `https://www.shop.example${response.req.url}` })
    response.end()
  },
  short: (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' })
    response.write('{"id":1')
    setTimeout(() => response.destroy(), 20)
  },
  drip: (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const timer = setInterval(() => response.write(' '), 20)
    response.on('close', () => clearInterval(timer))
  },
}

function sendRefusal(response: ServerResponse, refusal: { status: number; body: object }): void {
  sendJson(response, refusal.status, refusal.body)
}

function sendHtml(response: ServerResponse, status: number, page: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=UTF-8' })
  response.end(page)
}
