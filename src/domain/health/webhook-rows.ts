import type { Sql } from '../../db/database.ts'
import type { ShopWebhook } from '../../ports/shop.ts'

/** A webhook that the shop should have for us, as it was seen last. */
export interface KeptWebhook {
  topic: string
  /** Undefined while the shop has none. */
  webhookId: string | undefined
  name: string
  state: ShopWebhook['state'] | 'missing'
  /** It has the secret that is in use now. */
  secretSet: boolean
  checkedAt: Date
  /** How often it was found switched off since a delivery of its topic came. */
  offs: number
  offAt: Date | undefined
  /** What we did last. */
  mended: 'enabled' | 'recreated' | 'moved' | undefined
  mendedAt: Date | undefined
}

type Row = { [Name in keyof KeptWebhook]: Exclude<KeptWebhook[Name], undefined> | null } & {
  topic: string
  name: string
  state: KeptWebhook['state']
  secretSet: boolean
  checkedAt: Date
  offs: number
}

export async function listKeptWebhooks(sql: Sql, shopId: bigint): Promise<KeptWebhook[]> {
  const rows = await sql.query<Row & { [column: string]: unknown }>(
    'kept-webhooks',
    `select topic, webhook_id as "webhookId", name, state, secret_set as "secretSet", checked_at as "checkedAt", offs,
       off_at as "offAt", mended, mended_at as "mendedAt" from shop_webhook where shop_id = $1 order by topic`,
    [shopId],
  )
  return rows.map((row) => ({
    ...row,
    webhookId: row.webhookId ?? undefined,
    offAt: row.offAt ?? undefined,
    mended: row.mended ?? undefined,
    mendedAt: row.mendedAt ?? undefined,
  }))
}

export async function saveKeptWebhook(sql: Sql, shopId: bigint, kept: KeptWebhook): Promise<void> {
  await sql.query(
    'save-kept-webhook',
    `insert into shop_webhook (shop_id, topic, webhook_id, name, state, secret_set, checked_at, offs, off_at, mended, mended_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (shop_id, topic) do update set webhook_id = excluded.webhook_id, name = excluded.name, state = excluded.state,
       secret_set = excluded.secret_set, checked_at = excluded.checked_at, offs = excluded.offs, off_at = excluded.off_at,
       mended = excluded.mended, mended_at = excluded.mended_at`,
    [
      shopId,
      kept.topic,
      kept.webhookId ?? null,
      kept.name,
      kept.state,
      kept.secretSet,
      kept.checkedAt,
      kept.offs,
      kept.offAt ?? null,
      kept.mended ?? null,
      kept.mendedAt ?? null,
    ],
  )
}
