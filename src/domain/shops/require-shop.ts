import type { Sql } from '../../db/database.ts'
import { refuse } from '../refusal.ts'

/** Throws Refused `not_found` unless there is this shop: a person typed the id. */
export async function requireShop(sql: Sql, shopId: bigint): Promise<void> {
  const [shop] = await sql.query('shop-exists', 'select from shop where id = $1', [shopId])
  if (!shop) refuse({ code: 'not_found', what: 'shop' })
}
