import type { Deps } from '../deps.ts'
import type { Role } from './add-agent.ts'

export interface FoundAgent {
  id: bigint
  name: string
  email: string
  role: Role
}

/** An agent of the shop by e-mail or id, as another program names one; undefined when there is none. One statement. */
export async function findAgent(
  deps: Pick<Deps, 'db'>,
  input: { shopId: bigint; agent: string },
): Promise<FoundAgent | undefined> {
  const named = input.agent.trim().toLowerCase()
  const id = /^[1-9]\d{0,17}$/.test(named) ? BigInt(named) : null
  const [agent] = await deps.db.query<FoundAgent>(
    'find-agent',
    'select id, name, email, role from agent where shop_id = $1 and (id = $2 or email = $3) and deactivated_at is null',
    [input.shopId, id, named],
  )
  return agent
}
