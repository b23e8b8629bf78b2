import type { Deps } from '../deps.ts'
import { loadPackages, type Package } from '../packages/load-packages.ts'
import { matchPackage } from '../packages/match-package.ts'
import { wordsIn } from './fold-text.ts'

/** What the shop sells by itself: a product without variations, or a variation. */
export interface ListedProduct {
  id: bigint
  /** How a package names it: "product:11", "variation:13". */
  match: string
  /** The shop's ids. */
  productId: string
  variationId: string | null
  name: string
  sku: string
  /** Decimal string as the shop wrote it; '' when it has none. */
  price: string
  published: boolean
  categories: string[]
  /** What it says of its credits, as written in the shop; null when it says nothing. */
  proposal: string | null
  /** Null also for a proposal that is no number of credits. */
  proposedUnits: bigint | null
  /** The package by which it would carry credits if it was bought now. */
  package?: { id: bigint; name: string; match: string; unitsEach: bigint }
}

export interface ProductFilter {
  shopId: bigint
  /** Beginnings of words of the name, the SKU or the id, all of them; all products when it has no letter or digit. */
  search?: string
  /** Id after which to go on; from the `next` of the page before. */
  after?: bigint
  limit: number
}

const columns = `p.id, case p.variation_id when '' then 'product:' || p.product_id else 'variation:' || p.variation_id end as match,
  p.product_id as "productId", nullif(p.variation_id, '') as "variationId", p.name, p.sku, p.price, p.published, p.categories,
  p.proposal, p.proposed_units as "proposedUnits"`

// Rows are never taken out of the table, so the last one of a page is still there for the next.
const afterRow = (place: string) =>
  `(${place}::bigint is null or (p.sort_name, p.id) > (select l.sort_name, l.id from product l where l.shop_id = $1 and l.id = ${place}))`

export const everyProduct = `select ${columns} from product p where p.shop_id = $1 and p.gone_at is null and ${afterRow('$2')}
  order by p.sort_name, p.id limit $3`

/**
 * $4 and $5 bound the words that begin with the longest one searched, which finds the rows; $6 are all that are searched. Found
 * first and apart, since a plan for any words would rather walk through all products.
 */
export const searchedProducts = `with matched as materialized (
    select distinct f.product_id from product_word f where f.shop_id = $1 and f.word >= $4 and f.word < $5)
  select ${columns} from matched m join product p on p.shop_id = $1 and p.id = m.product_id
  where p.gone_at is null and ${afterRow('$2')} and not exists (select from unnest($6::text[]) q where not exists (
    select from product_word w where w.shop_id = $1 and w.product_id = p.id and starts_with(w.word, q)))
  order by p.sort_name, p.id limit $3`

const mostWords = 8

/** What the shop sells, by name, each with the package that it carries. `next` when there is more. */
export async function listProducts(
  deps: Pick<Deps, 'db' | 'clock'>,
  filter: ProductFilter,
): Promise<{ products: ListedProduct[]; next?: bigint }> {
  const { shopId, limit } = filter
  const [rows, packages] = await Promise.all([
    findRows(deps, filter),
    loadPackages(deps.db, shopId, deps.clock.now()),
  ])
  const onSale = packages.filter((one) => !one.retired)
  const products = rows.slice(0, limit).map((row) => withPackage(row, onSale))
  const last = products.at(-1)
  return rows.length > limit && last ? { products, next: last.id } : { products }
}

/** The product or variation that a package names so ("product:11"); undefined when the shop has none. */
export async function findProduct(
  deps: Pick<Deps, 'db'>,
  input: { shopId: bigint; match: string },
): Promise<Omit<ListedProduct, 'package'> | undefined> {
  const [, kind, id] = /^(product|variation):(\d+)$/.exec(input.match) ?? []
  const [row] = await deps.db.query<ListedProduct>(
    'find-product',
    `select ${columns} from product p where p.shop_id = $1 and p.gone_at is null
       and ($2 = 'product' and p.product_id = $3 and p.variation_id = '' or $2 = 'variation' and p.variation_id = $3)`,
    [input.shopId, kind, id],
  )
  return row
}

async function findRows(deps: Pick<Deps, 'db'>, filter: ProductFilter): Promise<ListedProduct[]> {
  const words = wordsIn(filter.search ?? '').slice(0, mostWords)
  const place = [filter.shopId, filter.after ?? null, filter.limit + 1]
  const longest = words.reduce((best, word) => (word.length > best.length ? word : best), '')
  if (longest === '') return await deps.db.query('every-product', everyProduct, place)
  return await deps.db.query('searched-products', searchedProducts, [
    ...place,
    longest,
    `${longest}\u{10ffff}`,
    words,
  ])
}

function withPackage(row: ListedProduct, packages: readonly Package[]): ListedProduct {
  const { productId, variationId, sku, categories } = row
  const found = matchPackage(packages, {
    ...{ productId, sku, categories },
    ...(variationId !== null && { variationId }),
  })
  if (!found) return row
  const { id, name, matchKind, matchValue, unitsEach } = found
  return { ...row, package: { id, name, match: `${matchKind}:${matchValue}`, unitsEach } }
}
