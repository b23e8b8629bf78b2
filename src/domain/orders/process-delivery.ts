import { type ReadDelivery, type ShopApi, ShopApiError, type ShopKeys } from '../../ports/shop.ts'
import type { Deps } from '../deps.ts'
import { takeProductNews } from '../products/take-product-news.ts'
import { shopKeys } from '../shops/find-shop.ts'
import { withRest } from '../shops/rest-shop.ts'
import { convergeOrder } from './converge-order.ts'
import { closeDelivery } from './deliveries.ts'
import { isBadInput } from './is-bad-input.ts'
import { numberLook, sightingOfLook } from './look.ts'
import type { Sighting } from './sighting.ts'
import { cleanOrder, hashOrder } from './stored-order.ts'

type ProcessDeps = Pick<Deps, 'db' | 'clock' | 'keyring' | 'shops' | 'log' | 'wakeWorkers'>

interface PendingDelivery {
  topic: string
  body: Buffer
  receivedAt: Date
  kind: string
  hasKeys: boolean
  restingUntil: Date | null
}

export interface DeliveryToProcess {
  shopId: bigint
  deliveryId: bigint
  /** Asks for a turn to ask the shop; what it returns is called at the end. Left out: everybody may. */
  takeTurn?: () => (() => void) | undefined
}

/** put_off: it stays pending, because the shop may not be asked now. `until`: when it may be, as far as that is known. */
export type DeliveryOutcome = { kind: 'done' } | { kind: 'put_off'; until?: Date }

const done: DeliveryOutcome = { kind: 'done' }

/**
 * Understands one stored delivery; one that has its outcome is left alone, so it may be called any number of times. Throws
 * ShopApiError when the shop cannot be asked: the delivery then stays pending with the reason, and the job tries again.
 */
export async function processDelivery(
  deps: ProcessDeps,
  { takeTurn, ...input }: DeliveryToProcess,
): Promise<DeliveryOutcome> {
  const [delivery] = await deps.db.query<PendingDelivery>(
    'load-pending-delivery',
    `select d.topic, d.body, d.received_at as "receivedAt", s.kind, s.consumer_key is not null as "hasKeys", y.resting_until as "restingUntil"
     from delivery d join shop s on s.id = d.shop_id left join shop_sync y on y.shop_id = d.shop_id
     where d.shop_id = $1 and d.id = $2 and d.state = 'pending'`,
    [input.shopId, input.deliveryId],
  )
  if (!delivery) return done
  const port = deps.shops[delivery.kind]
  if (!port) throw new Error(`no connector for shops of kind ${delivery.kind}`)
  const read = port.readDelivery(delivery.topic, delivery.body)
  if (read.kind === 'unsupported' || read.kind === 'unreadable') {
    const state = read.kind === 'unsupported' ? 'ignored' : 'failed'
    await closeDelivery(deps.db, { ...input, state, reason: read.reason, at: deps.clock.now() })
    return done
  }
  if (read.kind === 'product' || read.kind === 'productDeleted') {
    const deleted = read.kind === 'productDeleted'
    const id = read.kind === 'product' ? read.productId : read.id
    await takeProductNews(deps, { ...input, id, deleted, hasKeys: delivery.hasKeys })
    return done
  }
  const externalId = read.kind === 'order' ? read.order.orderId : read.orderId
  const keys = delivery.hasKeys ? await shopKeys(deps, input.shopId) : undefined
  const api = keys && port.api
  const rest = delivery.restingUntil
  if (api && rest && rest > deps.clock.now()) return { kind: 'put_off', until: rest }
  const endTurn = api && takeTurn ? takeTurn() : () => undefined
  if (!endTurn) return { kind: 'put_off' }
  try {
    const sighting = api
      ? await lookAt(deps, api, keys, { ...input, externalId })
      : sightingOf(read, delivery.receivedAt)
    await convergeOrder(deps, { ...input, externalId, sighting })
  } catch (error) {
    await recordTrouble(deps, { ...input, orderId: externalId }, error)
  } finally {
    endTurn()
  }
  return done
}

async function lookAt(
  deps: ProcessDeps,
  api: ShopApi,
  keys: ShopKeys,
  order: { shopId: bigint; externalId: string },
): Promise<Sighting> {
  const ordinal = await numberLook(deps.db)
  const found = await withRest(deps, order.shopId, () => api.fetchOrder(keys, order.externalId), {
    hurried: true,
  })
  return sightingOfLook({ ordinal, at: deps.clock.now() }, found)
}

function sightingOf(
  read: Extract<ReadDelivery, { kind: 'order' | 'orderDeleted' }>,
  receivedAt: Date,
): Sighting {
  if (read.kind === 'orderDeleted') {
    // A removal cannot have been before it was heard of; a date ahead of our clock would outlive what the shop does next.
    const at = read.at && read.at < receivedAt ? read.at : receivedAt
    return { kind: 'deleted', at }
  }
  const order = cleanOrder(read.order)
  return { kind: 'body', order, stateHash: hashOrder(order) }
}

async function recordTrouble(
  deps: ProcessDeps,
  delivery: { shopId: bigint; deliveryId: bigint; orderId: string },
  error: unknown,
): Promise<void> {
  const at = deps.clock.now()
  if (error instanceof ShopApiError) {
    await closeDelivery(deps.db, { ...delivery, state: 'pending', reason: error.message, at })
    throw error
  }
  if (!isBadInput(error)) throw error
  // Trying again would meet the same figures; a person has to look at the order.
  deps.log.error({ ...ids(delivery), error: String(error) }, 'an order cannot be understood')
  await closeDelivery(deps.db, { ...delivery, state: 'failed', reason: error.message, at })
}

function ids(delivery: { shopId: bigint; deliveryId: bigint }): object {
  return { shopId: String(delivery.shopId), deliveryId: String(delivery.deliveryId) }
}
