import type { Deps } from '../deps.ts'
import { hashToken } from '../secrets/token.ts'
import { readShopToken } from './login-link.ts'

/** Ends a login; one that is not known is ended already. */
export async function signOut(deps: Pick<Deps, 'db'>, cookie: string): Promise<void> {
  const parts = readShopToken(cookie)
  if (!parts) return
  await deps.db.query('sign-out', 'delete from login where shop_id = $1 and token_hash = $2', [
    parts.shopId,
    hashToken(parts.secret),
  ])
}
