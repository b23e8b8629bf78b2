import { z } from 'zod'
import { ShopApiError, type ShopKeys } from '../../src/ports/shop.ts'
import { privateAddressCode } from './addresses.ts'
import { restErrorContract } from './wire.ts'

function readHeaders(headers: unknown): Record<string, unknown> {
  return typeof headers === 'object' && headers !== null ? Object.fromEntries(Object.entries(headers)) : {}
}

/**
 * The parts of the client's error that are read. Everything else of it stays behind: it carries the request with its
 * headers and its signed address, and so the keys.
 */
const clientError = z.object({
  code: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  response: z
    .object({
      status: z.number(),
      // An instance of the client's own class, which zod's record would refuse.
      headers: z.unknown().transform(readHeaders),
      data: z.unknown().optional(),
    })
    .optional(),
})

const newKey = 'Make a new key with Read/Write permission in WooCommerce > Settings > Advanced > REST API.'

/** Of the web server, before WordPress is asked: a shop that is being built often stands behind one. */
const walled =
  'The shop stands behind a login of its web server, which stops us before WooCommerce sees our keys. Let everybody in at /wp-json/ and /wc-auth/, or take the login away (at many hosts it is called password protection or staging).'

function challengeOf(headers: Record<string, unknown>): string {
  return String(headers['www-authenticate'] ?? '')
}

/** Codes of the certificate problems that Node names without a common prefix. */
const certificateCodes =
  /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|HOSTNAME_MISMATCH|ERR_TLS|ERR_SSL/

/** An answer of the shop with its status, its error code when it has one, and how long it asks us to wait. */
export interface ShopRefusal {
  status: number | undefined
  code: string | undefined
  retryAfterMs: number | undefined
  /** The answer was cut at our limit: asking for less of it may help, asking again does not. */
  tooLarge: boolean
  error: ShopApiError
}

/** Turns whatever the client threw into our error: what to do, without keys. `timedOut`: our own deadline ended it. */
export function readFailure(thrown: unknown, keys: ShopKeys, timedOut: boolean): ShopRefusal {
  const parsed = clientError.safeParse(thrown)
  const response = parsed.success ? parsed.data.response : undefined
  // A good status with an error is a body that broke off.
  if (!response || response.status < 300 || timedOut) {
    return unanswered(parsed.success ? parsed.data : {}, timedOut)
  }
  const body = restErrorContract.safeParse(response.data)
  const code = body.success ? body.data.code : undefined
  const said = body.success
    ? `${redact(body.data.message, keys)} (${redact(body.data.code, keys)})`
    : undefined
  const isWalled =
    response.status === 401 && !body.success && /basic|digest/i.test(challengeOf(response.headers))
  const message = isWalled ? walled : explainStatus(response.status, code, said, response.headers.location)
  const retriable = /^(408|425|429|5..)$/.test(String(response.status))
  const about = isWalled ? 'url' : aboutOf(response.status, code, said)
  return {
    ...refusal(new ShopApiError(message, { status: response.status, retriable, ...(about && { about }) })),
    status: response.status,
    code,
    retryAfterMs: readRetryAfter(response.headers['retry-after']),
  }
}

/** A refusal of which no more is known than the error. */
export function refusal(error: ShopApiError): ShopRefusal {
  return { status: undefined, code: undefined, retryAfterMs: undefined, tooLarge: false, error }
}

function unanswered(
  thrown: { code?: string | undefined; message?: string | undefined },
  timedOut: boolean,
): ShopRefusal {
  if (timedOut) {
    const message =
      'The shop did not answer in time. Its server is overloaded, or a firewall drops our requests.'
    return refusal(new ShopApiError(message, { retriable: true, about: 'url' }))
  }
  // The client has one code for an answer that is cut off and one that is beyond the limit; its words tell them apart.
  const tooLarge = /^maxContentLength/.test(thrown.message ?? '')
  const message = tooLarge
    ? 'The shop sent an answer that is far too large.'
    : explainConnection(thrown.code ?? '')
  const about = 'url' as const
  return { ...refusal(new ShopApiError(message, { retriable: !tooLarge, about })), tooLarge }
}

