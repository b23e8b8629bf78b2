export type ShopSecret = 'webhook_secret' | 'consumer_key' | 'consumer_secret'

/** Where a sealed secret of a shop belongs; a value copied to another shop or column does not open there. */
export function secretContext(shopId: bigint, secret: ShopSecret): string {
  return `shop:${shopId}:${secret}`
}
