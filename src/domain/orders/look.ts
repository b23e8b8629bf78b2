import type { Sql } from '../../db/database.ts'
import type { ShopOrder } from '../../ports/shop.ts'
import type { Sighting } from './sighting.ts'
import { cleanOrder, hashOrder } from './stored-order.ts'

/** Numbers a look at the shop. Drawn before the request, so that a slow answer never overwrites that of a later question. */
export async function numberLook(sql: Sql): Promise<bigint> {
  const [row] = await sql.query<{ ordinal: bigint }>(
    'number-look',
    `select nextval('order_look_seq') as ordinal`,
    [],
  )
  if (!row) throw new Error('the sequence of looks gave nothing')
  return row.ordinal
}

/** What a look found; undefined is an order that the shop has no more. Throws RangeError for figures that cannot be right. */
export function sightingOfLook(
  look: { ordinal: bigint; at: Date },
  found: ShopOrder | undefined,
): Extract<Sighting, { kind: 'look' }> {
  const order = found && cleanOrder(found)
  return { kind: 'look', ordinal: look.ordinal, order, stateHash: hashOrder(order), at: look.at }
}
