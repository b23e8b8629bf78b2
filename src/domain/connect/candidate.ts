import type { Sql } from '../../db/database.ts'
import type { ShopKeys } from '../../ports/shop.ts'
import type { Deps } from '../deps.ts'
import { open } from '../secrets/seal.ts'

/** Keys that came and are not trusted yet lie in a place of their own, so that none of them opens as a shop's. */
export function candidateContext(shopId: bigint, part: 'key' | 'secret'): string {
  return `shop:${shopId}:candidate_${part}`
}

export interface Candidate {
  keys: ShopKeys
  /** As it lies in the database: tells whether another attempt took its place. */
  sealed: Buffer
  anyHome: boolean
  days: number
  startedBy: string
}

interface Row {
  url: string
  key: Buffer
  secret: Buffer
  anyHome: boolean
  days: number
  startedBy: string
}

/** The keys that wait to be verified; undefined when there are none. */
export async function findCandidate(
  deps: { db: Sql } & Pick<Deps, 'keyring'>,
  shopId: bigint,
): Promise<Candidate | undefined> {
  const [row] = await deps.db.query<Row & { [column: string]: unknown }>(
    'find-candidate',
    `select url, consumer_key as key, consumer_secret as secret, any_home as "anyHome", backfill_days as days, started_by as "startedBy"
     from shop_connection where shop_id = $1 and state = 'verifying'`,
    [shopId],
  )
  if (!row) return undefined
  const { url, key, secret, ...rest } = row
  const opened = (sealed: Buffer, part: 'key' | 'secret') =>
    open(deps.keyring, sealed, candidateContext(shopId, part))
  return {
    ...rest,
    sealed: key,
    keys: { url, consumerKey: opened(key, 'key'), consumerSecret: opened(secret, 'secret') },
  }
}
