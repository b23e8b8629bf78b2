import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'

/** Of one's own account, what its page shows beside the logins. */
export interface OwnAccount {
  name: string
  email: string
  passwordSetAt: Date | null
  hasSecondFactor: boolean
  /** Recovery codes that were not used yet. */
  codesLeft: number
  secondFactorRequired: boolean
}

/** Refuses: not_found (agent). */
export async function readAccount(
  deps: Pick<Deps, 'db'>,
  input: { shopId: bigint; agentId: bigint },
): Promise<OwnAccount> {
  const [account] = await deps.db.query<OwnAccount>(
    'read-account',
    `select a.name, a.email, a.password_set_at as "passwordSetAt", a.totp_secret is not null as "hasSecondFactor",
       (select count(*)::int from recovery_code c where c.shop_id = a.shop_id and c.agent_id = a.id and c.used_at is null) as "codesLeft",
       s.requires_second_factor as "secondFactorRequired"
     from agent a join shop s on s.id = a.shop_id where a.shop_id = $1 and a.id = $2`,
    [input.shopId, input.agentId],
  )
  return account ?? refuse({ code: 'not_found', what: 'agent' })
}
