import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'

/** How far a shop is set up. */
export interface SetupState {
  /** Orders can be asked for, or something has come in by itself. */
  connected: boolean
  packages: number
  /** Channels whose price an owner has set. */
  prices: number
  /** Who works here now. */
  agents: number
  apiKeys: number
  tickets: boolean
}

/** Refuses: not_found (shop). One statement. */
export async function readSetup(deps: Pick<Deps, 'db'>, shopId: bigint): Promise<SetupState> {
  const [state] = await deps.db.query<SetupState>(
    'read-setup',
    `select s.consumer_key is not null or exists (select from delivery d where d.shop_id = s.id) as connected,
       (select count(*)::int from package p where p.shop_id = s.id and p.retired_at is null) as packages,
       (select count(distinct r.channel)::int from rate r where r.shop_id = s.id) as prices,
       (select count(*)::int from agent a where a.shop_id = s.id and a.deactivated_at is null) as agents,
       (select count(*)::int from api_key k where k.shop_id = s.id and k.revoked_at is null) as "apiKeys",
       exists (select from ticket t where t.shop_id = s.id) as tickets
     from shop s where s.id = $1`,
    [shopId],
  )
  return state ?? refuse({ code: 'not_found', what: 'shop' })
}
