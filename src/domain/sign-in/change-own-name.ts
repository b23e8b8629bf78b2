import { changesOf } from '../audit/changes.ts'
import { writeAudit } from '../audit/write-audit.ts'
import type { Deps } from '../deps.ts'
import { refuse, refuseField } from '../refusal.ts'

/** The name that customers read under answers from now on. Refuses: invalid (name). */
export async function changeOwnName(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; agentId: bigint; name: string },
): Promise<void> {
  const { shopId, agentId } = input
  const name = readAgentName(input.name)
  if (name === undefined)
    return refuseField('name', 'give the name that customers read, of at most 100 letters')
  await deps.db.transaction(async (sql) => {
    const [before] = await sql.query<{ name: string }>(
      'own-name',
      'select name from agent where shop_id = $1 and id = $2 for no key update',
      [shopId, agentId],
    )
    if (!before) return refuse({ code: 'not_found', what: 'agent' })
    if (!changesOf(before, { name })) return
    await sql.query('change-own-name', 'update agent set name = $3 where shop_id = $1 and id = $2', [
      shopId,
      agentId,
      name,
    ])
    const data = { agentId: String(agentId), changed: ['name'] }
    const at = deps.clock.now()
    await writeAudit(sql, { shopId, actor: `agent:${agentId}`, action: 'agent_change', data, at })
  })
}

/** A name on one line; undefined when there is none, or too much. */
export function readAgentName(typed: string): string | undefined {
  const name = typed.replace(/\s+/g, ' ').trim()
  return name === '' || name.length > 100 ? undefined : name
}
