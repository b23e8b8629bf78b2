import type { Sql } from '../../db/database.ts'
import { writeAudit } from '../audit/write-audit.ts'
import type { Deps } from '../deps.ts'
import { endLogins } from './end-logins.ts'
import { hashPassword } from './password.ts'

/**
 * The hash of a password that somebody chose. It shares its salt with the other agents of that e-mail, so that signing in tries
 * it once, however many shops they are of. Takes long: not in a transaction.
 */
export async function hashFor(deps: Pick<Deps, 'db'>, email: string, password: string): Promise<string> {
  const [other] = await deps.db.query<{ hash: string }>(
    'hash-with-salt',
    'select password_hash as hash from agent where email = $1 and password_hash is not null order by password_set_at limit 1',
    [email],
  )
  return await hashPassword(password, other?.hash)
}

/** Stores it. Logins end, except the one at hand, and links that are under way no longer work. Writes the audit line. */
export async function savePassword(
  sql: Sql,
  input: {
    shopId: bigint
    agentId: bigint
    hash: string
    by: 'link' | 'password' | 'login'
    keep?: bigint
    at: Date
  },
): Promise<void> {
  const { shopId, agentId, at } = input
  await sql.query(
    'save-password',
    'update agent set password_hash = $3, password_set_at = $4 where shop_id = $1 and id = $2',
    [shopId, agentId, input.hash, at],
  )
  await endLogins(sql, { shopId, agentId, ...(input.keep !== undefined && { keep: input.keep }) })
  await voidLinks(sql, { shopId, agentId, at })
  await writeAudit(sql, {
    shopId,
    actor: `agent:${agentId}`,
    action: 'password_set',
    data: { by: input.by },
    at,
  })
}

/** Links of an agent that nobody opened yet do not work any more. */
export async function voidLinks(
  sql: Sql,
  agent: { shopId: bigint; agentId: bigint; at: Date },
): Promise<void> {
  await sql.query(
    'void-links',
    'update login_link set used_at = $3 where shop_id = $1 and agent_id = $2 and used_at is null',
    [agent.shopId, agent.agentId, agent.at],
  )
}
