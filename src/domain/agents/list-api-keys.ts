import type { Deps } from '../deps.ts'
import type { Scope } from './add-api-key.ts'

export interface ListedApiKey {
  id: bigint
  /** What it is for, as its maker wrote; '' for older ones. */
  name: string
  scopes: Scope[]
  createdAt: Date
  revokedAt: Date | null
}

/** The keys of a shop, those that work first, the newest first. */
export async function listApiKeys(
  deps: Pick<Deps, 'db'>,
  input: { shopId: bigint },
): Promise<ListedApiKey[]> {
  return await deps.db.query<ListedApiKey>(
    'list-api-keys',
    `select id, name, scopes, created_at as "createdAt", revoked_at as "revokedAt" from api_key
     where shop_id = $1 order by revoked_at is not null, id desc limit 200`,
    [input.shopId],
  )
}
