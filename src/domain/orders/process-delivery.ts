import { type ReadDelivery, type ShopApi, ShopApiError, type ShopKeys } from '../../ports/shop.ts'
import type { Deps } from '../deps.ts'
import { shopKeys } from '../shops/find-shop.ts'
import { convergeOrder } from './converge-order.ts'
import { closeDelivery } from './deliveries.ts'
import type { Sighting } from './sighting.ts'
import { cleanOrder, hashOrder } from './stored-order.ts'

type ProcessDeps = Pick<Deps, 'db' | 'clock' | 'keyring' | 'shops' | 'log' | 'wakeWorkers'>

interface PendingDelivery {
  topic: string
  body: Buffer
  receivedAt: Date
  kind: string
}

/**
 * Understands one stored delivery; one that has its outcome is left alone, so it may be called any number of times. Throws
 * ShopApiError when the shop cannot be asked: the delivery then stays pending with the reason, and the job tries again.
 */
export async function processDelivery(
  deps: ProcessDeps,
  input: { shopId: bigint; deliveryId: bigint },
): Promise<void> {
  const [delivery] = await deps.db.query<PendingDelivery>(
    'load-pending-delivery',
    `select d.topic, d.body, d.received_at as "receivedAt", s.kind
     from delivery d join shop s on s.id = d.shop_id
     where d.shop_id = $1 and d.id = $2 and d.state = 'pending'`,
    [input.shopId, input.deliveryId],
  )
  if (!delivery) return
  const port = deps.shops[delivery.kind]
  if (!port) throw new Error(`no connector for shops of kind ${delivery.kind}`)
  const read = port.readDelivery(delivery.topic, delivery.body)
  if (read.kind === 'unsupported' || read.kind === 'unreadable') {
    const state = read.kind === 'unsupported' ? 'ignored' : 'failed'
    await closeDelivery(deps.db, { ...input, state, reason: read.reason, at: deps.clock.now() })
    return
  }
  const externalId = read.kind === 'order' ? read.order.orderId : read.orderId
  try {
    const keys = await shopKeys(deps, input.shopId)
    const sighting =
      keys && port.api
        ? await lookAt(deps, port.api, keys, externalId)
        : sightingOf(read, delivery.receivedAt)
    await convergeOrder(deps, { ...input, externalId, sighting })
  } catch (error) {
    await recordTrouble(deps, { ...input, orderId: externalId }, error)
  }
}

/** Asks the shop. The number is drawn first, so that a slow answer never overwrites that of a later question. */
async function lookAt(
  deps: ProcessDeps,
  api: ShopApi,
  keys: ShopKeys,
  externalId: string,
): Promise<Sighting> {
  const [row] = await deps.db.query<{ ordinal: bigint }>(
    'number-look',
    `select nextval('order_look_seq') as ordinal`,
    [],
  )
  if (!row) throw new Error('the sequence of looks gave nothing')
  const found = await api.fetchOrder(keys, externalId)
  const order = found && cleanOrder(found)
  return {
    kind: 'look',
    ordinal: row.ordinal,
    order,
    stateHash: hashOrder(order),
    at: deps.clock.now(),
  }
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

/** Figures that cannot be right, or that PostgreSQL cannot hold (class 22, data exception). */
function isBadInput(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? error.code : undefined
  return error instanceof RangeError || (typeof code === 'string' && /^22/.test(code))
}
