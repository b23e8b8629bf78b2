import type { Role } from '../../domain/agents/add-agent.ts'
import { findAgent } from '../../domain/agents/find-agent.ts'
import type { Deps } from '../../domain/deps.ts'
import { refuseField } from '../../domain/refusal.ts'
import type { ApiCaller } from './route.ts'

/** Who an act of the API is written down to. */
export interface Author {
  id?: bigint
  name: string
  /** For the ledger and the audit log: "agent:7" or "api:3". */
  actor: string
  /** Of an agent; the API itself has none. */
  role?: Role
}

/** The program itself, for the ledger and the audit log. */
export function actorOf(caller: Pick<ApiCaller, 'keyId'>): string {
  return `api:${caller.keyId}`
}

/** The agent that a body names by e-mail or id, or the API itself. Refuses: invalid (agent). */
export async function authorOf(
  deps: Pick<Deps, 'db'>,
  caller: ApiCaller,
  named: string | null | undefined,
): Promise<Author> {
  if (named === null || named === undefined) return { name: 'API', actor: actorOf(caller) }
  const agent = await findAgent(deps, { shopId: caller.shopId, agent: named })
  if (!agent) {
    return refuseField('agent', 'give the e-mail or the id of an agent of this shop, or leave it out')
  }
  return { id: agent.id, name: agent.name, actor: `agent:${agent.id}`, role: agent.role }
}
