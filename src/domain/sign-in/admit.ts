import type { Sql } from '../../db/database.ts'
import { writeAudit } from '../audit/write-audit.ts'
import type { Deps } from '../deps.ts'
import { hashToken, newToken } from '../secrets/token.ts'
import { type Origin, shortAddress } from './origin.ts'
import { type Step, stepToken } from './step-token.ts'

/** How signing in goes on: it is done, a code is wanted, or one of several shops. */
export type SignInResult =
  | { kind: 'in'; cookie: string; expiresAt: Date; hasPassword: boolean }
  | { kind: 'code'; step: string }
  | { kind: 'shop'; shops: { name: string; step: string }[] }

/** Of an agent, what signing in looks at. */
export interface SignInAgent {
  shopId: bigint
  id: bigint
  passwordSetAt: Date | null
  hasSecondFactor: boolean
}

const loginDays = 30

/** The agent's login, or the question for the code when they have a second factor. In the caller's transaction. */
export async function admit(
  deps: Pick<Deps, 'keyring' | 'clock'>,
  sql: Sql,
  agent: SignInAgent,
  how: { by: Step['by']; origin: Origin },
): Promise<Exclude<SignInResult, { kind: 'shop' }>> {
  if (!agent.hasSecondFactor) return await makeLogin(deps, sql, agent, { ...how, second: 'none' })
  const { shopId, id: agentId, passwordSetAt } = agent
  const step = { stage: 'code', shopId, agentId, passwordSetAt, by: how.by } as const
  return { kind: 'code', step: stepToken(deps.keyring, step, deps.clock.now()) }
}

/** Makes a login of 30 days; the database keeps the hash of its cookie only. Writes the audit line. */
export async function makeLogin(
  deps: Pick<Deps, 'clock'>,
  sql: Sql,
  agent: SignInAgent,
  how: { by: Step['by']; second: 'none' | 'code' | 'recovery'; origin: Origin },
): Promise<Extract<SignInResult, { kind: 'in' }>> {
  const at = deps.clock.now()
  const expiresAt = new Date(at.getTime() + loginDays * 86_400_000)
  const secret = newToken()
  await sql.query(
    'make-login',
    `insert into login (shop_id, token_hash, agent_id, created_at, seen_at, expires_at, device, address)
     values ($1, $2, $3, $4, $4, $5, $6, $7)`,
    [
      agent.shopId,
      hashToken(secret),
      agent.id,
      at,
      expiresAt,
      how.origin.device.slice(0, 100),
      shortAddress(how.origin.address),
    ],
  )
  await sql.query(
    'drop-over-logins',
    'delete from login where shop_id = $1 and agent_id = $2 and expires_at <= $3',
    [agent.shopId, agent.id, at],
  )
  await writeAudit(sql, {
    shopId: agent.shopId,
    actor: `agent:${agent.id}`,
    action: 'sign_in',
    data: { by: how.by, second: how.second },
    at,
  })
  const hasPassword = agent.passwordSetAt !== null
  return { kind: 'in', cookie: `${agent.shopId}.${secret}`, expiresAt, hasPassword }
}

/** The columns of a SignInAgent, of `agent a`. */
export const signInColumns = `a.shop_id as "shopId", a.id, a.password_set_at as "passwordSetAt",
  a.totp_secret is not null as "hasSecondFactor"`
