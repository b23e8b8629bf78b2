import type { ReceivedRequest } from '../http-server.ts'
import type { ShopKey } from './keys.ts'
import { noRoute, type Reply, restError } from './reply.ts'
import { answerCustomers } from './rest/customers.ts'
import type { Paging } from './rest/list.ts'
import { answerOrders } from './rest/orders.ts'
import { answerProducts } from './rest/products.ts'
import type { RestRequest } from './rest/route.ts'
import { answerSite } from './rest/site.ts'
import { answerWebhooks } from './rest/webhooks.ts'
import type { Store } from './store.ts'
import type { Webhooks } from './webhooks.ts'

/** Answers one request below wc/v3 that came with this key. */
export async function answerRest(
  shop: { store: Store; webhooks: Webhooks; paging: Paging },
  key: ShopKey,
  url: URL,
  received: ReceivedRequest,
): Promise<Reply> {
  const request: RestRequest = {
    method: received.method,
    path: url.pathname.replace(/^.*?\/wp-json\/wc\/v3\//, ''),
    url,
    json: () => (received.body === '' ? {} : JSON.parse(received.body)),
  }
  const refused = refuseKey(key, request)
  if (refused) return refused
  const [resource] = request.path.split('/')
  if (resource === 'orders') return answerOrders(shop.store, request, shop.paging)
  if (resource === 'products') return answerProducts(shop.store, request, shop.paging)
  if (resource === 'customers') return answerCustomers(shop.store, request, shop.paging)
  if (resource === 'webhooks') return await answerWebhooks(shop.webhooks, request, shop.paging)
  return request.path === '' ? noRoute : answerSite(shop.store, request)
}

/** What the key may not do is refused with 401 before the shop looks at the request; what its user may not, with 403. */
function refuseKey(key: ShopKey, { method, path }: RestRequest): Reply | undefined {
  const needed = method === 'GET' ? 'read' : 'write'
  if (!key.permissions.includes(needed)) {
    const message = `The API key provided does not have ${needed} permissions.`
    return restError('woocommerce_rest_authentication_error', message, 401)
  }
  if (key.role === 'manager' || /^(orders|products|customers)\b/.test(path)) return undefined
  return method === 'GET'
    ? restError('woocommerce_rest_cannot_view', 'Sorry, you cannot list resources.', 403)
    : restError('woocommerce_rest_cannot_create', 'Sorry, you are not allowed to create resources.', 403)
}
