import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { hashToken, newToken } from '../secrets/token.ts'
import { readShopToken } from './login-link.ts'

const loginDays = 30

/**
 * Uses up a login link and makes a login of 30 days. Returns the token for the cookie, "<shopId>.<secret>".
 * Throws Refused `login_link_spent` when the link is unknown, was used or has expired; of two at once one gets in.
 */
export async function signIn(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { token: string },
): Promise<{ cookie: string; expiresAt: Date }> {
  const parts = readShopToken(input.token)
  if (!parts) return refuse({ code: 'login_link_spent' })
  const at = deps.clock.now()
  const expiresAt = new Date(at.getTime() + loginDays * 86_400_000)
  const secret = newToken()
  const [login] = await deps.db.query(
    'sign-in',
    `with link as (
       update login_link set used_at = $3
       where shop_id = $1 and token_hash = $2 and used_at is null and expires_at > $3 returning agent_id
     ) insert into login (shop_id, token_hash, agent_id, created_at, expires_at)
     select $1, $4, agent_id, $3, $5 from link returning agent_id`,
    [parts.shopId, hashToken(parts.secret), at, hashToken(secret), expiresAt],
  )
  if (!login) return refuse({ code: 'login_link_spent' })
  return { cookie: `${parts.shopId}.${secret}`, expiresAt }
}
