import type { ShopWebhook } from '../../ports/shop.ts'
import type { KeptWebhook } from './webhook-rows.ts'

export interface Wanted {
  topic: string
  deliveryUrl: string
  /** The webhooks are ours to make and change; of a shop whose webhooks somebody made by hand only those that are off are touched. */
  managed: boolean
  /** Those that somebody paused are switched on too. */
  resume: boolean
}

export interface WebhookPlan {
  /** The one that is kept; undefined when the shop has none of ours. */
  keep: ShopWebhook | undefined
  change: { state?: 'active'; deliveryUrl?: string; giveSecret?: true }
  /** Further ones of the same topic to the same address. */
  remove: ShopWebhook[]
}

/**
 * What to do about one topic, from what the shop has. Ours is what delivers to our address, and what we remember by id, topic and name,
 * wherever somebody let it deliver since. Anything else belongs to others and is never touched.
 */
export function planWebhook(
  seen: readonly ShopWebhook[],
  kept: KeptWebhook | undefined,
  wanted: Wanted,
): WebhookPlan {
  const { topic, deliveryUrl, managed, resume } = wanted
  const isKnown = (one: ShopWebhook) => one.webhookId === kept?.webhookId && one.name === kept?.name
  const ours = seen
    .filter((one) => one.topic === topic && (one.deliveryUrl === deliveryUrl || isKnown(one)))
    .sort((a, b) => Number(a.webhookId) - Number(b.webhookId))
  const keep = ours.find(isKnown) ?? ours.find(({ state }) => state === 'active') ?? ours[0]
  if (!keep) return { keep, change: {}, remove: [] }
  const isOff = keep.state === 'disabled' || (keep.state === 'paused' && resume)
  // One that the shop switched off may have failed because somebody changed its secret.
  const hasSecret = isKnown(keep) && kept?.secretSet && keep.state !== 'disabled'
  return {
    keep,
    change: {
      ...(isOff && { state: 'active' }),
      ...(managed && keep.deliveryUrl !== deliveryUrl && { deliveryUrl }),
      ...(managed && !hasSecret && { giveSecret: true }),
    },
    remove: managed ? ours.filter((one) => one !== keep && one.deliveryUrl === deliveryUrl) : [],
  }
}
