import { noRoute, type Reply, restError } from '../reply.ts'
import type { Webhooks } from '../webhooks.ts'
import { type Paging, pageOf } from './list.ts'
import type { RestRequest } from './route.ts'

const topics = /^(order|product|customer|coupon)\.(created|updated|deleted|restored)$|^action\.\w+$/
const states = /^(active|paused|disabled)$/

/** webhooks and webhooks/ID. The secret is taken and never told. */
export async function answerWebhooks(
  webhooks: Webhooks,
  request: RestRequest,
  paging: Paging,
): Promise<Reply> {
  const { method, path, url } = request
  if (path === 'webhooks') {
    if (method === 'POST') return await create(webhooks, request.json())
    return method === 'GET' ? pageOf(webhooks.bodies().reverse(), url, paging) : noRoute
  }
  const id = Number(/^webhooks\/(\d+)$/.exec(path)?.[1])
  if (Number.isNaN(id)) return noRoute
  // Deleting without force is refused before the webhook is looked for; changing one that is gone is a 400.
  if (method === 'DELETE' && url.searchParams.get('force') !== 'true') {
    return restError('woocommerce_rest_trash_not_supported', 'Webhooks do not support trashing.', 501)
  }
  const body = webhooks.bodies().find((webhook) => webhook.id === id)
  if (!body) {
    const message = method === 'DELETE' ? 'Invalid ID.' : 'ID is invalid.'
    return restError('woocommerce_rest_shop_webhook_invalid_id', message, method === 'PUT' ? 400 : 404)
  }
  if (method === 'GET') return { status: 200, body }
  if (method === 'DELETE') {
    webhooks.remove(id)
    return { status: 200, body }
  }
  return method === 'PUT' ? await change(webhooks, id, request.json()) : noRoute
}

async function create(webhooks: Webhooks, asked: Record<string, unknown>): Promise<Reply> {
  const refused = refuse({ topic: '', delivery_url: '', ...asked })
  if (refused) return refused
  const body = await webhooks.add({
    name: String(asked.name ?? `Webhook created on ${asked.topic}`),
    topic: String(asked.topic),
    deliveryUrl: String(asked.delivery_url),
    secret: String(asked.secret ?? ''),
  })
  return { status: 201, body }
}

async function change(webhooks: Webhooks, id: number, asked: Record<string, unknown>): Promise<Reply> {
  const refused = refuse(asked)
  if (refused) return refused
  const text = (name: string) => (asked[name] ? { [name]: String(asked[name]) } : {})
  const body = await webhooks.change(id, {
    ...text('name'),
    ...text('topic'),
    ...text('status'),
    ...text('secret'),
    ...text('delivery_url'),
  })
  return { status: 200, body }
}

function refuse(asked: Record<string, unknown>): Reply | undefined {
  const { topic, delivery_url: deliveryUrl, status } = asked
  if (topic !== undefined && !topics.test(String(topic))) {
    const message = 'Webhook topic is required and must be valid.'
    return restError('woocommerce_rest_shop_webhook_invalid_topic', message, 400)
  }
  if (deliveryUrl !== undefined && !/^https?:\/\/\S+$/.test(String(deliveryUrl))) {
    const message = 'Webhook delivery URL must be a valid URL starting with http:// or https://.'
    return restError('woocommerce_rest_shop_webhook_invalid_delivery_url', message, 400)
  }
  if (status !== undefined && !states.test(String(status))) {
    return restError('woocommerce_rest_shop_webhook_invalid_status', 'Webhook status must be valid.', 400)
  }
  return undefined
}
