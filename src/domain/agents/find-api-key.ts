import type { Deps } from '../deps.ts'
import { hashToken } from '../secrets/token.ts'
import type { Scope } from './add-api-key.ts'

export interface FoundApiKey {
  shopId: bigint
  id: bigint
  scopes: Scope[]
}

/** The shop and scopes of an API key; undefined when it is unknown, revoked or malformed. One statement. */
export async function findApiKey(deps: Pick<Deps, 'db'>, key: string): Promise<FoundApiKey | undefined> {
  const [, shopId] = /^cd_([1-9]\d{0,17})_[\w-]{20,100}$/.exec(key) ?? []
  if (shopId === undefined) return undefined
  const [found] = await deps.db.query<FoundApiKey>(
    'find-api-key',
    `select shop_id as "shopId", id, scopes from api_key
     where shop_id = $1 and key_hash = $2 and revoked_at is null`,
    [BigInt(shopId), hashToken(key)],
  )
  return found
}
