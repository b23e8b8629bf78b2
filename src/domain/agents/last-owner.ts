import type { Sql } from '../../db/database.ts'
import { refuse } from '../refusal.ts'

/** Whoever else remains must be able to set the shop up. The shop is locked. Refuses: last_owner. */
export async function refuseLastOwner(sql: Sql, shopId: bigint, leaving: bigint): Promise<void> {
  const [other] = await sql.query(
    'other-owner',
    `select from agent where shop_id = $1 and id <> $2 and role = 'owner' and deactivated_at is null limit 1`,
    [shopId, leaving],
  )
  if (!other) refuse({ code: 'last_owner' })
}
