import type { Sql } from '../../db/database.ts'
import { refuse } from '../refusal.ts'

/**
 * Locks a shop against other changes of its settings and prices, so that each is compared with the one before. Everything else
 * of the shop goes on. Refuses: not_found.
 */
export async function lockShop(sql: Sql, shopId: bigint): Promise<void> {
  const [shop] = await sql.query('lock-shop', 'select from shop where id = $1 for no key update', [shopId])
  if (!shop) refuse({ code: 'not_found', what: 'shop' })
}
