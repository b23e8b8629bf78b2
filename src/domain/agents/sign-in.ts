import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { hashToken } from '../secrets/token.ts'
import { admit, type SignInAgent, type SignInResult, signInColumns } from '../sign-in/admit.ts'
import type { Origin } from '../sign-in/origin.ts'
import { readShopToken } from './login-link.ts'

/**
 * Uses up a login link. Whoever has a second factor is asked for its code then; everybody else is in.
 * Refuses: login_link_spent, when the link is unknown, was used or has expired; of two at once one gets in.
 */
export async function signIn(
  deps: Pick<Deps, 'db' | 'clock' | 'keyring'>,
  input: { token: string; origin?: Origin },
): Promise<Exclude<SignInResult, { kind: 'shop' }>> {
  const parts = readShopToken(input.token)
  if (!parts) return refuse({ code: 'login_link_spent' })
  return await deps.db.transaction(async (sql) => {
    const [agent] = await sql.query<SignInAgent>(
      'sign-in',
      `with link as (
         update login_link set used_at = $3
         where shop_id = $1 and token_hash = $2 and used_at is null and expires_at > $3 and kind = 'sign_in' returning agent_id
       ) select ${signInColumns} from agent a join link on link.agent_id = a.id
       where a.shop_id = $1 and a.deactivated_at is null`,
      [parts.shopId, hashToken(parts.secret), deps.clock.now()],
    )
    if (!agent) return refuse({ code: 'login_link_spent' })
    return await admit(deps, sql, agent, { by: 'link', origin: input.origin ?? { device: '', address: '' } })
  })
}
