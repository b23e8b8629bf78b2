import type { Deps } from '../deps.ts'
import { hashToken } from '../secrets/token.ts'
import { readShopToken } from './login-link.ts'

export type LoginLinkState =
  | { state: 'ready'; agentName: string; shopName: string; locale: string }
  | { state: 'used' | 'expired'; shopId: bigint; agentId: bigint }
  | { state: 'unknown' }

/** What a login link is good for, without using it up. */
export async function findLoginLink(
  deps: Pick<Deps, 'db' | 'clock'>,
  token: string,
): Promise<LoginLinkState> {
  const parts = readShopToken(token)
  if (!parts) return { state: 'unknown' }
  const [link] = await deps.db.query<{
    agent_id: bigint
    used_at: Date | null
    expires_at: Date
    agent_name: string
    shop_name: string
    locale: string
  }>(
    'find-login-link',
    `select l.agent_id, l.used_at, l.expires_at, a.name as agent_name, s.name as shop_name, s.locale
     from login_link l
     join agent a on a.shop_id = l.shop_id and a.id = l.agent_id
     join shop s on s.id = l.shop_id
     where l.shop_id = $1 and l.token_hash = $2`,
    [parts.shopId, hashToken(parts.secret)],
  )
  if (!link) return { state: 'unknown' }
  const whose = { shopId: parts.shopId, agentId: link.agent_id }
  if (link.used_at) return { state: 'used', ...whose }
  if (link.expires_at <= deps.clock.now()) return { state: 'expired', ...whose }
  return { state: 'ready', agentName: link.agent_name, shopName: link.shop_name, locale: link.locale }
}
