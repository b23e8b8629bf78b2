import type { Sql } from '../../db/database.ts'
import type { ShopProduct } from '../../ports/shop.ts'
import { enqueueJob } from '../enqueue.ts'
import { type ProductRow, productRow } from './product-row.ts'

export interface SaveProducts {
  shopId: bigint
  /** When the shop was asked: what was asked later stays. */
  askedAt: Date
  products: readonly ShopProduct[]
  /** The shop's ids of products of which all variations are given: what is not among them is gone. */
  whole: readonly string[]
}

interface SavedProduct {
  id: bigint
  productId: string
  variationId: string
  known: boolean
  /** It has other words than before, or was not known. */
  renamed: boolean
  /** It stands in other categories than before, or was not known. */
  moved: boolean
  /** It proposes other credits than before, or is new and proposes some. */
  proposes: boolean
}

/**
 * Writes what the shop told of its products, and has the orders worked out again that may be served because of it. A product that
 * the shop has no more (in `whole`, and not among the given) is gone and keeps its row, so that it is not asked for again, and a
 * package of it is told apart from one of a product that we never saw.
 */
export async function saveProducts(sql: Sql, input: SaveProducts): Promise<void> {
  const rows = byKey(input.products.map(productRow))
  const saved = await upsert(sql, input, rows)
  await saveWords(sql, input.shopId, rows, saved)
  await markGone(sql, input)
  await rematchLines(sql, input.shopId, saved)
}

/** One for each key, in one order for all writers, so that two of them do not wait for each other. */
function byKey(rows: readonly ProductRow[]): ProductRow[] {
  const found = new Map(rows.map((row) => [keyOf(row), row]))
  return [...found.keys()].sort().flatMap((key) => found.get(key) ?? [])
}

function keyOf(row: Pick<ProductRow, 'productId' | 'variationId'>): string {
  return `${row.productId}/${row.variationId}`
}

/** The rows that were written: new ones, and those that were not asked for later. */
async function upsert(sql: Sql, input: SaveProducts, rows: readonly ProductRow[]): Promise<SavedProduct[]> {
  if (rows.length === 0) return []
  return await sql.query<SavedProduct>(
    'save-products',
    `with given as (
       select * from jsonb_to_recordset($2) as g("productId" text, "variationId" text, name text, sku text, "skuValue" text, price text,
         published boolean, categories text[], proposal text, "proposedUnits" bigint, "sortName" text, "modifiedAt" timestamptz)
     ), before as (
       select p.id, p.name, p.sku, p.categories, p.proposal from product p join given g on p.product_id = g."productId" and p.variation_id = g."variationId"
       where p.shop_id = $1
     ), saved as (
       insert into product as p (shop_id, product_id, variation_id, name, sku, sku_value, price, published, categories, proposal,
         proposed_units, sort_name, modified_at, asked_at)
       select $1, g."productId", g."variationId", g.name, g.sku, g."skuValue", g.price, g.published, g.categories, g.proposal,
         g."proposedUnits", g."sortName", g."modifiedAt", $3
       from given g
       on conflict (shop_id, product_id, variation_id) do update set name = excluded.name, sku = excluded.sku,
         sku_value = excluded.sku_value, price = excluded.price, published = excluded.published, categories = excluded.categories,
         proposal = excluded.proposal, proposed_units = excluded.proposed_units, sort_name = excluded.sort_name,
         modified_at = excluded.modified_at, asked_at = excluded.asked_at, gone_at = null
       where excluded.asked_at >= p.asked_at
       returning p.*
     )
     select s.id, s.product_id as "productId", s.variation_id as "variationId", b.id is not null as known,
       (s.name, s.sku) is distinct from (b.name, b.sku) as renamed, s.categories is distinct from b.categories as moved,
       s.proposal is distinct from b.proposal as proposes
     from saved s left join before b on b.id = s.id`,
    [input.shopId, JSON.stringify(rows), input.askedAt],
  )
}

async function saveWords(
  sql: Sql,
  shopId: bigint,
  rows: readonly ProductRow[],
  saved: readonly SavedProduct[],
): Promise<void> {
  const renamed = saved.filter((one) => one.renamed)
  if (renamed.length === 0) return
  const wordsOf = new Map(rows.map((row) => [keyOf(row), row.words]))
  const pairs = renamed.flatMap((one) =>
    (wordsOf.get(keyOf(one)) ?? []).map((word) => ({ word, id: one.id })),
  )
  await sql.query(
    'drop-product-words',
    'delete from product_word where shop_id = $1 and product_id = any($2)',
    [shopId, renamed.filter(({ known }) => known).map(({ id }) => id)],
  )
  await sql.query(
    'save-product-words',
    `insert into product_word (shop_id, word, product_id)
     select $1, word, product_id from unnest($2::text[], $3::bigint[]) as w(word, product_id)`,
    [shopId, pairs.map(({ word }) => word), pairs.map(({ id }) => id)],
  )
}

/** A product that the shop has no more and that we never saw gets a row too: else it would be asked for with each order. */
async function markGone(sql: Sql, { shopId, askedAt, products, whole }: SaveProducts): Promise<void> {
  const given = new Set(products.map(({ productId }) => productId))
  const rows = products.map(({ productId, variationId = '' }) => keyOf({ productId, variationId }))
  await sql.query(
    'mark-products-gone',
    `update product set gone_at = $4, asked_at = $4 where shop_id = $1 and product_id = any($2) and gone_at is null
       and asked_at <= $4 and product_id || '/' || variation_id <> all($3)`,
    [shopId, whole, rows, askedAt],
  )
  await sql.query(
    'save-products-never-seen',
    `insert into product (shop_id, product_id, name, sku, sku_value, price, published, categories, sort_name, asked_at, gone_at)
     select $1, asked, '', '', '', '', false, '{}', '', $3, $3 from unnest($2::text[]) asked
     where not exists (select from product p where p.shop_id = $1 and p.product_id = asked) on conflict do nothing`,
    [shopId, whole.filter((productId) => !given.has(productId)), askedAt],
  )
}

/** Lines without credits that a package by category may mean now, or that look like support now because the product says so. */
async function rematchLines(sql: Sql, shopId: bigint, saved: readonly SavedProduct[]): Promise<void> {
  const idsWhere = (holds: (one: SavedProduct) => boolean) =>
    saved.filter(holds).map(({ productId }) => productId)
  const products = await sql.query<{ productId: string }>(
    'products-to-rematch',
    `select distinct product_id as "productId" from unmatched_line where shop_id = $1 and (product_id = any($2)
       or product_id = any($3) and exists (select from package where shop_id = $1 and match_kind = 'category'))`,
    [shopId, idsWhere(({ proposes }) => proposes), idsWhere(({ moved }) => moved)],
  )
  for (const { productId } of products) {
    await enqueueJob(
      sql,
      'rematch_orders',
      { shopId: String(shopId), productId },
      { key: `rematch:${shopId}:${productId}` },
    )
  }
}
