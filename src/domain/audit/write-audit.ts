import type { Sql } from '../../db/database.ts'
import type { AuditAction } from './actions.ts'

export interface AuditEntry {
  shopId: bigint
  /** Whose account it touched; absent for what is no matter of one customer. */
  customerId?: bigint
  /** "agent:7", "api:3", "cli" or "customer:12/contact:40". */
  actor: string
  action: AuditAction
  /** Plain values as people give them; ids as strings. */
  data: Record<string, unknown>
  at: Date
}

/** Writes down who did what, in the caller's transaction: what happened and that it is known who did it are one commit. */
export async function writeAudit(sql: Sql, entry: AuditEntry): Promise<bigint> {
  const [line] = await sql.query<{ id: bigint }>(
    'write-audit',
    'insert into audit_log (shop_id, customer_id, actor, action, data, at) values ($1, $2, $3, $4, $5, $6) returning id',
    [entry.shopId, entry.customerId ?? null, entry.actor, entry.action, JSON.stringify(entry.data), entry.at],
  )
  if (!line) throw new Error('writing an audit line returned nothing')
  return line.id
}
