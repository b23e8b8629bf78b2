import type { Sql } from '../../db/database.ts'
import { writeAudit } from '../audit/write-audit.ts'
import type { Deps } from '../deps.ts'
import { refuse, refuseField } from '../refusal.ts'
import { lockShop } from '../shops/lock-shop.ts'
import { readAgentName } from '../sign-in/change-own-name.ts'
import { endLogins } from '../sign-in/end-logins.ts'
import { voidLinks } from '../sign-in/save-password.ts'
import { clearSecondFactor } from '../sign-in/second-factor.ts'
import { tellAccount } from '../sign-in/tell-account.ts'
import { refuseLastOwner } from './last-owner.ts'
import { isRole, type Role, roles } from './roles.ts'

interface Named {
  shopId: bigint
  agentId: bigint
  /** Who does it, for the audit log. */
  actor: string
}
type AgentDeps = Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>

/** Gives a colleague another name or role. A change of role ends their logins. Refuses: invalid, not_found (agent), last_owner. */
export async function changeAgent(
  deps: AgentDeps,
  input: Named & { name?: string; role?: string },
): Promise<void> {
  const { shopId, agentId, actor } = input
  await withAgent(deps, input, async (sql, before, at) => {
    const name = input.name === undefined ? before.name : readAgentName(input.name)
    const role = input.role ?? before.role
    if (name === undefined)
      return refuseField('name', 'give the name that customers read, of at most 100 letters')
    if (!isRole(role)) return refuseField('role', `choose from ${roles.join(', ')}`)
    if (name === before.name && role === before.role) return
    if (before.role === 'owner' && role !== 'owner' && !before.gone) {
      await refuseLastOwner(sql, shopId, agentId)
    }
    await sql.query('change-agent', 'update agent set name = $3, role = $4 where shop_id = $1 and id = $2', [
      shopId,
      agentId,
      name,
      role,
    ])
    if (role !== before.role) await endLogins(sql, { shopId, agentId })
    const data = {
      agentId: String(agentId),
      ...(name !== before.name && { changed: ['name'] }),
      ...(role !== before.role && { before: { role: before.role }, after: { role } }),
    }
    await writeAudit(sql, { shopId, actor, action: 'agent_change', data, at })
  })
}

/**
 * Ends somebody's work for the shop: their logins and links, at once. What they wrote stays theirs; their open tickets go to
 * `to`, or become nobody's. Refuses: not_found (agent, also `to`), last_owner.
 */
export async function deactivateAgent(
  deps: AgentDeps,
  input: Named & { to?: bigint },
): Promise<{ tickets: number }> {
  const { shopId, agentId, actor, to } = input
  return await withAgent(deps, input, async (sql, before, at) => {
    if (before.gone) return { tickets: 0 }
    if (before.role === 'owner') await refuseLastOwner(sql, shopId, agentId)
    if (to !== undefined) {
      const [heir] = await sql.query(
        'heir-of-tickets',
        'select from agent where shop_id = $1 and id = $2 and id <> $3 and deactivated_at is null for key share',
        [shopId, to, agentId],
      )
      if (!heir) refuse({ code: 'not_found', what: 'agent' })
    }
    await sql.query(
      'deactivate-agent',
      'update agent set deactivated_at = $3 where shop_id = $1 and id = $2',
      [shopId, agentId, at],
    )
    await endLogins(sql, { shopId, agentId })
    await voidLinks(sql, { shopId, agentId, at })
    const moved = await sql.query(
      'reassign-tickets',
      `update ticket set assignee_id = $3 where shop_id = $1 and assignee_id = $2 and status not in ('closed', 'spam')
       returning id`,
      [shopId, agentId, to ?? null],
    )
    const data = {
      agentId: String(agentId),
      tickets: moved.length,
      ...(to !== undefined && { toAgentId: String(to) }),
    }
    await writeAudit(sql, { shopId, actor, action: 'agent_deactivate', data, at })
    return { tickets: moved.length }
  })
}

/** Lets somebody work again, with the role they had; their password still opens. Refuses: not_found (agent). */
export async function activateAgent(deps: AgentDeps, input: Named): Promise<void> {
  const { shopId, agentId, actor } = input
  await withAgent(deps, input, async (sql, before, at) => {
    if (!before.gone) return
    await sql.query(
      'activate-agent',
      'update agent set deactivated_at = null where shop_id = $1 and id = $2',
      [shopId, agentId],
    )
    const data = { agentId: String(agentId), role: before.role }
    await writeAudit(sql, { shopId, actor, action: 'agent_activate', data, at })
  })
}

/**
 * Takes a lost phone's second factor off, for a colleague who has none of their recovery codes either. Their logins end, and
 * they are told. Refuses: not_found (agent).
 */
export async function resetSecondFactor(deps: AgentDeps, input: Named): Promise<void> {
  const { shopId, agentId, actor } = input
  await withAgent(deps, input, async (sql, before, at) => {
    if (!before.hasSecondFactor) return
    await clearSecondFactor(sql, { shopId, agentId })
    await endLogins(sql, { shopId, agentId })
    await writeAudit(sql, {
      shopId,
      actor,
      action: 'second_factor_reset',
      data: { agentId: String(agentId) },
      at,
    })
    await tellAccount(sql, { shopId, agentId, news: 'second_factor_reset', at })
  })
  deps.wakeWorkers()
}

interface Before {
  name: string
  role: Role
  gone: boolean
  hasSecondFactor: boolean
}

/** With the shop locked, so that two owners who remove each other at once do not both go. */
async function withAgent<T>(
  deps: AgentDeps,
  { shopId, agentId }: Named,
  work: (sql: Sql, before: Before, at: Date) => Promise<T>,
): Promise<T> {
  return await deps.db.transaction(async (sql) => {
    await lockShop(sql, shopId)
    const [before] = await sql.query<Before>(
      'agent-before',
      `select name, role, deactivated_at is not null as gone, totp_secret is not null as "hasSecondFactor"
       from agent where shop_id = $1 and id = $2 for no key update`,
      [shopId, agentId],
    )
    if (!before) return refuse({ code: 'not_found', what: 'agent' })
    return await work(sql, before, deps.clock.now())
  })
}
