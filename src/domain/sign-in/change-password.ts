import type { Deps } from '../deps.ts'
import { checkPassword } from './check-password.ts'
import { confirmPassword } from './confirm-password.ts'
import { hashFor, savePassword } from './save-password.ts'
import { tellAccount } from './tell-account.ts'

/**
 * Chooses a password while signed in; whoever has one gives it first. All other logins end, and a mail says so.
 * Refuses: password_wrong, weak_password, too_many_tries.
 */
export async function changePassword(
  deps: Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>,
  input: { shopId: bigint; agentId: bigint; loginId: bigint; current: string; password: string },
): Promise<void> {
  const { shopId, agentId, loginId: keep } = input
  const agent = await confirmPassword(deps, { shopId, agentId, password: input.current })
  checkPassword(input.password, [agent.name, agent.email, agent.shopName])
  const hash = await hashFor(deps, agent.email, input.password)
  const at = deps.clock.now()
  await deps.db.transaction(async (sql) => {
    const by = agent.hasPassword ? 'password' : 'login'
    await savePassword(sql, { shopId, agentId, hash, by, keep, at })
    if (agent.hasPassword) await tellAccount(sql, { shopId, agentId, news: 'password_changed', at })
  })
  deps.wakeWorkers()
}
