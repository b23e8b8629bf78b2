import type { Sql } from '../../db/database.ts'
import type { Deps } from '../deps.ts'

const longestMinutes = 60
const patienceDays = 3

/**
 * Leaves a shop that takes nothing in peace: a minute at first, then twice as long each time, up to an hour. What has waited for
 * three days is given up with a line in the log; it is written again when its balance changes, or when the shop takes something.
 */
export async function pauseShop(
  deps: Pick<Deps, 'db' | 'clock' | 'log'>,
  input: { shopId: bigint; problem: string },
): Promise<void> {
  const at = deps.clock.now()
  const { shopId, problem } = input
  await deps.db.query(
    'pause-shop',
    `insert into shop_writing (shop_id, failing_since, paused_until, tries, problem)
     values ($1, $2, $2::timestamptz + interval '1 minute', 1, $3)
     on conflict (shop_id) do update set tries = shop_writing.tries + 1, problem = excluded.problem,
       paused_until = $2::timestamptz + interval '1 minute' * least($4, power(2, least(shop_writing.tries, 10)))`,
    [shopId, at, problem, longestMinutes],
  )
  const givenUp = await deps.db.query(
    'give-up-writing',
    `update order_writing set due_at = null, due_since = null, problem = $3
     where shop_id = $1 and due_since <= $2::timestamptz - interval '${patienceDays} days' returning order_id`,
    [shopId, at, problem],
  )
  if (givenUp.length === 0) return
  deps.log.warn(
    { shopId: String(shopId), orders: givenUp.length, days: patienceDays, reason: problem },
    'gave up writing tickets and balances on orders',
  )
}

export async function isFailing(sql: Sql, shopId: bigint): Promise<boolean> {
  const rows = await sql.query('is-shop-failing', 'select from shop_writing where shop_id = $1', [shopId])
  return rows.length > 0
}

/** The shop takes something: what was given up meanwhile is due again at the next check. */
export async function endPause(sql: Sql, shopId: bigint): Promise<void> {
  await sql.query(
    'end-pause',
    `with over as (delete from shop_writing where shop_id = $1 returning shop_id)
     update order_writing d set problem = null from over where d.shop_id = over.shop_id and d.problem is not null`,
    [shopId],
  )
}
