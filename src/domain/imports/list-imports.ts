import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'

/** An import that was done, as the audit log keeps it. */
export interface DoneImport {
  id: bigint
  at: Date
  /** The agent's name; null for a program or the command line. */
  agentName: string | null
  /** Rows that it imported, and rows that an earlier one had. */
  rows: number
  known: number
  /** In hundredths of a credit. */
  units: bigint
  customers: { new: number; known: number }
}

/** A grant of an import, with the customer who has it today. */
export interface ImportedGrant {
  customerId: bigint
  name: string
  email: string | null
  units: bigint
  expiresAt: Date | null
}

const doneImport = `
  select l.id, l.at, a.name as "agentName", (l.data->>'rows')::int as rows, (l.data->>'known')::int as known,
    (l.data->>'units')::bigint as units, l.data->'customers' as customers,
    (l.data->>'firstGrantId')::bigint as first, (l.data->>'lastGrantId')::bigint as last
  from audit_log l
  left join agent a on a.shop_id = l.shop_id and l.actor = 'agent:' || a.id
  where l.shop_id = $1 and l.customer_id is null and l.action = 'import_balances'`

/** The newest first, those before the import `before`. `next`: where the following page begins. */
export async function listImports(
  deps: Pick<Deps, 'db'>,
  input: { shopId: bigint; limit: number; before?: bigint },
): Promise<{ imports: DoneImport[]; next?: bigint }> {
  const found = await deps.db.query<DoneImport & GrantRange>(
    'list-imports',
    `${doneImport} and ($3::bigint is null or l.id < $3) order by l.id desc limit $2 + 1`,
    [input.shopId, input.limit, input.before ?? null],
  )
  const imports = found.slice(0, input.limit).map(withoutRange)
  const last = imports.at(-1)
  return { imports, ...(found.length > input.limit && last && { next: last.id }) }
}

/** One import with its first grants, customer by customer. Throws Refused `not_found`. */
export async function getImport(
  deps: Pick<Deps, 'db'>,
  input: { shopId: bigint; importId: bigint; grantLimit: number },
): Promise<DoneImport & { grants: ImportedGrant[] }> {
  const [line] = await deps.db.query<DoneImport & GrantRange>('get-import', `${doneImport} and l.id = $2`, [
    input.shopId,
    input.importId,
  ])
  if (!line) return refuse({ code: 'not_found', what: 'import' })
  // Between them other purchases may have made grants, and merges the twins of older ones, but no other import of the shop.
  const grants = await deps.db.query<ImportedGrant>(
    'imported-grants',
    `select c.id as "customerId", c.name, g.units_each as units, g.expires_at as "expiresAt",
       (select value from contact k where k.shop_id = c.shop_id and k.customer_id = c.id and k.kind = 'email'
        order by created_at, value limit 1) as email
     from credit_grant g
     join customer c on c.shop_id = g.shop_id and c.id = customer_now(g.shop_id, g.customer_id)
     where g.shop_id = $1 and g.id between $2 and $3 and g.source = 'import'
       and not exists (select from credit_grant m where m.shop_id = g.shop_id and m.moved_to = g.id)
     order by g.id limit $4`,
    [input.shopId, line.first, line.last, input.grantLimit],
  )
  return { ...withoutRange(line), grants }
}

interface GrantRange {
  first: bigint
  last: bigint
}

function withoutRange({ first: _first, last: _last, ...done }: DoneImport & GrantRange): DoneImport {
  return done
}
