import type { Deps } from '../deps.ts'
import { hashToken } from '../secrets/token.ts'
import { readShopToken } from './login-link.ts'

export type LoginLinkState =
  | { state: 'used' | 'expired'; shopId: bigint; agentId: bigint }
  | { state: 'unknown' }

/** Why a link that signIn refused does not work. */
export async function findLoginLink(deps: Pick<Deps, 'db'>, token: string): Promise<LoginLinkState> {
  const parts = readShopToken(token)
  if (!parts) return { state: 'unknown' }
  const [link] = await deps.db.query<{
    agent_id: bigint
    used_at: Date | null
  }>(
    'find-login-link',
    `select agent_id, used_at from login_link where shop_id = $1 and token_hash = $2 and kind = 'sign_in'`,
    [parts.shopId, hashToken(parts.secret)],
  )
  if (!link) return { state: 'unknown' }
  const whose = { shopId: parts.shopId, agentId: link.agent_id }
  return { state: link.used_at ? 'used' : 'expired', ...whose }
}
