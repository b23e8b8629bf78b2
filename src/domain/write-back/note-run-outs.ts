import type { Sql } from '../../db/database.ts'
import { ranOutNote } from '../../words/notes.ts'
import { wordsFor } from '../../words/words.ts'
import { enqueueNote } from '../orders/enqueue-note.ts'

/** An account on which something moved in a stretch of time. */
export interface Moved {
  shopId: bigint
  customerId: bigint
  /** The last time that something moved. */
  at: Date
  /** Units by which all its grants together rose, or fell. */
  change: bigint
  /** Some of them rose. */
  rose: boolean
}

interface RunOut {
  shopId: bigint
  orderId: bigint
  number: number | null
  locale: string
  timezone: string
  at: Date
}

/**
 * Puts a note on the newest order that granted credits when an account has none left, once until it had some again. Held units
 * are credits still, and so are those of an account that is frozen.
 */
export async function noteRunOuts(sql: Sql, moved: readonly Moved[]): Promise<void> {
  if (moved.length === 0) return
  // An account that was never looked at had credits if its entries say so.
  const ranOut = await sql.query<RunOut>(
    'run-outs',
    `with moved as (
       select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::boolean[], $5::timestamptz[]) as m (shop_id, customer_id, change, rose, at)
     ), looked as (
       select m.shop_id, m.customer_id, m.at, b.has_credits as known, coalesce(b.has_credits, m.rose or a.available - m.change > 0) as had,
         a.held > 0 or exists (
           select from credit_grant g where g.shop_id = m.shop_id and g.customer_id = m.customer_id and g.live) as has
       from moved m
       join account a on a.shop_id = m.shop_id and a.customer_id = m.customer_id
       left join balance_watch b on b.shop_id = m.shop_id and b.customer_id = m.customer_id
     ), watched as (
       insert into balance_watch (shop_id, customer_id, has_credits)
       select shop_id, customer_id, has from looked where known is distinct from has
       on conflict (shop_id, customer_id) do update set has_credits = excluded.has_credits
     )
     select s.id as "shopId", o.id as "orderId", t.number, s.locale, s.timezone, l.at
     from looked l
     join shop s on s.id = l.shop_id and s.order_notes
     join lateral (
       select o.id from shop_order o
       where o.shop_id = l.shop_id and o.customer_id = l.customer_id and o.status <> 'trash'
         and exists (select from order_line k where k.shop_id = o.shop_id and k.order_id = o.id)
       order by coalesce(o.paid_at, o.created_at) desc, o.id desc limit 1) o on true
     left join ticket t on t.shop_id = l.shop_id and t.id = ticket_of_order(l.shop_id, o.id)
     where l.had and not l.has`,
    [
      moved.map(({ shopId }) => shopId),
      moved.map(({ customerId }) => customerId),
      moved.map(({ change }) => change),
      moved.map(({ rose }) => rose),
      moved.map(({ at }) => at),
    ],
  )
  for (const { shopId, orderId, number, locale, timezone, at } of ranOut) {
    const note = ranOutNote(wordsFor(locale), { number: number ?? undefined, at, timezone })
    await enqueueNote(sql, { shopId, orderId, note })
  }
}
