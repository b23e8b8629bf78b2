import type { Deps } from '../deps.ts'
import { hashToken, newToken } from '../secrets/token.ts'
import { hasShop } from './has-shop.ts'

const linkHours = 24

/**
 * The address at which the first shop and its owner are made, valid for a day; undefined when there is a shop. The token lies nowhere
 * but in what is returned: the database keeps its hash.
 */
export async function offerFirstStart(
  deps: Pick<Deps, 'db' | 'clock' | 'publicUrl'>,
): Promise<string | undefined> {
  if (await hasShop(deps)) return undefined
  const token = newToken()
  const at = deps.clock.now()
  await deps.db.query(
    'offer-first-start',
    `with over as (delete from first_start_link where expires_at <= $3)
     insert into first_start_link (token_hash, expires_at) values ($1, $2)`,
    [hashToken(token), new Date(at.getTime() + linkHours * 3_600_000), at],
  )
  return `${deps.publicUrl}/start/${token}`
}
