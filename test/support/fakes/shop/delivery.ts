import { createHash, createHmac } from 'node:crypto'
import { asProduct } from './products.ts'
import { restError } from './reply.ts'
import type { Store } from './store.ts'

/** A delivery that waits for the queue to run. Its body is made only then. */
export interface Waiting {
  webhookId: number
  topic: string
  resourceId: number
}

/** The state at this moment; of a deletion only the id; of what is gone by now the error of the REST API. */
export function contentOf(store: Store, { topic, resourceId }: Waiting): object {
  if (topic.endsWith('.deleted')) return { id: resourceId }
  if (topic.startsWith('order.')) {
    const gone = restError('woocommerce_rest_shop_order_invalid_id', 'Invalid ID.', 404)
    return store.state.orders[resourceId] ?? gone.body
  }
  const gone = restError('woocommerce_rest_product_invalid_id', 'Invalid ID.', 404)
  const product = store.products[resourceId]
  return product ? asProduct(store, product) : gone.body
}

/** The same for all deliveries of one webhook within one second, whatever they are about. */
export function deliveryIdOf(webhookId: number, at: Date): string {
  return createHash('md5')
    .update(`${webhookId} ${Math.floor(at.getTime() / 1000)}`)
    .digest('hex')
}

export function headersOf(
  store: Store,
  { webhookId, topic }: Waiting,
  { body, secret, deliveryId }: { body: string; secret: string; deliveryId: string },
): Record<string, string> {
  const [resource = '', event = ''] = topic.split('.')
  return {
    ...agentHeaders(store),
    'Content-Type': 'application/json',
    'X-WC-Webhook-Source': `${store.home()}/`,
    'X-WC-Webhook-Topic': topic,
    'X-WC-Webhook-Resource': resource,
    'X-WC-Webhook-Event': event,
    'X-WC-Webhook-Signature': createHmac('sha256', secret).update(body).digest('base64'),
    'X-WC-Webhook-ID': String(webhookId),
    'X-WC-Webhook-Delivery-ID': deliveryId,
  }
}

export function agentHeaders(store: Store): Record<string, string> {
  return {
    'User-Agent': `WooCommerce/${store.site.version} Hookshot (WordPress/6.9.7)`,
    Accept: '*/*',
    'Accept-Encoding': 'deflate, gzip, br, zstd',
  }
}
