import type { Sql } from '../../db/database.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { hashToken } from '../secrets/token.ts'
import { makeLogin, type SignInAgent, type SignInResult, signInColumns } from './admit.ts'
import type { Origin } from './origin.ts'
import { readRecoveryCode } from './recovery-codes.ts'
import { readStepToken } from './step-token.ts'
import { verifyCode } from './totp.ts'
import { giveBackTry, takeTryOrRefuse } from './tries.ts'

/**
 * Ends signing in with a code of the phone, or with one of the codes that were kept for the day it is lost. Each works once.
 * Refuses: sign_in_over (begin again), code_wrong, too_many_tries.
 */
export async function confirmCode(
  deps: Pick<Deps, 'db' | 'clock' | 'keyring'>,
  input: { step: string; code: string; origin: Origin },
): Promise<Extract<SignInResult, { kind: 'in' }>> {
  const at = deps.clock.now()
  const step = readStepToken(deps.keyring, 'code', input.step, at)
  if (!step) return refuse({ code: 'sign_in_over' })
  const { shopId, agentId } = step
  const limit = { of: ['code', String(shopId), String(agentId)], most: 10, minutes: 15 }
  await takeTryOrRefuse(deps.db, [limit], at)
  return await deps.db.transaction(async (sql) => {
    // Locked, so that of two at once with the same code one gets in.
    const [agent] = await sql.query<SignInAgent & { totpSecret: Buffer | null; totpStep: number | null }>(
      'code-agent',
      `select ${signInColumns}, a.totp_secret as "totpSecret", a.totp_step as "totpStep"
       from agent a where a.shop_id = $1 and a.id = $2 and a.deactivated_at is null for no key update`,
      [shopId, agentId],
    )
    if (!agent?.totpSecret || !step.isOf(agent.passwordSetAt)) return refuse({ code: 'sign_in_over' })
    const second = (await useRecoveryCode(sql, agent, input.code, at))
      ? 'recovery'
      : (await verifyCode(deps, sql, { ...agent, totpSecret: agent.totpSecret }, input.code))
        ? 'code'
        : undefined
    if (!second) return refuse({ code: 'code_wrong' })
    await giveBackTry(sql, { anew: [limit], less: [] })
    return await makeLogin(deps, sql, agent, { by: step.by, second, origin: input.origin })
  })
}

async function useRecoveryCode(sql: Sql, agent: SignInAgent, typed: string, at: Date): Promise<boolean> {
  const code = readRecoveryCode(typed)
  if (code === undefined) return false
  const used = await sql.query(
    'use-recovery-code',
    `update recovery_code set used_at = $4 where shop_id = $1 and agent_id = $2 and code_hash = $3 and used_at is null
     returning code_hash`,
    [agent.shopId, agent.id, hashToken(code), at],
  )
  return used.length > 0
}
