import type { Deps } from '../deps.ts'
import { enqueueWriting, markShopDue } from './mark-due.ts'

/**
 * Compares every order with credits with what was written on it: finds what no moved balance tells (a ticket that was merged, a
 * frozen account, keys that were given later, orders from before a release that writes).
 */
export async function checkOrderMeta(deps: Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>): Promise<void> {
  const at = deps.clock.now()
  const shops = await deps.db.query<{ id: bigint }>(
    'shops-with-meta',
    'select id from shop where order_meta and consumer_key is not null order by id',
    [],
  )
  for (const { id } of shops) await markShopDue(deps.db, id, at)
  await enqueueWriting(deps.db, at)
  deps.wakeWorkers()
}
