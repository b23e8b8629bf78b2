import type { Sql } from '../../db/database.ts'
import type { ShopApi, ShopAuthorisation } from '../../ports/shop.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'

/**
 * asked: the merchant is at the shop's own page. verifying: keys came. webhooks: they are trusted, and the shop gets its webhooks.
 * failed: an attempt ended without keys that can be trusted; those of before, if any, stay in use.
 */
export type ConnectionState = 'asked' | 'verifying' | 'webhooks' | 'connected' | 'failed' | 'disconnected'

/** The last time somebody connected a shop, or tried to. */
export interface Connection {
  state: ConnectionState
  /** As it was typed. */
  url: string
  /** The shop may say that it is elsewhere. */
  anyHome: boolean
  backfillDays: number
  /** Until when the shop's page may send keys. */
  askedUntil: Date | null
  /** What is wrong and what to do, in English, without keys. */
  problem: string | null
  startedBy: string
  startedAt: Date
  /** When keys were trusted last; from then on the webhooks are ours to keep. */
  connectedAt: Date | null
  homeUrl: string
  version: string
  currency: string
}

export async function findConnection(sql: Sql, shopId: bigint): Promise<Connection | undefined> {
  const [connection] = await sql.query<Connection & { [column: string]: unknown }>(
    'find-connection',
    `select state, url, any_home as "anyHome", backfill_days as "backfillDays", asked_until as "askedUntil", problem,
       started_by as "startedBy", started_at as "startedAt", connected_at as "connectedAt", home_url as "homeUrl", version, currency
     from shop_connection where shop_id = $1`,
    [shopId],
  )
  return connection
}

/** A shop of a kind that can be connected. */
export interface ConnectableShop {
  id: bigint
  kind: string
  url: string
  hasKeys: boolean
  api: ShopApi
  /** Absent for a kind whose keys are always pasted. */
  authorisation: ShopAuthorisation | undefined
}

/** Refuses: not_found (shop), shop_not_askable (it only posts to us). */
export async function findConnectable(
  deps: Pick<Deps, 'db' | 'shops'>,
  shopId: bigint,
): Promise<ConnectableShop> {
  const [shop] = await deps.db.query<Pick<ConnectableShop, 'id' | 'kind' | 'url' | 'hasKeys'>>(
    'connectable-shop',
    'select id, kind, url, consumer_key is not null as "hasKeys" from shop where id = $1',
    [shopId],
  )
  if (!shop) return refuse({ code: 'not_found', what: 'shop' })
  const port = deps.shops[shop.kind]
  if (!port?.api) return refuse({ code: 'shop_not_askable' })
  return { ...shop, api: port.api, authorisation: port.authorisation }
}
