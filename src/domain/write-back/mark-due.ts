import type { Sql } from '../../db/database.ts'
import { enqueueJob } from '../enqueue.ts'
import { isOutdated, wantedMeta } from './wanted-meta.ts'

export interface AccountOf {
  shopId: bigint
  customerId: bigint
}

/** An order is written once in this time, however many answers are sent meanwhile. Less than a minute, so that each sweep may write. */
const debounce = '50 seconds'

// What waits already keeps its time, so that a busy conversation is written in the end.
const mark = `
  insert into order_writing (shop_id, order_id, due_at, due_since)
  select w.shop_id, w.order_id, $1, $1
  from wanted w left join order_writing d on d.shop_id = w.shop_id and d.order_id = w.order_id
  where d.due_at is null and ${isOutdated}
  on conflict (shop_id, order_id) do update
    set due_at = greatest($1, order_writing.written_at + interval '${debounce}'), due_since = $1
  where order_writing.due_at is null`

/** Marks the orders of these accounts on which something else stands than should. */
export async function markDue(sql: Sql, accounts: readonly AccountOf[], at: Date): Promise<void> {
  if (accounts.length === 0) return
  await sql.query(
    'mark-due',
    `with owners as (
       select distinct m.shop_id, m.customer_id from unnest($2::bigint[], $3::bigint[]) as m (shop_id, customer_id)
       join shop s on s.id = m.shop_id and s.order_meta and s.consumer_key is not null
     ), ${wantedMeta} ${mark}`,
    [at, accounts.map(({ shopId }) => shopId), accounts.map(({ customerId }) => customerId)],
  )
}

/**
 * The same for all accounts of one shop with credits, or whose balance stands somewhere: what no change of a balance tells. What
 * the shop refused is left until it changes.
 */
export async function markShopDue(sql: Sql, shopId: bigint, at: Date): Promise<void> {
  await sql.query(
    'mark-shop-due',
    `with owners as (
       select shop_id, customer_id from credit_grant where shop_id = $2 and live and order_id is not null
       union
       select o.shop_id, o.customer_id from order_writing d
       join shop_order o on o.shop_id = d.shop_id and o.id = d.order_id
       where d.shop_id = $2 and d.balance is not null
     ), ${wantedMeta} ${mark.replace('where d.due_at is null', 'where d.due_at is null and d.problem is null')}`,
    [at, shopId],
  )
}

/**
 * Has the shops written to that something is due for, except those that take nothing at present. A shop whose back-fill runs waits
 * for its end: each order that is written counts as changed there, and the back-fill would read it once more.
 */
export async function enqueueWriting(sql: Sql, at: Date): Promise<void> {
  const shops = await sql.query<{ id: bigint }>(
    'shops-to-write-to',
    `select s.id from shop s left join shop_writing p on p.shop_id = s.id
     where s.order_meta and s.consumer_key is not null and (p.paused_until is null or p.paused_until <= $1)
       and exists (select from order_writing d where d.shop_id = s.id and d.due_at <= $1)
       and not exists (select from backfill b where b.shop_id = s.id and b.state = 'running')`,
    [at],
  )
  for (const { id } of shops) {
    const shopId = String(id)
    await enqueueJob(sql, 'write_order_meta', { shopId }, { key: `order-meta:${shopId}` })
  }
}
