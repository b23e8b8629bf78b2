import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { type Terms, termsColumns } from './terms.ts'

/** One version of a package's terms. */
export interface TermsVersion extends Terms {
  version: number
  createdAt: Date
  /** Lines of orders that were served by it. */
  sold: number
}

/** Whether customers can buy what a package names. */
export const inShopStates = ['on_sale', 'unpublished', 'gone'] as const
export type InShop = (typeof inShopStates)[number]

/** A package with its newest terms. */
export interface ListedPackage extends Terms {
  id: bigint
  /** As it is written: "sku:SUPPORT-10". */
  match: string
  /** Null while nothing is known of the shop's products as a whole. */
  inShop: InShop | null
  version: number
  /** When the newest terms were written. */
  changedAt: Date
  /** Lines of orders under all its versions. */
  sold: number
  createdAt: Date
  retiredAt: Date | null
}

export interface PackageFilter {
  shopId: bigint
  /** Also those that are not sold any more. */
  retired?: boolean
  /** Id after which to go on; from the `next` of the page before. */
  after?: bigint
  limit: number
}

// A line whose customer changed has a second grant; the line still is one.
const soldLines = `select count(*)::int from credit_grant g
  join order_line l on l.shop_id = g.shop_id and l.order_id = g.order_id and l.grant_id = g.id
  where g.shop_id = p.shop_id and g.package_id = p.id`

const packageColumns = `p.id, p.match_kind || ':' || p.match_value as match, t.version, ${termsColumns},
  t.created_at as "changedAt", p.created_at as "createdAt", p.retired_at as "retiredAt", (${soldLines}) as sold,
  package_in_shop(p.shop_id, p.match_kind, p.match_value) as "inShop"`

const newestTerms = `join lateral (select * from package_terms n where n.shop_id = p.shop_id and n.package_id = p.id
  order by n.version desc limit 1) t on true`

/** The packages of a shop in the order in which they were added; `next` when there are more. */
export async function listPackages(
  deps: Pick<Deps, 'db'>,
  filter: PackageFilter,
): Promise<{ packages: ListedPackage[]; next?: bigint }> {
  const rows = await deps.db.query<ListedPackage>(
    'list-packages',
    `select ${packageColumns} from package p ${newestTerms}
     where p.shop_id = $1 and p.id > $2 and ($3 or p.retired_at is null) order by p.id limit $4`,
    [filter.shopId, filter.after ?? 0n, filter.retired ?? false, filter.limit + 1],
  )
  const packages = rows.slice(0, filter.limit)
  const last = packages.at(-1)
  return rows.length > filter.limit && last ? { packages, next: last.id } : { packages }
}

/** A package and every version of its terms, the newest first. Refuses: not_found. */
export async function getPackage(
  deps: Pick<Deps, 'db'>,
  input: { shopId: bigint; packageId: bigint },
): Promise<ListedPackage & { versions: TermsVersion[] }> {
  const key = [input.shopId, input.packageId]
  const [found] = await deps.db.query<ListedPackage>(
    'get-package',
    `select ${packageColumns} from package p ${newestTerms} where p.shop_id = $1 and p.id = $2`,
    key,
  )
  if (!found) return refuse({ code: 'not_found', what: 'package' })
  const versions = await deps.db.query<TermsVersion>(
    'package-versions',
    `select t.version, ${termsColumns}, t.created_at as "createdAt", (${soldLines} and g.terms_version = t.version) as sold
     from package p join package_terms t on t.shop_id = p.shop_id and t.package_id = p.id
     where p.shop_id = $1 and p.id = $2 order by t.version desc`,
    key,
  )
  return { ...found, versions }
}
