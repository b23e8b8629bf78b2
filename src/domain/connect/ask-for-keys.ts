import type { Deps } from '../deps.ts'
import { refuse, refuseField } from '../refusal.ts'
import { hashToken, newToken } from '../secrets/token.ts'
import { lockShop } from '../shops/lock-shop.ts'
import { findConnectable } from './connection.ts'
import { readDays, usualDays } from './read-days.ts'
import { checkAddress, readAddress } from './verify-keys.ts'

export interface AskForKeysInput {
  shopId: bigint
  /** As somebody typed it. */
  url: string
  /** Orders of so many days are read afterwards; 30 for a shop without keys, else none. */
  days?: number
  /** The shop may say that it is at another address. */
  anyHome?: boolean
  actor: string
}

const hour = 3_600_000

/**
 * Where to send the merchant's browser: the shop's own page on which he lets us in. What comes back from there is believed for an
 * hour, once. An attempt that was under way is given up; keys that are in use stay. Refuses: not_found (shop), shop_not_askable,
 * invalid (url, days).
 */
export async function askForKeys(
  deps: Pick<Deps, 'db' | 'clock' | 'shops' | 'publicUrl'>,
  input: AskForKeysInput,
): Promise<{ pageUrl: string; url: string; until: Date }> {
  const { shopId, actor, anyHome = false } = input
  const shop = await findConnectable(deps, shopId)
  if (!shop.authorisation) return refuse({ code: 'shop_not_askable' })
  const url = readAddress(input.url)
  const days = readDays(input.days, shop.hasKeys ? 0 : usualDays)
  if (!deps.publicUrl.startsWith('https://')) {
    refuseField(
      'url',
      `the shop sends its keys to an https address only, and ours (PUBLIC_URL) is ${deps.publicUrl}. Paste keys instead`,
    )
  }
  await checkAddress(shop, url, anyHome)
  const at = deps.clock.now()
  const until = new Date(at.getTime() + hour)
  const secret = newToken()
  await deps.db.transaction(async (sql) => {
    await lockShop(sql, shopId)
    await sql.query(
      'ask-for-keys',
      `insert into shop_connection (shop_id, state, url, any_home, backfill_days, state_hash, asked_until, started_by, started_at)
       values ($1, 'asked', $2, $3, $4, $5, $6, $7, $8)
       on conflict (shop_id) do update set state = 'asked', url = excluded.url, any_home = excluded.any_home,
         backfill_days = excluded.backfill_days, state_hash = excluded.state_hash, asked_until = excluded.asked_until,
         started_by = excluded.started_by, started_at = excluded.started_at, consumer_key = null, consumer_secret = null, problem = null`,
      [shopId, url, anyHome, days, hashToken(secret), until, actor, at],
    )
  })
  const pageUrl = shop.authorisation.pageUrl(url, {
    appName: 'CreditDesk',
    state: `${shopId}.${secret}`,
    returnUrl: `${deps.publicUrl}/desk/setup/shop`,
    callbackUrl: `${deps.publicUrl}/connect/${shop.kind}`,
  })
  return { pageUrl, url, until }
}
