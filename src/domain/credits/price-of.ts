import type { Sql } from '../../db/database.ts'
import { type Channel, currentRateCard } from './rate-card.ts'

/**
 * What something would cost by the shop's rate card, for the message "this costs N" to a customer whose grants name no price
 * for it. `quantity` as in plan_charge: 1 for a reply, segments for a text, seconds for a metered channel, null for one step.
 */
export async function priceByRateCard(
  sql: Sql,
  input: { shopId: bigint; channel: Channel; quantity: number | null },
): Promise<bigint> {
  const card = await currentRateCard(sql, input.shopId)
  const [row] = await sql.query<{ price: bigint }>('price-of', 'select price_of($1, $2, $3) as price', [
    JSON.stringify(card),
    input.channel,
    input.quantity,
  ])
  return row?.price ?? 0n
}
