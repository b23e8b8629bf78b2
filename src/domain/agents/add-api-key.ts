import { writeAudit } from '../audit/write-audit.ts'
import type { Deps } from '../deps.ts'
import { type FieldProblem, refuse } from '../refusal.ts'
import { hashToken, newToken } from '../secrets/token.ts'
import { requireShop } from '../shops/require-shop.ts'

/** administer: agents and API keys, which lead to everything else; the others never include it. */
export const scopes = ['read', 'write', 'supervise', 'administer'] as const
export type Scope = (typeof scopes)[number]

function isScope(value: string): value is Scope {
  return (scopes as readonly string[]).includes(value)
}

/**
 * Makes an API key. Shown once: the database keeps its hash only. `name`: what it is for. Throws Refused: `invalid` naming the
 * unknown scope, `not_found` for the shop.
 */
export async function addApiKey(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; scopes: readonly string[]; name?: string; actor?: string },
): Promise<{ id: string; key: string }> {
  const { shopId, actor = 'cli' } = input
  const name = (input.name ?? '').replace(/\s+/g, ' ').trim()
  const wanted = [...new Set(input.scopes)]
  const unknown = wanted.filter((scope) => !isScope(scope))
  const fields: FieldProblem[] = []
  if (unknown.length > 0 || wanted.length === 0) {
    const message = `${unknown.join(', ') || 'none'}: choose from ${scopes.join(', ')}`
    fields.push({ field: 'scopes', message })
  }
  if (name.length > 100) fields.push({ field: 'name', message: 'shorten it to 100 characters' })
  if (fields.length > 0) refuse({ code: 'invalid', fields })
  const key = `cd_${shopId}_${newToken()}`
  const at = deps.clock.now()
  const id = await deps.db.transaction(async (sql) => {
    await requireShop(sql, shopId)
    const [made] = await sql.query<{ id: bigint }>(
      'add-api-key',
      'insert into api_key (shop_id, key_hash, scopes, name, created_at) values ($1, $2, $3, $4, $5) returning id',
      [shopId, hashToken(key), wanted, name, at],
    )
    if (!made) throw new Error('adding an API key returned nothing')
    const data = { keyId: String(made.id), scopes: wanted }
    await writeAudit(sql, { shopId, actor, action: 'api_key_add', data, at })
    return made.id
  })
  return { id: String(id), key }
}
