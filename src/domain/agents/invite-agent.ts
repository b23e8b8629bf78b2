import { writeAudit } from '../audit/write-audit.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { tellAccount } from '../sign-in/tell-account.ts'
import { takeTryOrRefuse } from '../sign-in/tries.ts'
import { type NewAgent, readNewAgent, saveAgent } from './save-agent.ts'

type InviteDeps = Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>

/**
 * Lets somebody work for the shop and mails them a link to choose their password. One who was deactivated may work again.
 * Refuses: invalid (each field), agent_exists, not_found (shop).
 */
export async function inviteAgent(
  deps: InviteDeps,
  input: NewAgent & { actor: string; by: string },
): Promise<{ id: string }> {
  const agent = readNewAgent(input)
  const at = deps.clock.now()
  const { shopId, actor, by } = input
  const id = await deps.db.transaction(async (sql) => {
    const saved = await saveAgent(sql, { ...agent, shopId, actor, mayExist: false, at })
    await tellAccount(sql, { shopId, agentId: saved.id, news: 'invitation', by, at })
    return saved.id
  })
  deps.wakeWorkers()
  return { id: String(id) }
}

/** Mails the link again, at most three times an hour. Refuses: not_found (agent), too_many_tries. */
export async function inviteAgentAgain(
  deps: InviteDeps,
  input: { shopId: bigint; agentId: bigint; actor: string; by: string },
): Promise<void> {
  const { shopId, agentId, actor, by } = input
  const at = deps.clock.now()
  await takeTryOrRefuse(
    deps.db,
    [{ of: ['invite', String(shopId), String(agentId)], most: 3, minutes: 60 }],
    at,
  )
  await deps.db.transaction(async (sql) => {
    const [agent] = await sql.query(
      'agent-to-invite',
      'select from agent where shop_id = $1 and id = $2 and deactivated_at is null for no key update',
      [shopId, agentId],
    )
    if (!agent) return refuse({ code: 'not_found', what: 'agent' })
    await writeAudit(sql, { shopId, actor, action: 'agent_invite', data: { agentId: String(agentId) }, at })
    await tellAccount(sql, { shopId, agentId, news: 'invitation', by, at })
  })
  deps.wakeWorkers()
}
