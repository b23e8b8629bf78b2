import { readShopToken } from '../agents/login-link.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { hashToken } from '../secrets/token.ts'
import { admit, type SignInAgent, type SignInResult, signInColumns } from './admit.ts'
import { checkPassword } from './check-password.ts'
import type { Origin } from './origin.ts'
import { hashFor, savePassword } from './save-password.ts'

export interface PasswordLink {
  shopId: bigint
  agentId: bigint
  name: string
  email: string
  shopName: string
  /** False for somebody who was invited. */
  hasPassword: boolean
}

/** Whose a mailed link is, while it works. Looking does not use it up: programs that read mail open links, too. */
export async function findPasswordLink(
  deps: Pick<Deps, 'db' | 'clock'>,
  token: string,
): Promise<PasswordLink | undefined> {
  const parts = readShopToken(token)
  if (!parts) return undefined
  const [link] = await deps.db.query<PasswordLink>(
    'find-password-link',
    `select a.shop_id as "shopId", a.id as "agentId", a.name, a.email, s.name as "shopName",
       a.password_hash is not null as "hasPassword"
     from login_link l join agent a on a.shop_id = l.shop_id and a.id = l.agent_id join shop s on s.id = a.shop_id
     where l.shop_id = $1 and l.token_hash = $2 and l.kind = 'password' and l.used_at is null and l.expires_at > $3
       and a.deactivated_at is null`,
    [parts.shopId, hashToken(parts.secret), deps.clock.now()],
  )
  return link
}

/**
 * Chooses a password by a mailed link, which is used up; all logins end, and the person is signed in, after the code of their
 * phone when they have a second factor. Refuses: login_link_spent, weak_password (the link still works).
 */
export async function setPasswordByLink(
  deps: Pick<Deps, 'db' | 'clock' | 'keyring'>,
  input: { token: string; password: string; origin: Origin },
): Promise<Exclude<SignInResult, { kind: 'shop' }>> {
  const link = await findPasswordLink(deps, input.token)
  const parts = readShopToken(input.token)
  if (!link || !parts) return refuse({ code: 'login_link_spent' })
  const { shopId, agentId, email } = link
  checkPassword(input.password, [link.name, email, link.shopName])
  const hash = await hashFor(deps, email, input.password)
  const at = deps.clock.now()
  return await deps.db.transaction(async (sql) => {
    const [used] = await sql.query(
      'use-password-link',
      `update login_link set used_at = $3 where shop_id = $1 and token_hash = $2 and kind = 'password' and used_at is null
         and expires_at > $3 returning agent_id`,
      [shopId, hashToken(parts.secret), at],
    )
    if (!used) return refuse({ code: 'login_link_spent' })
    await savePassword(sql, { shopId, agentId, hash, by: 'link', at })
    const [agent] = await sql.query<SignInAgent>(
      'sign-in-agent',
      `select ${signInColumns} from agent a where a.shop_id = $1 and a.id = $2 and a.deactivated_at is null`,
      [shopId, agentId],
    )
    if (!agent) return refuse({ code: 'login_link_spent' })
    return await admit(deps, sql, agent, { by: 'link', origin: input.origin })
  })
}
