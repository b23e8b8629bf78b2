import { setTimeout as sleep } from 'node:timers/promises'
import woocommerce from '@woocommerce/woocommerce-rest-api'
import { ShopApiError, type ShopKeys } from '../../src/ports/shop.ts'
import { isPrivateHost, lookupPublic, privateAddressCode } from './addresses.ts'
import { makeAgents } from './agents.ts'
import { readAnswer, type ShopAnswer } from './answer.ts'
import { readFailure, refusal, type ShopRefusal } from './failure.ts'
import { makeGate } from './gate.ts'

export interface ShopClientOptions {
  /** For one request, its whole body included. Default 15,000. */
  timeoutMs?: number
  /** For one call with its pages and repeats. Default 40,000. */
  deadlineMs?: number
  /** Default 5 MB: an order with hundreds of lines stays far below, and a hundred usual ones do. */
  maxResponseBytes?: number
  /** Waits before each repeat of a GET; their number is the number of repeats. Default 300 and 1,200. */
  retryDelaysMs?: number[]
  /** Lets a shop be on this machine or in a private network. Default false. */
  allowPrivateAddresses?: boolean
  /** Certificates (PEM) that are trusted besides those of the public authorities. */
  trustedCertificates?: string[]
}

export type Params = Record<string, string>

/** One call to one shop: its requests share the deadline. Every failure is a ShopRefused. */
export interface ShopCall {
  /** Repeated on 429, 5xx and broken connections. */
  get(path: string, params?: Params): Promise<ShopAnswer>
  /**
   * WordPress' own index, without the keys: they are WooCommerce's, and over https WordPress refuses a request with a
   * sign-in that it does not know.
   */
  getIndex(params: Params): Promise<ShopAnswer>
  /** The three that change the shop are never repeated: it may have done it before the connection broke. */
  post(path: string, body: object): Promise<ShopAnswer>
  put(path: string, body: object): Promise<ShopAnswer>
  delete(path: string, params: Params): Promise<ShopAnswer>
}

/** Thrown inside the connector so that a caller can tell a missing order from a missing API. */
export class ShopRefused extends Error {
  readonly refusal: ShopRefusal

  constructor(refusal: ShopRefusal) {
    super(refusal.error.message)
    this.refusal = refusal
  }
}

interface Request {
  method: 'get' | 'post' | 'put' | 'delete'
  path: string
  params: Params
  body?: object
  /** Asks WordPress' own index. */
  ofIndex?: true
}

// The package is CommonJS whose class is at .default, which is where Node's import leaves it.
const WooCommerceRestApi = 'default' in woocommerce ? woocommerce.default : woocommerce

/** The client insists on keys; in the query WordPress takes no notice of them. */
const anonymous = {
  consumerKey: 'none',
  consumerSecret: 'none',
  queryStringAuth: true,
  // Its type knows the versions of WooCommerce's API only; the client puts whatever it gets into the path.
  version: '.' as 'wc/v3',
}

/**
 * Prepares the calls to shops. Connections are kept for GETs, so that an order and its refunds need one handshake.
 * `patience` multiplies the time of a call and of each of its requests.
 */
export function createShopClient(
  options: ShopClientOptions = {},
): (keys: ShopKeys, patience?: number) => ShopCall {
  const settings = {
    timeoutMs: options.timeoutMs ?? 15_000,
    deadlineMs: options.deadlineMs ?? 40_000,
    maxResponseBytes: options.maxResponseBytes ?? 5_000_000,
    retryDelaysMs: options.retryDelaysMs ?? [300, 1_200],
    allowPrivateAddresses: options.allowPrivateAddresses ?? false,
  }
  // What changes the shop gets a connection of its own: on a kept one that the shop is just closing, nobody could tell
  // whether the request arrived.
  const kept = makeAgents(true, options.trustedCertificates)
  const fresh = makeAgents(false, options.trustedCertificates)
  const gate = makeGate()

  return (keys, patience = 1) => {
    refuseBadUrl(keys.url, settings.allowPrivateAddresses)
    const callEnds = Date.now() + settings.deadlineMs * patience

    async function send(request: Request): Promise<ShopAnswer> {
      const remaining = callEnds - Date.now()
      // Others may have held the gate until the deadline.
      if (remaining <= 0) throw new ShopRefused(readFailure(undefined, keys, true))
      const abort = new AbortController()
      const timer = setTimeout(() => abort.abort(), Math.min(settings.timeoutMs * patience, remaining))
      try {
        const client = new WooCommerceRestApi({
          url: keys.url,
          ...(request.ofIndex ? anonymous : keys),
          axiosConfig: {
            ...(request.method === 'get' ? kept : fresh),
            // axios' own time-out starts anew with each byte, so a body that drips would last for ever.
            signal: abort.signal,
            maxContentLength: settings.maxResponseBytes,
            maxRedirects: 0,
            proxy: false,
            ...(!settings.allowPrivateAddresses && { lookup: lookupPublic }),
          },
        })
        return readAnswer(await ask(client, request))
      } catch (thrown) {
        if (thrown instanceof ShopApiError) throw new ShopRefused(refusal(thrown))
        throw new ShopRefused(readFailure(thrown, keys, abort.signal.aborted))
      } finally {
        clearTimeout(timer)
      }
    }

    const request = (wanted: Request): Promise<ShopAnswer> => gate(keys.url, () => send(wanted))

    async function repeat(wanted: Request): Promise<ShopAnswer> {
      for (const delay of settings.retryDelaysMs) {
        try {
          return await request(wanted)
        } catch (thrown) {
          const wait =
            thrown instanceof ShopRefused ? repeatAfter(thrown.refusal, delay, callEnds) : undefined
          if (wait === undefined) throw thrown
          await sleep(wait)
        }
      }
      return await request(wanted)
    }

    return {
      get: (path, params = {}) => repeat({ method: 'get', path, params }),
      getIndex: (params) => repeat({ method: 'get', path: '', params, ofIndex: true }),
      post: (path, body) => request({ method: 'post', path, params: {}, body }),
      put: (path, body) => request({ method: 'put', path, params: {}, body }),
      delete: (path, params) => request({ method: 'delete', path, params }),
    }
  }
}

function ask(client: InstanceType<typeof WooCommerceRestApi>, request: Request): Promise<unknown> {
  const { method, path, params, body } = request
  return method === 'get' || method === 'delete' ? client[method](path, params) : client[method](path, body)
}

function refuseBadUrl(url: string, allowPrivateAddresses: boolean): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol !== 'https:' && parsed?.protocol !== 'http:') {
    throw new ShopApiError("The shop's URL must start with https:// or http://.", {
      retriable: false,
      about: 'url',
    })
  }
  if (parsed.username !== '' || parsed.search !== '' || parsed.hash !== '') {
    throw new ShopApiError("The shop's URL must hold no sign-in, question mark or #.", {
      retriable: false,
      about: 'url',
    })
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
