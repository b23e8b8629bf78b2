import { generateSecret, generateURI, verify } from 'otplib'
import type { Sql } from '../../db/database.ts'
import type { Deps } from '../deps.ts'
import { open, seal } from '../secrets/seal.ts'

const contextOf = (agent: { shopId: bigint; agentId: bigint }) =>
  `shop ${agent.shopId} agent ${agent.agentId} totp`

export function sealTotp(
  deps: Pick<Deps, 'keyring'>,
  agent: { shopId: bigint; agentId: bigint },
  secret: string,
): Buffer {
  return seal(deps.keyring, secret, contextOf(agent))
}

export function openTotp(
  deps: Pick<Deps, 'keyring'>,
  agent: { shopId: bigint; agentId: bigint },
  sealed: Uint8Array,
): string {
  return open(deps.keyring, sealed, contextOf(agent))
}

export { generateSecret as newTotpSecret }

/** What the phone's program reads from the picture. */
export function totpUri(secret: string, agent: { email: string; shopName: string }): string {
  return generateURI({ issuer: agent.shopName.replaceAll(':', ' '), label: agent.email, secret })
}

/**
 * The time step of a code of this secret that is newer than `after`; undefined for a wrong or used one. A clock may be half a
 * minute off.
 */
export async function stepOfCode(
  secret: string,
  typed: string,
  at: Date,
  after: number | null,
): Promise<number | undefined> {
  const token = typed.replace(/\s/g, '')
  if (!/^\d{6}$/.test(token)) return undefined
  const result = await verify({
    secret,
    token,
    epoch: Math.floor(at.getTime() / 1000),
    epochTolerance: 30,
    ...(after !== null && { afterTimeStep: after }),
  })
  return result.valid && 'timeStep' in result ? result.timeStep : undefined
}

/** Takes a code of the agent's phone: it does not work again. The row of the agent is locked. */
export async function verifyCode(
  deps: Pick<Deps, 'keyring' | 'clock'>,
  sql: Sql,
  agent: { shopId: bigint; id: bigint; totpSecret: Uint8Array; totpStep: number | null },
  typed: string,
): Promise<boolean> {
  const { shopId, id: agentId } = agent
  const secret = openTotp(deps, { shopId, agentId }, agent.totpSecret)
  const step = await stepOfCode(secret, typed, deps.clock.now(), agent.totpStep)
  if (step === undefined) return false
  await sql.query('take-code', 'update agent set totp_step = $3 where shop_id = $1 and id = $2', [
    shopId,
    agentId,
    step,
  ])
  return true
}
