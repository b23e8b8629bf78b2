import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { agentActions } from './actions.ts'

/** Who did what, when and why. What stands in `data` depends on the action: README.md of this folder. */
export interface AuditLine {
  id: bigint
  /** One of `auditActions`, unless a later release wrote it. */
  action: string
  /** "agent:7", "api:3", "cli" or "customer:12/contact:40". */
  actor: string
  /** Of an agent or a customer's person; null for programs and the command line. */
  actorName: string | null
  /** Whose account it touched, as it was then: a line of somebody who was merged keeps that name. */
  customer: { id: string; name: string } | null
  /** Whom it was about: a person of the account, or an agent. */
  personName: string | null
  data: Record<string, unknown>
  at: Date
}

export interface AuditPage {
  lines: AuditLine[]
  /** Where the following page begins. */
  next?: bigint
}

export const auditAbouts = ['shop', 'customers', 'agents'] as const
export type AuditAbout = (typeof auditAbouts)[number]

const quoted = agentActions.map((action) => `'${action}'`).join(', ')
const conditions: Record<AuditAbout, string> = {
  shop: `and l.customer_id is null and l.action not in (${quoted})`,
  customers: 'and l.customer_id is not null',
  agents: `and l.action in (${quoted})`,
}

export interface AuditFilter {
  shopId: bigint
  /** shop: settings, packages, prices, imports; customers: what touched an account; agents: who works here, and their signing in. Absent: all. */
  about?: AuditAbout
  before?: bigint
  limit: number
}

// Ids are read with a pattern, because actors and data are free text to the database and a cast would fail the whole list.
const columns = `l.id, l.action, l.actor, l.data, l.at,
  coalesce(a.name, case when w.buyer then wc.name else w.name end) as "actorName",
  coalesce(case when p.buyer then c.name else p.name end, b.name) as "personName",
  case when c.id is not null then json_build_object('id', c.id::text, 'name', c.name) end as customer`

const names = `
  left join agent a on a.shop_id = l.shop_id and a.id = substring(l.actor from '^agent:(\\d{1,18})$')::bigint
  left join agent b on b.shop_id = l.shop_id and b.id = substring(l.data ->> 'agentId' from '^\\d{1,18}$')::bigint
  left join authorised_contact w on w.shop_id = l.shop_id
    and w.id = substring(l.actor from '^customer:\\d+/contact:(\\d{1,18})$')::bigint
  left join customer wc on wc.shop_id = w.shop_id and wc.id = w.customer_id
  left join authorised_contact p on p.shop_id = l.shop_id
    and p.id = substring(l.data ->> 'contactId' from '^\\d{1,18}$')::bigint
  left join customer c on c.shop_id = l.shop_id and c.id = l.customer_id`

/** Everything that was done in a shop, the newest first. */
export async function listAudit(deps: Pick<Deps, 'db'>, filter: AuditFilter): Promise<AuditPage> {
  const about = filter.about ? conditions[filter.about] : ''
  const rows = await deps.db.query<AuditLine>(
    `list-audit-${filter.about ?? 'all'}`,
    `select ${columns} from (select * from audit_log l where l.shop_id = $1 ${about}
       and l.id < coalesce($2, 9223372036854775807) order by l.id desc limit $3) l ${names} order by l.id desc`,
    [filter.shopId, filter.before ?? null, filter.limit + 1],
  )
  return pageOf(rows, filter.limit)
}

/**
 * The newest lines of an account in SQL, as rows of audit_log, with those of the customers who were merged into its
 * customer. All four are SQL expressions; `before` may be null.
 */
export function linesOfAccount(of: {
  shop: string
  customer: string
  before: string
  limit: string
}): string {
  return `select l.* from (select ${of.customer} as id
      union all select m.id from customer m where m.shop_id = ${of.shop} and m.merged_into = ${of.customer}) own
    cross join lateral (select * from audit_log l where l.shop_id = ${of.shop} and l.customer_id = own.id
      and l.id < coalesce(${of.before}, 9223372036854775807) order by l.id desc limit ${of.limit}) l
    order by l.id desc limit ${of.limit}`
}

/**
 * What was done to one account, the newest first; also to the accounts that were merged into it, each line with the customer
 * whose account it was. Refuses: not_found.
 */
export async function listCustomerAudit(
  deps: Pick<Deps, 'db'>,
  input: { shopId: bigint; customerId: bigint; before?: bigint; limit: number },
): Promise<AuditPage> {
  const [customer] = await deps.db.query(
    'audited-customer',
    'select customer_id from account where shop_id = $1 and customer_id = $2',
    [input.shopId, input.customerId],
  )
  if (!customer) return refuse({ code: 'not_found', what: 'customer' })
  const lines = linesOfAccount({
    shop: '$1::bigint',
    customer: '$2::bigint',
    before: '$3::bigint',
    limit: '$4',
  })
  const rows = await deps.db.query<AuditLine>(
    'list-customer-audit',
    `select ${columns} from (${lines}) l ${names} order by l.id desc`,
    [input.shopId, input.customerId, input.before ?? null, input.limit + 1],
  )
  return pageOf(rows, input.limit)
}

function pageOf(rows: AuditLine[], limit: number): AuditPage {
  const lines = rows.slice(0, limit)
  const last = lines.at(-1)
  return rows.length > limit && last ? { lines, next: last.id } : { lines }
}
