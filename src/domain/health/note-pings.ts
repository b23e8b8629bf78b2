import type { Deps } from '../deps.ts'

/** The shops reached our address: what WooCommerce sends when a webhook is made or its address changed. */
export async function notePings(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopIds: readonly bigint[] },
): Promise<void> {
  await deps.db.query(
    'note-pings',
    `insert into shop_health (shop_id, pinged_at) select unnest($1::bigint[]), $2
     on conflict (shop_id) do update set pinged_at = excluded.pinged_at`,
    [input.shopIds, deps.clock.now()],
  )
}
