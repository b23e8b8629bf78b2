import { loadExchanges } from '../captures.ts'
import { agentHeaders, contentOf, deliveryIdOf, headersOf, type Waiting } from './delivery.ts'
import { post } from './send.ts'
import { dates, linksOf, type Store } from './store.ts'
import { phpJson } from './wire.ts'

export interface WebhookBody {
  [field: string]: unknown
  id: number
  name: string
  topic: string
  status: string
  delivery_url: string
}

interface Webhook {
  body: WebhookBody
  secret: string
  /** Failed deliveries in a row; at six the next failure disables it. */
  failures: number
  /** A ping is due after the next delivery, because the last one did not get exactly 200. */
  pingDue: boolean
}

export interface Webhooks {
  /** As the REST API shows them, by id. */
  bodies(): WebhookBody[]
  add(made: { name: string; topic: string; deliveryUrl: string; secret: string }): Promise<WebhookBody>
  change(id: number, change: Partial<Record<string, string>>): Promise<WebhookBody>
  remove(id: number): void
  /** What happened is put into the queue of each active webhook of the topic, unless it waits there already. */
  emit(topic: string, resourceId: number): void
  /** What waits in the queue, oldest first. */
  waiting(): Waiting[]
  /** Empties the queue. */
  take(): Waiting[]
  /** Puts deliveries before all others in the queue, merged with what waits there. */
  putBack(entries: Waiting[]): void
  /**
   * Sends one now; undefined when the webhook is gone. What was queued before a webhook was disabled is sent all the same,
   * because WooCommerce looks at the status only when something happens.
   */
  send(waiting: Waiting): Promise<Sent | undefined>
  failuresOf(id: number): number
  pings: { webhookId: number; status: number | undefined }[]
}

export interface Sent extends Waiting {
  /** Of the answer; undefined when none came. */
  status: number | undefined
  deliveryId: string
  body: string
}

const template = loadExchanges('rest-09-webhooks.json')[1]?.body as WebhookBody

const hooks: Record<string, string[]> = {
  'order.created': ['woocommerce_new_order'],
  'order.updated': ['woocommerce_update_order', 'woocommerce_order_refunded'],
  'order.deleted': ['wp_trash_post', 'woocommerce_trash_order'],
  'order.restored': ['untrashed_post', 'woocommerce_untrash_order'],
  'product.updated': [
    'woocommerce_process_product_meta',
    'woocommerce_update_product',
    'woocommerce_update_product_variation',
  ],
}

/**
 * The webhooks of one shop as they were measured: merged while they wait, built when they are sent, never sent again,
 * off after the seventh failure in a row. `reach` says where a public address is in truth.
 */
export function makeWebhooks(
  store: Store,
  options: { reach(url: string): string; timeoutMs: number },
): Webhooks {
  const all = new Map<number, Webhook>()
  const pings: Webhooks['pings'] = []
  let lastId = 1
  const queue = new Map<string, Waiting>()

  async function ping(webhook: Webhook): Promise<void> {
    const { id, delivery_url } = webhook.body
    const headers = { ...agentHeaders(store), 'content-type': 'application/x-www-form-urlencoded' }
    let url: string | undefined = delivery_url
    let status: number | undefined
    // A ping follows redirects, which a delivery does not.
    for (let hop = 0; url && hop < 5; hop += 1) {
      const answer = await post(options.reach(url), headers, `webhook_id=${id}`, 5_000)
      status = answer?.status
      url = answer?.location && new URL(answer.location, url).href
    }
    webhook.pingDue = status !== 200
    pings.push({ webhookId: id, status })
  }

  function record(webhook: Webhook, isSuccess: boolean): void {
    if (isSuccess) webhook.failures = 0
    else if (webhook.failures > 5) webhook.body.status = 'disabled'
    else webhook.failures += 1
  }

  return {
    bodies: () => [...all.values()].map(({ body }) => body),
    async add({ name, topic, deliveryUrl, secret }) {
      lastId += 1
      const [resource = '', event = ''] = topic.split('.')
      const body: WebhookBody = {
        ...structuredClone(template),
        id: lastId,
        name,
        topic,
        resource,
        event,
        hooks: hooks[topic] ?? [],
        delivery_url: deliveryUrl,
        ...dates(store, 'date_created', store.now()),
        ...dates(store, 'date_modified', undefined),
        _links: linksOf(store, 'webhooks', lastId),
      }
      const webhook = { body, secret, failures: 0, pingDue: true }
      all.set(body.id, webhook)
      const answered = structuredClone(body)
      await ping(webhook)
      Object.assign(body, dates(store, 'date_modified', store.now()))
      return answered
    },
    async change(id, { secret, ...change }) {
      const webhook = all.get(id)
      if (!webhook) throw new RangeError(`the fake shop has no webhook ${id}`)
      const isMoved = change.delivery_url !== undefined && change.delivery_url !== webhook.body.delivery_url
      // The count of failures stays as it is, also when a disabled webhook is made active.
      Object.assign(webhook.body, change, dates(store, 'date_modified', store.now()))
      if (secret) webhook.secret = secret
      if (isMoved) await ping(webhook)
      return webhook.body
    },
    remove: (id) => {
      all.delete(id)
    },
    emit(topic, resourceId) {
      for (const { body } of all.values()) {
        const entry = { webhookId: body.id, topic, resourceId }
        if (body.topic !== topic || body.status !== 'active') continue
        if (!queue.has(placeOf(entry))) queue.set(placeOf(entry), entry)
      }
    },
    waiting: () => [...queue.values()],
    take() {
      const taken = [...queue.values()]
      queue.clear()
      return taken
    },
    putBack(entries) {
      const later = [...queue]
      queue.clear()
      for (const [place, entry] of [...entries.map((entry) => [placeOf(entry), entry] as const), ...later]) {
        queue.set(place, entry)
      }
    },
    async send(entry) {
      const webhook = all.get(entry.webhookId)
      if (!webhook) return undefined
      const body = phpJson(contentOf(store, entry))
      const deliveryId = deliveryIdOf(entry.webhookId, store.now())
      const headers = headersOf(store, entry, { body, secret: webhook.secret, deliveryId })
      const url = options.reach(webhook.body.delivery_url)
      const answer = await post(url, headers, body, options.timeoutMs)
      record(webhook, answer !== undefined && answer.status >= 200 && answer.status <= 302)
      if (webhook.pingDue) await ping(webhook)
      return { ...entry, status: answer?.status, deliveryId, body }
    },
    failuresOf: (id) => all.get(id)?.failures ?? 0,
    pings,
  }
}

/** Deliveries with the same place are merged. */
function placeOf({ webhookId, resourceId }: Waiting): string {
  return `${webhookId} ${resourceId}`
}
