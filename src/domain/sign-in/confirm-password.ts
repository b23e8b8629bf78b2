import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { matchPassword } from './password.ts'
import { giveBackTry, takeTryOrRefuse } from './tries.ts'

export interface ConfirmedAgent {
  name: string
  email: string
  shopName: string
  hasPassword: boolean
}

/**
 * Asks for the own password again before what must not be done at somebody's unlocked screen. Who has none yet passes.
 * Refuses: password_wrong, too_many_tries, not_found (agent).
 */
export async function confirmPassword(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; agentId: bigint; password: string },
): Promise<ConfirmedAgent> {
  const { shopId, agentId } = input
  const [agent] = await deps.db.query<Omit<ConfirmedAgent, 'hasPassword'> & { hash: string | null }>(
    'own-password',
    `select a.name, a.email, s.name as "shopName", a.password_hash as hash from agent a join shop s on s.id = a.shop_id
     where a.shop_id = $1 and a.id = $2`,
    [shopId, agentId],
  )
  if (!agent) return refuse({ code: 'not_found', what: 'agent' })
  const { hash, ...rest } = agent
  if (hash === null) return { ...rest, hasPassword: false }
  const limit = { of: ['own', String(shopId), String(agentId)], most: 10, minutes: 15 }
  await takeTryOrRefuse(deps.db, [limit], deps.clock.now())
  const [right] = await matchPassword(input.password, [hash])
  if (!right) return refuse({ code: 'password_wrong' })
  await giveBackTry(deps.db, { anew: [limit], less: [] })
  return { ...rest, hasPassword: true }
}
