import { DateTime } from 'luxon'
import type { Deps } from '../deps.ts'

/** How many replies an agent has sent at no charge since the day began on the shop's clock. */
export async function countWaivers(
  deps: Pick<Deps, 'db' | 'clock'>,
  agent: { shopId: bigint; id: bigint; timezone: string },
): Promise<number> {
  const midnight = DateTime.fromJSDate(deps.clock.now(), { zone: agent.timezone }).startOf('day').toJSDate()
  const [row] = await deps.db.query<{ sent: number }>(
    'count-waivers',
    `select count(*)::int as sent from message
     where shop_id = $1 and author_id = $2 and created_at >= $3 and waive_reason is not null`,
    [agent.shopId, agent.id, midnight],
  )
  return row?.sent ?? 0
}
