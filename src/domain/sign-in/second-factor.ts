import type { Sql } from '../../db/database.ts'
import { writeAudit } from '../audit/write-audit.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { confirmPassword } from './confirm-password.ts'
import { endLogins } from './end-logins.ts'
import { dropRecoveryCodes, makeRecoveryCodes } from './recovery-codes.ts'
import { tellAccount } from './tell-account.ts'
import { newTotpSecret, openTotp, sealTotp, stepOfCode, verifyCode } from './totp.ts'
import { giveBackTry, type TryLimit, takeTryOrRefuse } from './tries.ts'

interface Who {
  shopId: bigint
  agentId: bigint
}
type SecondFactorDeps = Pick<Deps, 'db' | 'clock' | 'keyring' | 'wakeWorkers'>

/** A secret to enrol with. Nothing is stored until a code proves that the phone has it; the page keeps `sealed` meanwhile. */
export function offerSecondFactor(deps: Pick<Deps, 'keyring'>, who: Who): { secret: string; sealed: string } {
  const secret = newTotpSecret()
  return { secret, sealed: sealTotp(deps, who, secret).toString('base64url') }
}

/** The secret of a page that comes back; undefined for one that we did not make for this agent. */
export function readOffer(deps: Pick<Deps, 'keyring'>, who: Who, sealed: string): string | undefined {
  try {
    return openTotp(deps, who, Buffer.from(sealed, 'base64url'))
  } catch {
    return undefined
  }
}

/**
 * Turns the second factor on; all other logins end. Returns the recovery codes, which are shown this once.
 * Refuses: code_wrong, second_factor_on, sign_in_over (the page was too old), too_many_tries.
 */
export async function turnSecondFactorOn(
  deps: SecondFactorDeps,
  input: Who & { loginId: bigint; sealed: string; code: string },
): Promise<string[]> {
  const { shopId, agentId } = input
  const secret = readOffer(deps, input, input.sealed)
  if (secret === undefined) return refuse({ code: 'sign_in_over' })
  const at = deps.clock.now()
  await takeTryOrRefuse(deps.db, [limitOf(input)], at)
  const step = await stepOfCode(secret, input.code, at, null)
  if (step === undefined) return refuse({ code: 'code_wrong' })
  const codes = await deps.db.transaction(async (sql) => {
    const [on] = await sql.query(
      'second-factor-on',
      `update agent set totp_secret = $3, totp_step = $4 where shop_id = $1 and id = $2 and totp_secret is null
       returning id`,
      [shopId, agentId, sealTotp(deps, input, secret), step],
    )
    if (!on) return refuse({ code: 'second_factor_on' })
    await giveBackTry(sql, { anew: [limitOf(input)], less: [] })
    await endLogins(sql, { shopId, agentId, keep: input.loginId })
    await note(sql, input, 'second_factor_on', at)
    return await makeRecoveryCodes(sql, input)
  })
  deps.wakeWorkers()
  return codes
}

/**
 * Turns it off, with the password and a code. Where the shop requires one, the next page asks for a new one.
 * Refuses: password_wrong, code_wrong, too_many_tries.
 */
export async function turnSecondFactorOff(
  deps: SecondFactorDeps,
  input: Who & { password: string; code: string },
): Promise<void> {
  await confirmPassword(deps, input)
  await withCode(deps, input, async (sql, at) => {
    await clearSecondFactor(sql, input)
    await note(sql, input, 'second_factor_off', at)
  })
  deps.wakeWorkers()
}

/** Makes the recovery codes anew. Refuses: password_wrong, code_wrong, too_many_tries. */
export async function renewRecoveryCodes(
  deps: SecondFactorDeps,
  input: Who & { password: string; code: string },
): Promise<string[]> {
  await confirmPassword(deps, input)
  const codes = await withCode(deps, input, async (sql, at) => {
    await note(sql, input, 'recovery_codes_new', at)
    return await makeRecoveryCodes(sql, input)
  })
  deps.wakeWorkers()
  return codes
}

export async function clearSecondFactor(sql: Sql, { shopId, agentId }: Who): Promise<void> {
  await sql.query(
    'second-factor-off',
    'update agent set totp_secret = null, totp_step = null where shop_id = $1 and id = $2',
    [shopId, agentId],
  )
  await dropRecoveryCodes(sql, { shopId, agentId })
}

const limitOf = ({ shopId, agentId }: Who): TryLimit => ({
  of: ['code', String(shopId), String(agentId)],
  most: 10,
  minutes: 15,
})

async function withCode<T>(
  deps: SecondFactorDeps,
  input: Who & { code: string },
  work: (sql: Sql, at: Date) => Promise<T>,
): Promise<T> {
  const at = deps.clock.now()
  await takeTryOrRefuse(deps.db, [limitOf(input)], at)
  return await deps.db.transaction(async (sql) => {
    const [agent] = await sql.query<{
      shopId: bigint
      id: bigint
      totpSecret: Buffer | null
      totpStep: number | null
    }>(
      'own-second-factor',
      `select shop_id as "shopId", id, totp_secret as "totpSecret", totp_step as "totpStep" from agent
       where shop_id = $1 and id = $2 for no key update`,
      [input.shopId, input.agentId],
    )
    if (!agent?.totpSecret) return refuse({ code: 'code_wrong' })
    const right = await verifyCode(deps, sql, { ...agent, totpSecret: agent.totpSecret }, input.code)
    if (!right) return refuse({ code: 'code_wrong' })
    await giveBackTry(sql, { anew: [limitOf(input)], less: [] })
    return await work(sql, at)
  })
}

async function note(
  sql: Sql,
  { shopId, agentId }: Who,
  action: 'second_factor_on' | 'second_factor_off' | 'recovery_codes_new',
  at: Date,
): Promise<void> {
  await writeAudit(sql, { shopId, actor: `agent:${agentId}`, action, data: {}, at })
  if (action !== 'recovery_codes_new') await tellAccount(sql, { shopId, agentId, news: action, at })
}
