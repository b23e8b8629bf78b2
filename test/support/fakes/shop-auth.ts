import { createHmac, timingSafeEqual } from 'node:crypto'
import type { ReceivedRequest } from './http-server.ts'
import type { ShopKey } from './shop/keys.ts'
import { restError } from './shop/reply.ts'

const authenticationError = (message: string) =>
  restError('woocommerce_rest_authentication_error', message, 401)

const cannotView = restError('woocommerce_rest_cannot_view', 'Sorry, you cannot list resources.', 401)

/** How far the clocks may differ, in seconds. */
const clockWindow = 15 * 60

/** What the shop remembers between requests to tell a repeated one. */
export interface AuthMemory {
  nonces: Set<string>
  /** Of the shop's own clock, in seconds. */
  now(): number
}

/**
 * Finds the key that the request was signed with as WooCommerce does: Basic over https, OAuth 1 over http with its time
 * and a nonce that comes once. An unknown key is not told apart from none: the shop then answers as to a stranger.
 */
export function findKey(
  request: ReceivedRequest,
  origin: string,
  keys: ShopKey[],
  memory: AuthMemory,
): ShopKey | { status: number; body: object } {
  const url = new URL(request.url, origin)
  const basic = url.protocol === 'https:' ? readBasic(request.headers.authorization) : undefined
  const named = basic?.key ?? url.searchParams.get('oauth_consumer_key')
  const key = keys.find(({ consumerKey }) => consumerKey === named)
  if (!key) return cannotView
  if (basic) {
    return isSame(basic.secret, key.consumerSecret) ? key : authenticationError('Consumer secret is invalid.')
  }
  const signature = url.searchParams.get('oauth_signature') ?? ''
  if (!isSame(signature, signOAuth(request.method, url, key.consumerSecret))) {
    return authenticationError('Invalid signature - provided signature does not match.')
  }
  return refuseRepeated(url, memory) ?? key
}

function refuseRepeated(url: URL, memory: AuthMemory): { status: number; body: object } | undefined {
  const age = Math.abs(memory.now() - Number(url.searchParams.get('oauth_timestamp')))
  if (!(age <= clockWindow)) return authenticationError('Invalid timestamp.')
  const nonce = url.searchParams.get('oauth_nonce') ?? ''
  if (memory.nonces.has(nonce)) {
    return authenticationError('Invalid nonce - nonce has already been used.')
  }
  memory.nonces.add(nonce)
  return undefined
}

function readBasic(header: string | undefined): { key: string; secret: string } | undefined {
  if (!header?.startsWith('Basic ')) return undefined
  const [key = '', ...secret] = Buffer.from(header.slice(6), 'base64').toString('utf8').split(':')
  return { key, secret: secret.join(':') }
}

/**
 * RFC 5849, section 3.4, with HMAC-SHA256 and no token. A parameter that comes twice counts once, as PHP reads it: the
 * vendor's client repeats each parameter of a GET.
 */
function signOAuth(method: string, url: URL, consumerSecret: string): string {
  const params = [...new Map(url.searchParams)]
    .filter(([name]) => name !== 'oauth_signature')
    .map(([name, value]) => `${percent(name)}=${percent(value)}`)
    .sort()
    .join('&')
  const base = [method.toUpperCase(), percent(`${url.origin}${url.pathname}`), percent(params)].join('&')
  return createHmac('sha256', `${percent(consumerSecret)}&`)
    .update(base)
    .digest('base64')
}

function percent(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
