import { inspect } from 'node:util'
import { createWooCommerceShop } from '../../../connectors/woocommerce/woocommerce.ts'
import { ShopApiError, type ShopKeys } from '../../../src/ports/shop.ts'
import { type FakeShop, type FakeShopOptions, fakeShopKeys, startFakeShop } from '../../support/fakes/shop.ts'

/** The real connector with the vendor's client, and the shop that it talks to. */
export interface Talk {
  shop: FakeShop
  connector: ReturnType<typeof createWooCommerceShop>
  api: ReturnType<typeof createWooCommerceShop>['api']
  keys: ShopKeys
}

export async function openTalk(options: FakeShopOptions = {}): Promise<Talk> {
  const shop = await startFakeShop(options)
  const connector = createWooCommerceShop({
    allowPrivateAddresses: true,
    retryDelaysMs: [1, 1],
    ...(shop.certificate && { trustedCertificates: [shop.certificate] }),
  })
  return { shop, connector, api: connector.api, keys: { ...fakeShopKeys, url: shop.url } }
}

/** The ShopApiError of a failed call, after a look whether it tells a key anywhere. */
export async function failureOf(work: Promise<unknown>, keys: ShopKeys = { ...fakeShopKeys, url: '' }) {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(thrown instanceof ShopApiError)) throw new Error(`expected a ShopApiError, got ${inspect(thrown)}`)
  const everything = inspect(thrown, { depth: 10, showHidden: true })
  for (const secret of [keys.consumerKey, keys.consumerSecret, 'oauth_signature', 'Basic ']) {
    if (everything.includes(secret)) throw new Error(`the error tells a secret: ${secret}`)
  }
  return thrown
}

/** "GET /wp-json/wc/v3/orders": what the shop was asked, without the parameters. */
export function asked(shop: FakeShop): string[] {
  return shop.requests.map(({ method, url }) => `${method} ${new URL(url, shop.url).pathname}`)
}
