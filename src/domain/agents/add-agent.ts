import type { Deps } from '../deps.ts'
import { type FieldProblem, refuse } from '../refusal.ts'
import { requireShop } from '../shops/require-shop.ts'
import { makeLoginLink } from './login-link.ts'

export const roles = ['agent', 'supervisor', 'owner'] as const
export type Role = (typeof roles)[number]

export function isRole(value: string): value is Role {
  return (roles as readonly string[]).includes(value)
}

export interface NewAgent {
  shopId: bigint
  email: string
  name: string
  role: string
}

/**
 * Adds an agent and makes a link to sign in with. For an e-mail that is known the same agent gets a fresh link, and the
 * name and role given now (`created` false). Throws Refused: `invalid` naming each field, `not_found` for the shop.
 */
export async function addAgent(
  deps: Pick<Deps, 'db' | 'clock' | 'publicUrl'>,
  input: NewAgent,
): Promise<{ id: string; loginUrl: string; created: boolean }> {
  const email = input.email.trim().toLowerCase()
  const name = input.name.trim()
  const fields: FieldProblem[] = []
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) fields.push({ field: 'email', message: 'give an e-mail address' })
  if (name === '') fields.push({ field: 'name', message: 'give the name that customers read' })
  if (!isRole(input.role)) fields.push({ field: 'role', message: `choose from ${roles.join(', ')}` })
  if (fields.length > 0) refuse({ code: 'invalid', fields })
  const at = deps.clock.now()
  return await deps.db.transaction(async (sql) => {
    await requireShop(sql, input.shopId)
    const [agent] = await sql.query<{ id: bigint; created: boolean }>(
      'add-agent',
      `insert into agent (shop_id, email, name, role, created_at) values ($1, $2, $3, $4, $5)
       on conflict (shop_id, email) do update set name = excluded.name, role = excluded.role
       returning id, xmax = 0 as created`,
      [input.shopId, email, name, input.role, at],
    )
    if (!agent) throw new Error('adding an agent returned nothing')
    const token = await makeLoginLink(sql, { shopId: input.shopId, agentId: agent.id, at })
    return { id: String(agent.id), loginUrl: `${deps.publicUrl}/login/${token}`, created: agent.created }
  })
}
