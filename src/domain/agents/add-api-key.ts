import type { Deps } from '../deps.ts'
import { refuseField } from '../refusal.ts'
import { hashToken, newToken } from '../secrets/token.ts'
import { requireShop } from '../shops/require-shop.ts'

export const scopes = ['read', 'write', 'supervise'] as const
export type Scope = (typeof scopes)[number]

function isScope(value: string): value is Scope {
  return (scopes as readonly string[]).includes(value)
}

/**
 * Makes an API key. Shown once: the database keeps its hash only. Throws Refused: `invalid` naming the unknown scope,
 * `not_found` for the shop.
 */
export async function addApiKey(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; scopes: readonly string[] },
): Promise<{ key: string }> {
  const wanted = [...new Set(input.scopes)]
  const unknown = wanted.filter((scope) => !isScope(scope))
  if (unknown.length > 0 || wanted.length === 0) {
    return refuseField('scopes', `${unknown.join(', ') || 'none'}: choose from ${scopes.join(', ')}`)
  }
  await requireShop(deps.db, input.shopId)
  const key = `cd_${input.shopId}_${newToken()}`
  await deps.db.query(
    'add-api-key',
    'insert into api_key (shop_id, key_hash, scopes, created_at) values ($1, $2, $3, $4)',
    [input.shopId, hashToken(key), wanted, deps.clock.now()],
  )
  return { key }
}
