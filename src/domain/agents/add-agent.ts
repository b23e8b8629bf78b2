import type { Deps } from '../deps.ts'
import { makeLoginLink } from './login-link.ts'
import { type NewAgent, readNewAgent, saveAgent } from './save-agent.ts'

export { isRole, type Role, roles } from './roles.ts'
export type { NewAgent }

/**
 * Adds an agent and makes a link to sign in with. For an e-mail that is known the same agent gets a fresh link, and the
 * name and role given now (`created` false). Throws Refused: `invalid` naming each field, `not_found` for the shop, `last_owner`.
 */
export async function addAgent(
  deps: Pick<Deps, 'db' | 'clock' | 'publicUrl'>,
  input: NewAgent & { actor?: string },
): Promise<{ id: string; loginUrl: string; created: boolean }> {
  const agent = readNewAgent(input)
  const at = deps.clock.now()
  const { shopId, actor = 'cli' } = input
  return await deps.db.transaction(async (sql) => {
    const { id, created } = await saveAgent(sql, { ...agent, shopId, actor, mayExist: true, at })
    const token = await makeLoginLink(sql, { shopId, agentId: id, at })
    return { id: String(id), loginUrl: `${deps.publicUrl}/login/${token}`, created }
  })
}
