import type { Sql } from '../../db/database.ts'
import type { ShopApiError } from '../../ports/shop.ts'
import { endPause, isFailing } from './pause-shop.ts'

/** What the shop takes from us no more, or never took: a key that may only read is found by nothing else. */
export interface WritingTrouble {
  since: Date
  /** What is wrong and what to do, in English, without keys. */
  message: string
}

/** The keys are refused, or may not write. */
export function isRefusal({ status }: ShopApiError): boolean {
  return status === 401 || status === 403
}

/** Notes that the shop refused a note, for people to see; what else waits to be written is not put off by it. */
export async function recordRefusal(
  sql: Sql,
  refusal: { shopId: bigint; problem: string; at: Date },
): Promise<void> {
  await sql.query(
    'record-refusal',
    `insert into shop_writing (shop_id, failing_since, paused_until, tries, problem) values ($1, $2, $2, 1, $3)
     on conflict (shop_id) do update set problem = excluded.problem`,
    [refusal.shopId, refusal.at, refusal.problem],
  )
}

export async function clearRefusal(sql: Sql, shopId: bigint): Promise<void> {
  if (await isFailing(sql, shopId)) await endPause(sql, shopId)
}

/** Undefined while the shop takes what we write, and where nothing is to be written. */
export async function findWritingTrouble(sql: Sql, shopId: bigint): Promise<WritingTrouble | undefined> {
  const [trouble] = await sql.query<{ since: Date; message: string }>(
    'writing-trouble',
    `select w.failing_since as since, w.problem as message from shop_writing w join shop s on s.id = w.shop_id
     where w.shop_id = $1 and (s.order_notes or s.order_meta)`,
    [shopId],
  )
  return trouble
}
