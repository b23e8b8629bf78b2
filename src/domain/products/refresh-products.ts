import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { askForProducts } from './ask-for-products.ts'
import { type CatalogueState, readCatalogueState } from './catalogue-state.ts'

/**
 * Has a shop's products read, because a person asked; a reading that is under way goes on. Answers how it stands now; the reading
 * itself is done by jobs. Refuses: not_found (shop), shop_not_askable.
 */
export async function refreshProducts(
  deps: Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>,
  input: { shopId: bigint },
): Promise<CatalogueState> {
  const { shopId } = input
  const { hasKeys } = await readCatalogueState(deps, shopId)
  if (!hasKeys) refuse({ code: 'shop_not_askable' })
  await deps.db.transaction((sql) => askForProducts(sql, { shopId, at: deps.clock.now() }))
  deps.wakeWorkers()
  return await readCatalogueState(deps, shopId)
}
