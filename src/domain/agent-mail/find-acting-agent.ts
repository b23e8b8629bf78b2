import type { Sql } from '../../db/database.ts'
import type { ActingAgent } from './perform-order.ts'

/** An agent with all that decides what a mail of theirs may do; undefined when there is none, or no such ticket in the shop. */
export async function findActingAgent(
  sql: Sql,
  of: { shopId: bigint; agentId: bigint; ticketId: bigint },
): Promise<(ActingAgent & { email: string }) | undefined> {
  const [agent] = await sql.query<ActingAgent & { email: string }>(
    'acting-agent',
    `select a.id, a.name, a.email, a.role, s.agent_waivers_per_day as "waiversPerDay", s.timezone
     from agent a join shop s on s.id = a.shop_id
     where a.shop_id = $1 and a.id = $2 and a.deactivated_at is null and exists (select from ticket t where t.shop_id = $1 and t.id = $3)`,
    [of.shopId, of.agentId, of.ticketId],
  )
  return agent
}
