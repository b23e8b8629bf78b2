import type { Sql } from '../../db/database.ts'
import { enqueueJob } from '../enqueue.ts'

const day = 86_400_000

/**
 * Has the whole list of a shop's products read by jobs. One that is under way goes on from where it is, unless it is older than
 * a day or `anew`. Nothing for a shop without keys: false.
 */
export async function askForProducts(
  sql: Sql,
  input: { shopId: bigint; at: Date; anew?: boolean; runAt?: Date },
): Promise<boolean> {
  const { shopId, at, anew = false, runAt } = input
  const [shop] = await sql.query(
    'shop-with-keys',
    'select from shop where id = $1 and consumer_key is not null',
    [shopId],
  )
  if (!shop) return false
  await sql.query(
    'begin-catalogue-read',
    `insert into catalogue_read as r (shop_id, started_at) values ($1, $2)
     on conflict (shop_id) do update set started_at = $2, page = 1, found = 0, ended_at = null
     where $3 or r.ended_at is not null or r.started_at < $4`,
    [shopId, at, anew, new Date(at.getTime() - day)],
  )
  await enqueueJob(
    sql,
    'read_catalogue',
    { shopId: String(shopId) },
    { ...jobOf(shopId), ...(runAt && { runAt }) },
  )
  return true
}

/** Has one product read again. Many askers make one job. */
export async function askForProduct(sql: Sql, input: { shopId: bigint; productId: string }): Promise<void> {
  const { shopId, productId } = input
  await enqueueJob(
    sql,
    'refresh_product',
    { shopId: String(shopId), productId },
    { key: `product:${shopId}:${productId}`, queue: queueOf(shopId) },
  )
}

export function jobOf(shopId: bigint): { key: string; queue: string } {
  return { key: `products:${shopId}`, queue: queueOf(shopId) }
}

/** The jobs of one queue run one after another, so that a shop never serves more than one of them. */
function queueOf(shopId: bigint): string {
  return `products:${shopId}`
}
