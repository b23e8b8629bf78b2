import { z } from 'zod'
import { ShopApiError, type ShopFacts, type ShopKeys } from '../../src/ports/shop.ts'
import type { ShopAnswer } from './answer.ts'
import { type ShopCall, ShopRefused } from './client.ts'
import { parse } from './parse.ts'
import { text } from './wire.ts'

const statusContract = z.object({
  environment: z.object({ home_url: text, version: text }),
  settings: z.object({ currency: text }),
})

/** Asked for as a whole, the environment makes the shop call two servers elsewhere first, which may take it many seconds. */
const statusFields = 'environment.home_url,environment.version,settings.currency'

/** A shop whose time zone is set as an offset writes '' here. */
const indexContract = z.object({ home: text, timezone_string: text })

/**
 * Proves the keys by what they are for, reading orders, and then asks the shop about itself. Only an administrator's or
 * shop manager's key may see all of it; what is refused stays unknown instead of failing the connection.
 */
export async function readFacts(call: ShopCall, keys: ShopKeys): Promise<ShopFacts> {
  const proof = await call.get('orders', { per_page: '1', _fields: 'id' })
  parse(z.array(z.unknown()), proof.body, 'a list of orders')
  const [status, index, country] = await Promise.all([
    whenAllowed(statusContract, () => call.get('system_status', { _fields: statusFields })),
    whenAllowed(indexContract, () => call.getIndex({ _fields: 'home,timezone_string' })),
    whenAllowed(z.object({ value: text }), () => call.get('settings/general/woocommerce_default_country')),
  ])
  return {
    homeUrl: status?.environment.home_url || index?.home || keys.url,
    version: status?.environment.version ?? '',
    currency: status?.settings.currency ?? (await readCurrency(call)),
    // "US:CA" names the state too.
    country: /^[A-Z]{2}(?=$|:)/.exec(country?.value ?? '')?.[0] ?? '',
    timezone: knownZone(index?.timezone_string),
    mayWrite: await mayWrite(call),
  }
}

const probeContract = z.object({ home: text, namespaces: z.array(z.string()) })

/** Asked of WordPress' own index, which needs no keys. */
export async function probe(call: ShopCall): Promise<{ homeUrl: string }> {
  const { body } = await call.getIndex({ _fields: 'home,namespaces' })
  const { home, namespaces } = parse(probeContract, body, 'an index of its REST API')
  if (namespaces.includes('wc/v3')) return { homeUrl: home }
  throw new ShopApiError(
    'There is a WordPress site at this address, but no WooCommerce, or one older than 3.5. Check that the plugin is active.',
    { retriable: false, about: 'url' },
  )
}

async function readCurrency(call: ShopCall): Promise<string> {
  const current = await whenAllowed(z.object({ code: text }), () => call.get('data/currencies/current'))
  return current?.code ?? ''
}

/**
 * Asks for a webhook with a topic that no shop knows. A key that may only read is refused before the shop looks at the
 * request; any other gets 400 for the topic, and nothing is made.
 */
async function mayWrite(call: ShopCall): Promise<boolean> {
  try {
    await call.post('webhooks', { name: 'CreditDesk', topic: 'nothing', delivery_url: '' })
    return true
  } catch (error) {
    if (!(error instanceof ShopRefused) || error.refusal.error.retriable) throw error
    return error.refusal.status === 400
  }
}

/** Undefined when the shop refuses it or answers with something else: security plugins hide parts of the API. */
async function whenAllowed<T>(
  contract: z.ZodType<T>,
  ask: () => Promise<ShopAnswer>,
): Promise<T | undefined> {
  try {
    return contract.safeParse((await ask()).body).data
  } catch (error) {
    if (error instanceof ShopRefused && !error.refusal.error.retriable) return undefined
    throw error
  }
}

function knownZone(name: string | undefined): string | undefined {
  try {
    return name ? new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone : undefined
  } catch {
    return undefined
  }
}
