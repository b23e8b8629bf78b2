import type { Deps } from '../deps.ts'
import type { SupportHint } from './support-hint.ts'

/** An article that was paid for, looks like support and carries no credits. */
export interface UnmatchedProduct {
  /** "product:11", "variation:13" or "sku:SUPPORT-10": what a package would name; "name:…" when the order tells nothing better. */
  subject: string
  /** As the newest order names it. */
  name: string
  sku: string
  hint: SupportHint
  /** Orders that have it. */
  orderCount: number
  /** The newest of them, at most five, the newest first. */
  orders: { id: string; number: string }[]
  /** Of what the shop says of the product itself; null when it says nothing. */
  proposedUnits: bigint | null
}

export interface UnmatchedFilter {
  shopId: bigint
  /** Only those of which an owner said that they are no support. */
  dismissed?: boolean
  after?: { newest: bigint; subject: string }
  limit: number
}

export interface UnmatchedList {
  /** Orders that may need a package, all pages together. */
  orderCount: number
  /** Articles of which an owner said that they are no support. */
  dismissedCount: number
  products: UnmatchedProduct[]
  next?: { newest: bigint; subject: string }
}

const isDismissed = `exists (select from not_support n where n.shop_id = u.shop_id and n.subject = u.subject)`

/** What may need a package, by article, that of the newest order first. */
export async function listUnmatched(deps: Pick<Deps, 'db'>, filter: UnmatchedFilter): Promise<UnmatchedList> {
  const { shopId, dismissed = false, after, limit } = filter
  const [rows, [count]] = await Promise.all([
    deps.db.query<UnmatchedProduct & { newest: bigint }>(
      'list-unmatched',
      `with found as (
         select u.subject, max(u.order_id) as newest, count(distinct u.order_id)::int as orders
         from unmatched_line u where u.shop_id = $1 and u.hint is not null and ${isDismissed} = $2
         group by u.subject
         having $3::bigint is null or max(u.order_id) < $3 or max(u.order_id) = $3 and u.subject > $4
         order by newest desc, u.subject limit $5)
       select f.subject, f.newest, f.orders as "orderCount", l.name, l.sku, l.hint, p.proposed_units as "proposedUnits",
         array(select jsonb_build_object('id', o.external_id, 'number', o.number) from shop_order o where o.shop_id = $1 and o.id in (
           select distinct u.order_id from unmatched_line u where u.shop_id = $1 and u.subject = f.subject and u.hint is not null
           order by u.order_id desc limit 5) order by o.id desc) as orders
       from found f
       join lateral (select u.name, u.sku, u.hint from unmatched_line u
         where u.shop_id = $1 and u.subject = f.subject and u.order_id = f.newest and u.hint is not null order by u.line_id limit 1) l on true
       left join lateral (select p.proposed_units from product p where p.shop_id = $1 and p.gone_at is null and (
           f.subject = 'product:' || p.product_id and p.product_id = substr(f.subject, 9) and p.variation_id = ''
           or f.subject = 'variation:' || p.variation_id and p.variation_id = substr(f.subject, 11))) p on true
       order by f.newest desc, f.subject`,
      [shopId, dismissed, after?.newest ?? null, after?.subject ?? '', limit + 1],
    ),
    deps.db.query<{ orders: number; dismissed: number }>(
      'count-unmatched-orders',
      `select count(distinct u.order_id)::int as orders,
         (select count(*)::int from not_support where shop_id = $1) as dismissed
       from unmatched_line u where u.shop_id = $1 and u.hint is not null and ${isDismissed} = $2`,
      [shopId, dismissed],
    ),
  ])
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    orderCount: count?.orders ?? 0,
    dismissedCount: count?.dismissed ?? 0,
    products: shown.map(({ newest, ...product }) => product),
    ...(rows.length > limit && last && { next: { newest: last.newest, subject: last.subject } }),
  }
}
