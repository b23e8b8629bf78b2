import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'

/** How far a shop is set up. */
export interface SetupState {
  /** Orders can be asked for, or something has come in by itself. */
  connected: boolean
  packages: number
  /** Somebody saved the prices, changed or not. */
  prices: boolean
  /** A mail server took a test. */
  mailTested: boolean
  /** Who works here now. */
  agents: number
  apiKeys: number
  tickets: boolean
  /** An owner put the list of first steps away. */
  stepsHidden: boolean
}

/** What a new shop does first, in this order. */
export const firstSteps = ['shop', 'package', 'prices', 'mail', 'colleague', 'ticket'] as const
export type FirstStep = (typeof firstSteps)[number]

/** Which of them are done, by what there is. */
export function stepsDone(state: SetupState): Record<FirstStep, boolean> {
  return {
    shop: state.connected,
    package: state.packages > 0,
    prices: state.prices,
    mail: state.mailTested,
    colleague: state.agents > 1,
    ticket: state.tickets,
  }
}

/** Puts the list of first steps away for all owners of the shop, or brings it back. */
export async function hideFirstSteps(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; hide: boolean },
): Promise<void> {
  await deps.db.query('hide-first-steps', 'update shop set first_steps_hidden_at = $2 where id = $1', [
    input.shopId,
    input.hide ? deps.clock.now() : null,
  ])
}

/** Refuses: not_found (shop). One statement. */
export async function readSetup(deps: Pick<Deps, 'db'>, shopId: bigint): Promise<SetupState> {
  const [state] = await deps.db.query<SetupState>(
    'read-setup',
    `select s.consumer_key is not null or exists (select from delivery d where d.shop_id = s.id) as connected,
       (select count(*)::int from package p where p.shop_id = s.id and p.retired_at is null) as packages,
       s.prices_looked_at is not null or exists (select from rate r where r.shop_id = s.id) as prices,
       s.mail_tested_at is not null as "mailTested", s.first_steps_hidden_at is not null as "stepsHidden",
       (select count(*)::int from agent a where a.shop_id = s.id and a.deactivated_at is null) as agents,
       (select count(*)::int from api_key k where k.shop_id = s.id and k.revoked_at is null) as "apiKeys",
       exists (select from ticket t where t.shop_id = s.id) as tickets
     from shop s where s.id = $1`,
    [shopId],
  )
  return state ?? refuse({ code: 'not_found', what: 'shop' })
}
