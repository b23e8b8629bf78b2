import { setTimeout as sleep } from 'node:timers/promises'
import { ShopApiError } from '../../ports/shop.ts'
import type { Deps } from '../deps.ts'

/** A shop that answers nothing for so long is hanging; one that refuses a connection at once holds nobody up. */
const hangMs = 5_000
const restMs = 30_000

/**
 * Asks a shop. When it hangs, nobody waits for it for half a minute: the workers of all processes go on with the jobs of other
 * shops meanwhile (`resting_until`). `hurried`: nor does the caller wait longer than it takes to call it hanging, because
 * several such shops would hold all workers until their deadlines. What is given up so ends by itself in the connector.
 */
export async function withRest<T>(
  deps: Pick<Deps, 'db' | 'clock'>,
  shopId: bigint,
  ask: () => Promise<T>,
  { hurried = false }: { hurried?: boolean } = {},
): Promise<T> {
  const began = performance.now()
  const answered = new AbortController()
  try {
    return await (hurried ? Promise.race([ask(), giveUp(answered.signal)]) : ask())
  } catch (error) {
    const isSilent = error instanceof ShopApiError && error.retriable && error.status === undefined
    if (isSilent && performance.now() - began >= hangMs) {
      await deps.db.query(
        'rest-shop',
        `insert into shop_sync (shop_id, resting_until) values ($1, $2)
         on conflict (shop_id) do update set resting_until = excluded.resting_until`,
        [shopId, new Date(deps.clock.now().getTime() + restMs)],
      )
    }
    throw error
  } finally {
    answered.abort()
  }
}

async function giveUp(signal: AbortSignal): Promise<never> {
  // Timers may be a moment early.
  await sleep(hangMs + 50, undefined, { signal })
  throw new ShopApiError('The shop did not answer in 5 seconds; its orders are asked for again.', {
    retriable: true,
  })
}
