import type { Sql } from '../../db/database.ts'
import { writeAudit } from '../audit/write-audit.ts'
import { type FieldProblem, refuse } from '../refusal.ts'
import { lockShop } from '../shops/lock-shop.ts'
import { readAgentName } from '../sign-in/change-own-name.ts'
import { endLogins } from '../sign-in/end-logins.ts'
import { refuseLastOwner } from './last-owner.ts'
import { isRole, type Role, roles } from './roles.ts'

export interface NewAgent {
  shopId: bigint
  email: string
  name: string
  role: string
}

export interface ReadAgent {
  email: string
  name: string
  role: Role
}

/** Refuses: invalid, naming each field. */
export function readNewAgent(input: NewAgent): ReadAgent {
  const email = input.email.trim().toLowerCase()
  const name = readAgentName(input.name)
  const fields: FieldProblem[] = []
  if (!/^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(email) || email.length > 254) {
    fields.push({ field: 'email', message: 'give an e-mail address' })
  }
  if (name === undefined) {
    fields.push({ field: 'name', message: 'give the name that customers read, of at most 100 letters' })
  }
  if (!isRole(input.role)) fields.push({ field: 'role', message: `choose from ${roles.join(', ')}` })
  if (fields.length > 0 || name === undefined || !isRole(input.role)) {
    return refuse({ code: 'invalid', fields })
  }
  return { email, name, role: input.role }
}

/**
 * Adds an agent, or gives the one of that e-mail this name and role and lets them work again. A change of role ends their
 * logins. `known`: what became of one who was there, 'kept' (refused unless `mayExist`). Refuses: not_found (shop), agent_exists, last_owner.
 */
export async function saveAgent(
  sql: Sql,
  input: ReadAgent & { shopId: bigint; actor: string; mayExist: boolean; at: Date },
): Promise<{ id: bigint; created: boolean }> {
  const { shopId, email, name, role, actor, at } = input
  await lockShop(sql, shopId)
  const [before] = await sql.query<{ id: bigint; name: string; role: Role; gone: boolean }>(
    'agent-of-email',
    `select id, name, role, deactivated_at is not null as gone from agent where shop_id = $1 and email = $2
     for no key update`,
    [shopId, email],
  )
  const log = (action: 'agent_add' | 'agent_change' | 'agent_activate', id: bigint, changed: object) =>
    writeAudit(sql, { shopId, actor, action, data: { agentId: String(id), ...changed }, at })
  if (!before) {
    const [agent] = await sql.query<{ id: bigint }>(
      'add-agent',
      'insert into agent (shop_id, email, name, role, created_at) values ($1, $2, $3, $4, $5) returning id',
      [shopId, email, name, role, at],
    )
    if (!agent) throw new Error('adding an agent returned nothing')
    await log('agent_add', agent.id, { role })
    return { id: agent.id, created: true }
  }
  if (!before.gone && !input.mayExist) return refuse({ code: 'agent_exists' })
  if (before.role === 'owner' && role !== 'owner') await refuseLastOwner(sql, shopId, before.id)
  await sql.query(
    'save-agent',
    'update agent set name = $3, role = $4, deactivated_at = null where shop_id = $1 and id = $2',
    [shopId, before.id, name, role],
  )
  if (before.role !== role) await endLogins(sql, { shopId, agentId: before.id })
  if (before.gone) await log('agent_activate', before.id, { role })
  else if (before.role !== role || before.name !== name) {
    await log('agent_change', before.id, {
      ...(before.name !== name && { changed: ['name'] }),
      ...(before.role !== role && { before: { role: before.role }, after: { role } }),
    })
  }
  return { id: before.id, created: false }
}
