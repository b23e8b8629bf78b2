import type { Sql } from '../../db/database.ts'
import type { ShopFacts, ShopKeys } from '../../ports/shop.ts'
import { writeAudit } from '../audit/write-audit.ts'
import type { Deps } from '../deps.ts'
import { enqueueJob } from '../enqueue.ts'
import { askForProducts } from '../products/ask-for-products.ts'
import { seal } from '../secrets/seal.ts'
import { newToken } from '../secrets/token.ts'
import { lockShop } from '../shops/lock-shop.ts'
import { type ShopSecret, secretContext } from '../shops/secret-context.ts'
import { clearProblems } from '../sync/shop-problems.ts'
import { insertBackfill } from '../sync/start-backfill.ts'
import { syncJob } from '../sync/sync-jobs.ts'
import { endPause } from '../write-back/pause-shop.ts'
import { enqueueConnect } from './connect-jobs.ts'

/** Deliveries that were signed with the secret before are taken for so long: the shop may hold some back. */
const oldSecretMs = 86_400_000

export interface Trusted {
  shopId: bigint
  keys: ShopKeys
  facts: ShopFacts
  anyHome: boolean
  /** Orders of so many days are read; 0 for none. */
  days: number
  actor: string
  /** Of keys that waited: they must still be the ones that wait. */
  candidate?: Buffer
}

/**
 * From here on the keys are in use: orders are read with them, earlier ones too, and the products; the webhooks follow by a job. One
 * commit, so a crash leaves nothing half connected. False when another attempt took the candidate's place.
 */
export async function trustKeys(
  deps: Pick<Deps, 'db' | 'clock' | 'keyring' | 'wakeWorkers'>,
  trusted: Trusted,
): Promise<boolean> {
  const { shopId, keys, actor } = trusted
  const at = deps.clock.now()
  const done = await deps.db.transaction(async (sql) => {
    await lockShop(sql, shopId)
    if (!(await noteTrust(sql, trusted, at))) return false
    await useKeys(deps, sql, shopId, keys)
    await makeSecret(deps, sql, shopId, at)
    await useTimeZone(sql, shopId, trusted.facts.timezone)
    await writeAudit(sql, { shopId, actor, action: 'shop_connect', data: { url: keys.url }, at })
    await clearProblems(sql, { shopId, kinds: ['keys', 'unreachable'], at })
    // These keys were seen to write; what waits for an hour because the former ones could not is written now.
    await endPause(sql, shopId)
    await sql.query(
      'wake-connected-shop',
      'update shop_sync set not_before = null, resting_until = null, failures = 0 where shop_id = $1',
      [shopId],
    )
    await enqueueJob(sql, 'reconcile_shop', { shopId: String(shopId) }, syncJob('reconcile', shopId))
    await askForProducts(sql, { shopId, at, anew: true })
    if (trusted.days > 0) await insertBackfill(sql, { shopId, days: trusted.days, welcome: false, actor, at })
    await enqueueConnect(sql, shopId)
    return true
  })
  deps.wakeWorkers()
  return done
}

async function noteTrust(sql: Sql, trusted: Trusted, at: Date): Promise<boolean> {
  const { shopId, keys, facts, candidate } = trusted
  const [noted] = await sql.query(
    'note-trust',
    `insert into shop_connection (shop_id, state, url, any_home, backfill_days, started_by, started_at, connected_at, home_url, version, currency)
     values ($1, 'webhooks', $2, $3, $4, $5, $6, $6, $7, $8, $9)
     on conflict (shop_id) do update set state = 'webhooks', url = excluded.url, any_home = excluded.any_home,
       backfill_days = excluded.backfill_days, state_hash = null, asked_until = null, consumer_key = null, consumer_secret = null,
       problem = null, started_by = excluded.started_by,
       started_at = case when $10::bytea is null then excluded.started_at else shop_connection.started_at end,
       connected_at = excluded.connected_at, home_url = excluded.home_url, version = excluded.version, currency = excluded.currency
     where $10::bytea is null or shop_connection.consumer_key = $10
     returning shop_id`,
    [
      shopId,
      keys.url,
      trusted.anyHome,
      trusted.days,
      trusted.actor,
      at,
      facts.homeUrl,
      facts.version,
      facts.currency,
      candidate ?? null,
    ],
  )
  return noted !== undefined
}

async function useKeys(deps: Pick<Deps, 'keyring'>, sql: Sql, shopId: bigint, keys: ShopKeys): Promise<void> {
  const sealed = (secret: ShopSecret, value: string) =>
    seal(deps.keyring, value, secretContext(shopId, secret))
  await sql.query(
    'use-keys',
    'update shop set url = $2, consumer_key = $3, consumer_secret = $4 where id = $1',
    [
      shopId,
      keys.url,
      sealed('consumer_key', keys.consumerKey),
      sealed('consumer_secret', keys.consumerSecret),
    ],
  )
}

/** A secret that somebody typed is replaced by one that nobody knows; the webhooks get it by and by. */
async function makeSecret(deps: Pick<Deps, 'keyring'>, sql: Sql, shopId: bigint, at: Date): Promise<void> {
  const secret = seal(deps.keyring, newToken(), secretContext(shopId, 'webhook_secret'))
  await sql.query(
    'make-webhook-secret',
    `update shop set webhook_secret_old = webhook_secret, webhook_secret_old_until = $3, webhook_secret = $2, webhook_secret_made = true
     where id = $1 and not webhook_secret_made`,
    [shopId, secret, new Date(at.getTime() + oldSecretMs)],
  )
  // Also when it stays the same: connecting again mends a webhook whose secret somebody changed in the shop.
  await sql.query('give-secret-anew', 'update shop_webhook set secret_set = false where shop_id = $1', [
    shopId,
  ])
}

/** The shop's own zone, as long as no credit has an end that was counted in another. */
async function useTimeZone(sql: Sql, shopId: bigint, timezone: string | undefined): Promise<void> {
  if (timezone === undefined) return
  await sql.query(
    'use-time-zone',
    `update shop set timezone = $2 where id = $1 and timezone <> $2
       and not exists (select from credit_grant where shop_id = $1)`,
    [shopId, timezone],
  )
}
