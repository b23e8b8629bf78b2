import type { Sql } from '../../db/database.ts'
import { refuse } from '../refusal.ts'

/** What we know of a shop's products as a whole. */
export interface CatalogueState {
  /** Without keys nothing can be read. */
  hasKeys: boolean
  creditsKey: string
  /** A reading is under way. */
  reading: boolean
  /** Products and variations of the reading under way, or of the last one. */
  found: number
  /** When all were read last; null when they never were. */
  completeAt: Date | null
  /** ISO 4217, as the shop told it when it was connected; '' while it did not. */
  currency: string
  /** Why the shop could not be asked; null since it answered. */
  trouble: string | null
}

/** Refuses: not_found (shop). */
export async function readCatalogueState(deps: { db: Sql }, shopId: bigint): Promise<CatalogueState> {
  const [state] = await deps.db.query<CatalogueState>(
    'catalogue-state',
    `select s.consumer_key is not null as "hasKeys", s.credits_key as "creditsKey",
       r.shop_id is not null and r.ended_at is null as reading, coalesce(r.found, 0) as found,
       r.complete_at as "completeAt", r.trouble, coalesce(c.currency, '') as currency
     from shop s left join catalogue_read r on r.shop_id = s.id left join shop_connection c on c.shop_id = s.id where s.id = $1`,
    [shopId],
  )
  return state ?? refuse({ code: 'not_found', what: 'shop' })
}
