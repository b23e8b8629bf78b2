import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'

/** An import that was done, as the audit log keeps it. */
export interface DoneImport {
  id: bigint
  at: Date
  /** The agent's name; null for a program or the command line. */
  agentName: string | null
  rows: number
  /** In hundredths of a credit. */
  units: bigint
}

/** A grant of an import. */
export interface ImportedGrant {
  customerId: bigint
  name: string
  email: string | null
  units: bigint
  expiresAt: Date | null
}

const doneImport = `
  select l.id, l.at, a.name as "agentName", (l.data->>'rows')::int as rows, (l.data->>'units')::bigint as units,
    (l.data->>'firstGrantId')::bigint as first, (l.data->>'lastGrantId')::bigint as last
  from audit_log l
  left join agent a on a.shop_id = l.shop_id and l.actor = 'agent:' || a.id
  where l.shop_id = $1 and l.customer_id is null and l.action = 'import_balances'`

/** The newest first. */
export async function listImports(
  deps: Pick<Deps, 'db'>,
  input: { shopId: bigint; limit: number },
): Promise<DoneImport[]> {
  return deps.db.query<DoneImport>('list-imports', `${doneImport} order by l.id desc limit $2`, [
    input.shopId,
    input.limit,
  ])
}

/** One import with its first grants, customer by customer. Throws Refused `not_found`. */
export async function getImport(
  deps: Pick<Deps, 'db'>,
  input: { shopId: bigint; importId: bigint; grantLimit: number },
): Promise<DoneImport & { grants: ImportedGrant[] }> {
  const [line] = await deps.db.query<DoneImport & { first: bigint; last: bigint }>(
    'get-import',
    `${doneImport} and l.id = $2`,
    [input.shopId, input.importId],
  )
  if (!line) return refuse({ code: 'not_found', what: 'import' })
  // Between them other purchases may have made grants, but no other import of the shop.
  const grants = await deps.db.query<ImportedGrant>(
    'imported-grants',
    `select g.customer_id as "customerId", c.name, g.units_each as units, g.expires_at as "expiresAt",
       (select value from contact k where k.shop_id = g.shop_id and k.customer_id = g.customer_id and k.kind = 'email'
        order by created_at, value limit 1) as email
     from credit_grant g
     join customer c on c.shop_id = g.shop_id and c.id = g.customer_id
     where g.shop_id = $1 and g.id between $2 and $3 and g.source = 'import'
     order by g.id limit $4`,
    [input.shopId, line.first, line.last, input.grantLimit],
  )
  const { first: _first, last: _last, ...done } = line
  return { ...done, grants }
}
