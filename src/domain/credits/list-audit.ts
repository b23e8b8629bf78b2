import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'

/** Who did what to an account by hand, and why. `data` depends on the action: grantId, payerId, units, reason, note. */
export interface AuditLine {
  id: bigint
  action: string
  actor: string
  /** The agent's name; null for a program. */
  agentName: string | null
  data: Record<string, unknown>
  at: Date
}

/** The newest first. Throws Refused `not_found` for an unknown customer. */
export async function listAudit(
  deps: Pick<Deps, 'db'>,
  input: { shopId: bigint; customerId: bigint; before?: bigint; limit: number },
): Promise<{ lines: AuditLine[]; next?: bigint }> {
  const [customer] = await deps.db.query(
    'audited-customer',
    'select customer_id from account where shop_id = $1 and customer_id = $2',
    [input.shopId, input.customerId],
  )
  if (!customer) return refuse({ code: 'not_found', what: 'customer' })
  const rows = await deps.db.query<AuditLine>(
    'list-audit',
    `select l.id, l.action, l.actor, a.name as "agentName", l.data, l.at from audit_log l
     left join agent a on a.shop_id = l.shop_id and l.actor = 'agent:' || a.id
     where l.shop_id = $1 and l.customer_id = $2 and l.id < coalesce($3, 9223372036854775807)
     order by l.id desc limit $4`,
    [input.shopId, input.customerId, input.before ?? null, input.limit + 1],
  )
  const lines = rows.slice(0, input.limit)
  const last = lines.at(-1)
  return rows.length > input.limit && last ? { lines, next: last.id } : { lines }
}
