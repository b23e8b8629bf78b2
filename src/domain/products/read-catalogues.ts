import type { Deps } from '../deps.ts'
import { askForProducts } from './ask-for-products.ts'

/** The shops take their turns within so many minutes. */
const spreadMinutes = 60

/** Has the products of every shop with keys read, one shop after another so that they do not all begin at once. */
export async function readCatalogues(deps: Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>): Promise<void> {
  const shops = await deps.db.query<{ id: bigint }>(
    'shops-with-keys',
    'select id from shop where consumer_key is not null order by id',
    [],
  )
  const at = deps.clock.now()
  for (const [index, { id: shopId }] of shops.entries()) {
    const runAt = new Date(at.getTime() + (index % spreadMinutes) * 60_000)
    await deps.db.transaction((sql) => askForProducts(sql, { shopId, at, runAt }))
  }
  deps.wakeWorkers()
}
