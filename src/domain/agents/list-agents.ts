import type { Deps } from '../deps.ts'
import type { Role } from './roles.ts'

export interface ListedAgent {
  id: bigint
  name: string
  email: string
  role: Role
  createdAt: Date
  hasPassword: boolean
  hasSecondFactor: boolean
  /** When they last opened a page, as far as their logins tell; null: they are signed in nowhere. */
  seenAt: Date | null
  deactivatedAt: Date | null
  /** Tickets of theirs that are not closed. */
  openTickets: number
}

/** Who works for a shop: first those who do, then those who did; by name. */
export async function listAgents(deps: Pick<Deps, 'db'>, input: { shopId: bigint }): Promise<ListedAgent[]> {
  return await deps.db.query<ListedAgent>(
    'list-agents',
    `select a.id, a.name, a.email, a.role, a.created_at as "createdAt", a.password_hash is not null as "hasPassword",
       a.totp_secret is not null as "hasSecondFactor", a.deactivated_at as "deactivatedAt",
       (select max(coalesce(l.seen_at, l.created_at)) from login l where l.shop_id = a.shop_id and l.agent_id = a.id) as "seenAt",
       coalesce(t.open, 0)::int as "openTickets"
     from agent a left join (
       select assignee_id, count(*) as open from ticket where shop_id = $1 and assignee_id is not null
         and status not in ('closed', 'spam') group by 1) t on t.assignee_id = a.id
     where a.shop_id = $1 order by a.deactivated_at is not null, lower(a.name), a.id`,
    [input.shopId],
  )
}
