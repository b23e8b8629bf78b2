import type { Sql } from '../../db/database.ts'
import { hashToken, newToken } from '../secrets/token.ts'

/** Splits "<shopId>.<secret>", the form of login links and login cookies; undefined for anything else. */
export function readShopToken(text: string): { shopId: bigint; secret: string } | undefined {
  const [, shopId, secret] = /^([1-9]\d{0,17})\.([\w-]{20,100})$/.exec(text) ?? []
  return shopId === undefined || secret === undefined ? undefined : { shopId: BigInt(shopId), secret }
}

/**
 * Makes a link that works once: one that signs an agent in within a day, or one that lets them choose a password. The database
 * keeps its hash only. Returns the token.
 */
export async function makeLoginLink(
  sql: Sql,
  agent: { shopId: bigint; agentId: bigint; at: Date; kind?: 'sign_in' | 'password'; hours?: number },
): Promise<string> {
  const secret = newToken()
  const { kind = 'sign_in', hours = 24 } = agent
  await sql.query(
    'make-login-link',
    'insert into login_link (shop_id, token_hash, agent_id, expires_at, kind) values ($1, $2, $3, $4, $5)',
    [agent.shopId, hashToken(secret), agent.agentId, new Date(agent.at.getTime() + hours * 3_600_000), kind],
  )
  return `${agent.shopId}.${secret}`
}
