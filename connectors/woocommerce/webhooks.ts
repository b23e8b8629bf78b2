import { z } from 'zod'
import type { NewShopWebhook, ShopApi, ShopWebhook } from '../../src/ports/shop.ts'
import type { ShopCall } from './client.ts'
import { getAll } from './paging.ts'
import { parse, pathId, unlessRefused } from './parse.ts'
import { id, text } from './wire.ts'

/** Orders by every way in which they change, and products, of which packages are made. */
export const webhookTopics = [
  'order.created',
  'order.updated',
  'order.deleted',
  'order.restored',
  'product.updated',
] as const

/** Reading and deleting answer 404 with this code, changing answers 400 with it. */
const webhookGone = /^woocommerce_rest_shop_webhook_invalid_id$/

/** The shop never tells the secret. A state that we do not know counts as one in which nothing is delivered. */
const webhookContract = z
  .object({
    id,
    name: text,
    topic: text,
    status: z.enum(['active', 'paused', 'disabled']).catch('disabled'),
    delivery_url: text,
  })
  .transform(
    (webhook): ShopWebhook => ({
      webhookId: webhook.id,
      name: webhook.name,
      topic: webhook.topic,
      state: webhook.status,
      deliveryUrl: webhook.delivery_url,
    }),
  )

export async function listWebhooks(call: ShopCall): Promise<ShopWebhook[]> {
  return parse(z.array(webhookContract), await getAll(call, 'webhooks'), 'a list of webhooks')
}

export async function addWebhook(call: ShopCall, webhook: NewShopWebhook): Promise<ShopWebhook> {
  const { name, topic, deliveryUrl, secret } = webhook
  const { body } = await call.post('webhooks', { name, topic, delivery_url: deliveryUrl, secret })
  return parse(webhookContract, body, 'a webhook')
}

export async function changeWebhook(
  call: ShopCall,
  webhookId: string,
  change: Parameters<ShopApi['changeWebhook']>[2],
): Promise<ShopWebhook | undefined> {
  const path = `webhooks/${pathId(webhookId, 'webhook')}`
  return await unlessRefused(webhookGone, async () => {
    const { body } = await call.put(path, {
      ...(change.state && { status: change.state }),
      ...(change.deliveryUrl && { delivery_url: change.deliveryUrl }),
      ...(change.secret && { secret: change.secret }),
    })
    return parse(webhookContract, body, 'a webhook')
  })
}

export async function removeWebhook(call: ShopCall, webhookId: string): Promise<void> {
  const path = `webhooks/${pathId(webhookId, 'webhook')}`
  // Without force the shop answers 501: webhooks have no trash.
  await unlessRefused(webhookGone, () => call.delete(path, { force: 'true' }))
}
