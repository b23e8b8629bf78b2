import type { Database, Sql } from '../../db/database.ts'
import type { ShopKeys } from '../../ports/shop.ts'
import type { Deps } from '../deps.ts'
import { open } from '../secrets/seal.ts'
import { secretContext } from './secret-context.ts'

export interface IntakeShop {
  id: bigint
  kind: string
  /** The one in use first; the one before it while deliveries may still be signed with that. */
  webhookSecrets: string[]
}

interface Remembered {
  shop: IntakeShop
  until: number
}

const rememberMs = 10_000
const rememberAtMost = 1_000
// By database, so that two of them in one process (tests) never see each other's shops.
const remembered = new WeakMap<Database, Map<bigint, Remembered>>()

/**
 * What the webhook route needs of a shop; undefined when there is none. Remembered for ten seconds in this process, because
 * a delivery may cost one round trip only. `fresh` asks the database: after a bad signature, since the secret may be new.
 */
export async function shopForIntake(
  deps: Pick<Deps, 'db' | 'clock' | 'keyring'>,
  shopId: bigint,
  options: { fresh?: boolean } = {},
): Promise<IntakeShop | undefined> {
  const shops = remembered.get(deps.db) ?? new Map<bigint, Remembered>()
  remembered.set(deps.db, shops)
  const now = deps.clock.now().getTime()
  const known = shops.get(shopId)
  if (known && known.until > now && !options.fresh) return known.shop
  shops.delete(shopId)
  const [row] = await deps.db.query<{ kind: string; now: Buffer; before: Buffer | null }>(
    'shop-for-intake',
    `select kind, webhook_secret as now, case when webhook_secret_old_until > $2 then webhook_secret_old end as before
     from shop where id = $1`,
    [shopId, deps.clock.now()],
  )
  if (!row) return undefined
  const webhookSecrets = [row.now, row.before].flatMap((sealed) =>
    sealed ? [open(deps.keyring, sealed, secretContext(shopId, 'webhook_secret'))] : [],
  )
  const shop = { id: shopId, kind: row.kind, webhookSecrets }
  if (shops.size >= rememberAtMost) shops.clear()
  shops.set(shopId, { shop, until: now + rememberMs })
  return shop
}

/** The shop's opened REST keys; undefined when it was connected without. Throws when there is no such shop. */
export async function shopKeys(
  deps: Pick<Deps, 'db' | 'keyring'>,
  shopId: bigint,
): Promise<ShopKeys | undefined> {
  const [row] = await deps.db.query<{
    url: string
    consumer_key: Buffer | null
    consumer_secret: Buffer | null
  }>('shop-keys', 'select url, consumer_key, consumer_secret from shop where id = $1', [shopId])
  if (!row) throw new Error(`there is no shop ${shopId}`)
  if (!row.consumer_key || !row.consumer_secret) return undefined
  return {
    url: row.url,
    consumerKey: open(deps.keyring, row.consumer_key, secretContext(shopId, 'consumer_key')),
    consumerSecret: open(deps.keyring, row.consumer_secret, secretContext(shopId, 'consumer_secret')),
  }
}

export interface ShopSettings {
  id: bigint
  kind: string
  name: string
  timezone: string
  locale: string
  hasKeys: boolean
  /** Statuses that count as paid, or as unpaid, beyond the rule for all shops. */
  paidStatuses: string[]
  unpaidStatuses: string[]
  renewalTicket: RenewalTicket
  /** Whether we put notes, and ticket and balance, on the shop's orders. */
  orderNotes: boolean
  orderMeta: boolean
}

/** Which ticket an order of a running subscription gets: the customer's newest, one of its own, or as its package says. */
export const renewalTickets = ['none', 'new', 'as_package'] as const
export type RenewalTicket = (typeof renewalTickets)[number]

/** Settings that rules depend on. Throws when there is no such shop. */
export async function readShop(sql: Sql, shopId: bigint): Promise<ShopSettings> {
  const [shop] = await sql.query<ShopSettings>(
    'read-shop',
    `select id, kind, name, timezone, locale, consumer_key is not null as "hasKeys", paid_statuses as "paidStatuses",
       unpaid_statuses as "unpaidStatuses", renewal_ticket as "renewalTicket", order_notes as "orderNotes",
       order_meta as "orderMeta"
     from shop where id = $1`,
    [shopId],
  )
  if (!shop) throw new Error(`there is no shop ${shopId}`)
  return shop
}
