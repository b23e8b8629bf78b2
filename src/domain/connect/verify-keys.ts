import { ShopApiError, type ShopFacts, type ShopKeys } from '../../ports/shop.ts'
import type { Deps } from '../deps.ts'
import { type FieldProblem, refuse, refuseField } from '../refusal.ts'
import type { ConnectableShop } from './connection.ts'
import { isSameShop } from './same-shop.ts'
import { isSameAddress, readTypedUrl } from './typed-url.ts'

/** What of address, key and secret has to be mended, or what the shop says of itself. */
export type Verdict = { facts: ShopFacts } | { wrong: FieldProblem }

/**
 * Tries the keys at the very address that was typed: they may be of another shop, or of nobody. Throws ShopApiError when the shop
 * does not answer, or refuses them.
 */
export async function verifyKeys(
  deps: Pick<Deps, 'db'>,
  shop: ConnectableShop,
  keys: ShopKeys,
  anyHome: boolean,
): Promise<Verdict> {
  const facts = await shop.api.readFacts(keys)
  if (!facts.mayWrite) return { wrong: { field: 'key', message: readOnly } }
  const elsewhere = anyHome ? undefined : homeProblem(keys.url, facts.homeUrl)
  if (elsewhere) return { wrong: elsewhere }
  const moved = !isSameAddress(shop.url, keys.url)
  if (moved && !(await isSameShop(deps, shop, keys))) return { wrong: { field: 'url', message: otherShop } }
  return { facts }
}

const readOnly =
  'The REST API key may only read. Give it Read/Write permission in WooCommerce > Settings > Advanced > REST API: we make the webhooks with it, and put notes on orders.'

const otherShop =
  'This is another shop: it does not have the orders that we know. Add it as a shop of its own (shop:add), or give the address of this one.'

/** The address as it may be asked; every field that is wrong is named. */
export function readAddress(typed: string): string {
  return (
    readTypedUrl(typed) ?? refuseField('url', 'give the address of the shop, such as https://shop.example')
  )
}

/** Refuses what can be told of an address without keys: nobody there, no WooCommerce, a private address, another home. */
export async function checkAddress(shop: ConnectableShop, url: string, anyHome: boolean): Promise<void> {
  try {
    const { homeUrl } = await shop.api.probe(url)
    const elsewhere = anyHome ? undefined : homeProblem(url, homeUrl)
    if (elsewhere) refuse({ code: 'invalid', fields: [elsewhere] })
  } catch (error) {
    if (!(error instanceof ShopApiError)) throw error
    // Some plugins show the index to nobody without a sign-in; the keys will tell. A login of the web server stops those too.
    const isHidden = error.status === 401 || error.status === 403
    if (!isHidden || error.about === 'url') refuseField('url', error.message)
  }
}

function homeProblem(url: string, homeUrl: string): FieldProblem | undefined {
  if (homeUrl === '' || isSameAddress(url, homeUrl)) return undefined
  const message = `The shop says that it is at ${homeUrl.slice(0, 200)}. Give that address. If this one is right all the same, because the shop stands behind a proxy, say so.`
  return { field: 'url', message }
}
