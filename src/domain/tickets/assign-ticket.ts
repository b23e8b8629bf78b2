import type { Deps } from '../deps.ts'
import { refuse, refuseField } from '../refusal.ts'

/**
 * Makes a ticket an agent's own. `to`: name or e-mail of an agent of the shop; a first name will do where it is one agent's only.
 * Refuses: not_found (ticket), invalid (assign).
 */
export async function assignTicket(
  deps: Pick<Deps, 'db'>,
  input: { shopId: bigint; ticketId: bigint; to: string },
): Promise<{ agentId: bigint }> {
  const named = input.to.trim().toLowerCase()
  const agents = await deps.db.query<{ id: bigint; exact: boolean }>(
    'agents-by-name',
    `select id, email = $2 or lower(name) = $2 as exact from agent
     where shop_id = $1 and (email = $2 or lower(name) = $2 or lower(split_part(name, ' ', 1)) = $2)
       and deactivated_at is null order by id`,
    [input.shopId, named],
  )
  const exact = agents.filter((agent) => agent.exact)
  const [agent, another] = exact.length > 0 ? exact : agents
  if (!agent)
    return refuseField('assign', `there is no agent "${input.to.slice(0, 100)}"; use the e-mail address`)
  if (another)
    return refuseField(
      'assign',
      `several agents are called "${input.to.slice(0, 100)}"; use the e-mail address`,
    )
  const [ticket] = await deps.db.query(
    'assign-ticket',
    'update ticket set assignee_id = $3 where shop_id = $1 and id = $2 returning id',
    [input.shopId, input.ticketId, agent.id],
  )
  if (!ticket) return refuse({ code: 'not_found', what: 'ticket' })
  return { agentId: agent.id }
}
