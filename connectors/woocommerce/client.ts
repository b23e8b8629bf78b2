import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import woocommerce from '@woocommerce/woocommerce-rest-api'
import { ShopApiError, type ShopKeys } from '../../src/ports/shop.ts'
import { isPrivateHost, lookupPublic, privateAddressCode } from './addresses.ts'
import { readFailure, type ShopRefusal } from './failure.ts'

export interface ShopClientOptions {
  /** For one request, its whole body included. Default 15,000. */
  timeoutMs?: number
  /** For one call with its pages and repeats. Default 40,000. */
  deadlineMs?: number
  /** Default 5 MB: an order with hundreds of lines stays far below. */
  maxResponseBytes?: number
  /** Waits before each repeat of a GET; their number is the number of repeats. Default 300 and 1,200. */
  retryDelaysMs?: number[]
  /** Lets a shop be on this machine or in a private network. Default false. */
  allowPrivateAddresses?: boolean
}

/** One call to one shop: its requests share the deadline. */
export interface ShopCall {
  /** The parsed body; repeated on 429, 5xx and broken connections. Throws ShopRefused. */
  get(path: string, params?: Record<string, string>): Promise<unknown>
  /** Never repeated by itself: the shop may have done it before the connection broke. Throws ShopRefused. */
  post(path: string, body: object): Promise<unknown>
}

/** Thrown inside the connector so that fetchOrder can tell a missing order from a missing API. */
export class ShopRefused extends Error {
  readonly refusal: ShopRefusal

  constructor(refusal: ShopRefusal) {
    super(refusal.error.message)
    this.refusal = refusal
  }
}

// The package is CommonJS whose class is at .default, which is where Node's import leaves it.
const WooCommerceRestApi = 'default' in woocommerce ? woocommerce.default : woocommerce

/** Prepares the calls to shops. Connections are kept for GETs, so that an order and its refunds need one handshake. */
export function createShopClient(options: ShopClientOptions = {}): (keys: ShopKeys) => ShopCall {
  const settings = {
    timeoutMs: options.timeoutMs ?? 15_000,
    deadlineMs: options.deadlineMs ?? 40_000,
    maxResponseBytes: options.maxResponseBytes ?? 5_000_000,
    retryDelaysMs: options.retryDelaysMs ?? [300, 1_200],
    allowPrivateAddresses: options.allowPrivateAddresses ?? false,
  }
  // A POST gets a connection of its own: on a kept one that the shop is just closing, nobody could tell whether the
  // request arrived.
  const kept = agents(true)
  const fresh = agents(false)

  return (keys) => {
    refuseBadUrl(keys.url, settings.allowPrivateAddresses)
    const callEnds = Date.now() + settings.deadlineMs

    async function request(method: 'get' | 'post', path: string, data: object): Promise<unknown> {
      const abort = new AbortController()
      const remaining = Math.max(1, Math.min(settings.timeoutMs, callEnds - Date.now()))
      const timer = setTimeout(() => abort.abort(), remaining)
      try {
        const client = new WooCommerceRestApi({
          url: keys.url,
          consumerKey: keys.consumerKey,
          consumerSecret: keys.consumerSecret,
          axiosConfig: {
            ...(method === 'get' ? kept : fresh),
            // axios' own time-out starts anew with each byte, so a body that drips would last for ever.
            signal: abort.signal,
            maxContentLength: settings.maxResponseBytes,
            maxRedirects: 0,
            proxy: false,
            ...(!settings.allowPrivateAddresses && { lookup: lookupPublic }),
          },
        })
        return readBody(await client[method](path, data))
      } catch (thrown) {
        if (thrown instanceof ShopRefused) throw thrown
        throw new ShopRefused(readFailure(thrown, keys, abort.signal.aborted))
      } finally {
        clearTimeout(timer)
      }
    }

    async function get(path: string, params: Record<string, string> = {}): Promise<unknown> {
      for (const delay of settings.retryDelaysMs) {
        try {
          return await request('get', path, params)
        } catch (thrown) {
          const wait =
            thrown instanceof ShopRefused ? repeatAfter(thrown.refusal, delay, callEnds) : undefined
          if (wait === undefined) throw thrown
          await sleep(wait)
        }
      }
      return await request('get', path, params)
    }

    return { get, post: (path, body) => request('post', path, body) }
  }
}

function agents(keepAlive: boolean): { httpAgent: HttpAgent; httpsAgent: HttpsAgent } {
  return { httpAgent: new HttpAgent({ keepAlive }), httpsAgent: new HttpsAgent({ keepAlive }) }
}

function refuseBadUrl(url: string, allowPrivateAddresses: boolean): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol !== 'https:' && parsed?.protocol !== 'http:') {
    throw new ShopApiError("The shop's URL must start with https:// or http://.", { retriable: false })
  }
  if (!allowPrivateAddresses && isPrivateHost(parsed.hostname)) {
    throw readFailure({ code: privateAddressCode }, { url, consumerKey: '', consumerSecret: '' }, false).error
  }
}

/** How long to wait before the same GET is sent again; undefined when it must not be, or the deadline comes first. */
function repeatAfter(refusal: ShopRefusal, delay: number, callEnds: number): number | undefined {
  if (!refusal.error.retriable) return undefined
  const wait = Math.max(delay, refusal.retryAfterMs ?? 0)
  return Date.now() + wait < callEnds ? wait : undefined
}

function readBody(response: unknown): unknown {
  const body =
    typeof response === 'object' && response !== null && 'data' in response ? response.data : undefined
  if (typeof body === 'object' && body !== null) return body
  const error = new ShopApiError(
    'The shop did not answer with JSON. It may be in maintenance, or a cache or firewall answers in its place.',
    { retriable: true },
  )
  throw new ShopRefused({ status: undefined, code: undefined, retryAfterMs: undefined, error })
}