/** Which of address, key and secret has to be mended. */
function aboutOf(status: number, code: string | undefined, said: string | undefined): ShopApiError['about'] {
  if (status === 401) return isAboutSecret(said) ? 'secret' : 'key'
  if (status === 403) return 'key'
  if ((status >= 300 && status < 400) || (status === 404 && !code?.endsWith('invalid_id'))) return 'url'
  return undefined
}

function isAboutSecret(said: string | undefined): boolean {
  return /secret|signature/i.test(said ?? '')
}

function explainConnection(code: string): string {
  if (code === privateAddressCode) {
    return "The shop's address leads into a private network, which is not allowed here (ALLOW_PRIVATE_SHOP_URLS)."
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return "The shop's name was not found. Check its URL."
  if (code === 'ECONNREFUSED') {
    return 'The shop refused the connection. Check its URL, and that its server runs. If it has no https, write http:// before its address.'
  }
  if (code === 'EPROTO' || code === 'ERR_SSL_WRONG_VERSION_NUMBER') {
    return 'The shop does not speak https there. Write http:// before its address, or have https switched on at its host.'
  }
  if (code === 'ERR_BAD_RESPONSE') return 'The shop sent an answer that is cut off.'
  if (certificateCodes.test(code)) {
    return `The shop's certificate is not valid (${code}). Renew it, or use the name that it was made for.`
  }
  return `The connection to the shop broke${code ? ` (${code})` : ''}.`
}

function explainStatus(
  status: number,
  code: string | undefined,
  said: string | undefined,
  location: unknown,
): string {
  const told = said ? ` It said: ${said}` : ''
  if (status >= 300 && status < 400) return explainRedirect(location)
  if (status === 401) return `${explainUnauthorized(said)}${told}`
  if (status === 403) {
    return `The shop forbids this: a security plugin or firewall blocks the REST API, or the key's user may not do it. Use a key of an administrator or shop manager.${told}`
  }
  if (status === 404 && code === 'rest_no_route') {
    return `WooCommerce's REST API is not at this address. Check that WooCommerce is active and its version is 3.5 or newer.${told}`
  }
  if (status === 404 && code?.endsWith('invalid_id')) return `The shop has it no more.${told}`
  if (status === 404) {
    return `The shop has no REST API at this address. Check the URL, set Settings > Permalinks to anything but Plain, and see that no plugin switches the REST API off.${told}`
  }
  if (status === 429) return `The shop asks us to slow down.${told}`
  if (status >= 500) return `The shop's server failed with ${status}. Its error log tells why.${told}`
  return `The shop refused the request with ${status}.${told}`
}

function explainUnauthorized(said: string | undefined): string {
  if (/write permission/i.test(said ?? '')) {
    return 'The REST API key may only read. Give it Read/Write permission in WooCommerce > Settings > Advanced > REST API.'
  }
  if (/read permission/i.test(said ?? '')) {
    return 'The REST API key may only write. Give it Read/Write permission in WooCommerce > Settings > Advanced > REST API.'
  }
  if (isAboutSecret(said)) return `The consumer secret does not belong to the consumer key. ${newKey}`
  if (/timestamp/i.test(said ?? ''))
    return "The shop's clock and ours differ. Set the clock of the server that is wrong."
  return `The shop does not know the consumer key, or its server drops the Authorization header. ${newKey}`
}

/** Only the origin of the new address is told: with OAuth its query repeats the key and the signature. */
function explainRedirect(location: unknown): string {
  const target = typeof location === 'string' && URL.canParse(location) ? new URL(location).origin : undefined
  return target
    ? `The shop sends this address on to ${target}. Use that address as the shop's URL.`
    : 'The shop sends this address on to another. Use the final address as the URL of the shop.'
}

/** Written as seconds or as a date. */
function readRetryAfter(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined
  if (/^\d{1,6}$/.test(value)) return Number(value) * 1000
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now())
}

/** The shop's own words may repeat what we sent it, so the keys are cut out of them; markup and length too. */
function redact(text: string, keys: ShopKeys): string {
  return [keys.consumerKey, keys.consumerSecret]
    .filter((secret) => secret !== '')
    .reduce((clean, secret) => clean.replaceAll(secret, '[key]'), text)
    .replace(/\bc[ks]_[0-9a-f]{16,}/gi, '[key]')
    .replace(/<[^>]*>/g, '')
    .slice(0, 200)
}
