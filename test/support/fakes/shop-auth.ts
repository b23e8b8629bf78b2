import { createHmac, timingSafeEqual } from 'node:crypto'
import type { ReceivedRequest } from './http-server.ts'

export interface ShopKeyPair {
  consumerKey: string
  consumerSecret: string
}

/** The REST error bodies that WooCommerce answers (rest-06-errors.json). */
export function restError(code: string, message: string, status: number): { status: number; body: object } {
  return { status, body: { code, message, data: { status } } }
}

const authenticationError = (message: string) =>
  restError('woocommerce_rest_authentication_error', message, 401)

/**
 * Checks OAuth 1 (the key in the query) or Basic as WooCommerce does. Undefined when the request may pass.
 * An unknown key is not told apart from none: the shop then answers as to a stranger.
 */
export function refuseStranger(
  request: ReceivedRequest,
  origin: string,
  keys: ShopKeyPair,
): { status: number; body: object } | undefined {
  const url = new URL(request.url, origin)
  const cannotView = restError('woocommerce_rest_cannot_view', 'Sorry, you cannot list resources.', 401)
  const basic = readBasic(request.headers.authorization)
  if (basic) {
    if (basic.key !== keys.consumerKey) return cannotView
    return isSame(basic.secret, keys.consumerSecret)
      ? undefined
      : authenticationError('Consumer secret is invalid.')
  }
  if (url.searchParams.get('oauth_consumer_key') !== keys.consumerKey) return cannotView
  const signature = url.searchParams.get('oauth_signature') ?? ''
  if (isSame(signature, signOAuth(request.method, url, keys.consumerSecret))) return undefined
  return authenticationError('Invalid signature - provided signature does not match.')
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
