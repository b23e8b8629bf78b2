import type { Sql } from '../../db/database.ts'
import { hashToken, newToken } from '../secrets/token.ts'

/** Splits "<shopId>.<secret>", the form of login links and login cookies; undefined for anything else. */
export function readShopToken(text: string): { shopId: bigint; secret: string } | undefined {
  const [, shopId, secret] = /^([1-9]\d{0,17})\.([\w-]{20,100})$/.exec(text) ?? []
  return shopId === undefined || secret === undefined ? undefined : { shopId: BigInt(shopId), secret }
}

const linkHours = 24

/** Makes a link that signs an agent in once within a day. The database keeps its hash only. Returns the token. */
export async function makeLoginLink(
  sql: Sql,
  agent: { shopId: bigint; agentId: bigint; at: Date },
): Promise<string> {
  const secret = newToken()
  await sql.query(
    'make-login-link',
    'insert into login_link (shop_id, token_hash, agent_id, expires_at) values ($1, $2, $3, $4)',
    [agent.shopId, hashToken(secret), agent.agentId, new Date(agent.at.getTime() + linkHours * 3_600_000)],
  )
  return `${agent.shopId}.${secret}`
}
