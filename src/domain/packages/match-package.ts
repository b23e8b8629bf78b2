export type MatchKind = 'variation' | 'product' | 'sku' | 'category'

/** What of a package decides whether it is meant. A value of kind sku that ends in * stands for all that begin so. */
export interface PackageMatch {
  id: bigint
  matchKind: string
  matchValue: string
  priority: number
}

export interface SoldLine {
  productId: string
  variationId?: string
  sku: string
  /** Of the product, as the shop told of them last, in the spelling of `categoryValue`. Orders do not tell them. */
  categories?: readonly string[]
}

/**
 * The package that a line carries: variation before product before exact SKU before the longest SKU prefix before category. Of
 * several that are equally close (a product stands in several categories; a retired package and the one that took its place)
 * the one of the highest priority, then the oldest. SKUs are compared without case, as WooCommerce's own database does.
 */
export function matchPackage<Package extends PackageMatch>(
  packages: readonly Package[],
  line: SoldLine,
): Package | undefined {
  const sku = skuValue(line.sku)
  let best: { package: Package; closeness: number } | undefined
  for (const one of packages) {
    const closeness = closenessOf(one, line, sku)
    if (closeness === undefined) continue
    if (
      !best ||
      closeness > best.closeness ||
      (closeness === best.closeness && goesBefore(one, best.package))
    )
      best = { package: one, closeness }
  }
  return best?.package
}

/** The one spelling under which SKUs are stored and compared. */
export function skuValue(sku: string): string {
  return sku.trim().toUpperCase()
}

/**
 * The one spelling under which slugs of categories are stored and compared. WordPress writes letters beyond ASCII in percent
 * signs ("%d9%be"), merchants type the letters.
 */
export function categoryValue(slug: string): string {
  return decoded(slug.trim()).normalize('NFC').toLowerCase()
}

const longestSku = 1_000

/** How closely a package means a line; undefined when it does not. */
function closenessOf(one: PackageMatch, line: SoldLine, sku: string): number | undefined {
  const { matchKind, matchValue } = one
  switch (matchKind) {
    case 'variation':
      return matchValue === line.variationId ? longestSku + 3 : undefined
    case 'product':
      return matchValue === line.productId ? longestSku + 2 : undefined
    case 'sku': {
      if (sku !== '' && matchValue === sku) return longestSku + 1
      const prefix = matchValue.endsWith('*') ? matchValue.slice(0, -1) : undefined
      return prefix !== undefined && sku.startsWith(prefix) ? prefix.length : undefined
    }
    case 'category':
      return line.categories?.includes(matchValue) ? 0 : undefined
    default:
      return undefined
  }
}

function goesBefore(one: PackageMatch, other: PackageMatch): boolean {
  return one.priority === other.priority ? one.id < other.id : one.priority > other.priority
}

function decoded(slug: string): string {
  try {
    return decodeURIComponent(slug)
  } catch {
    return slug
  }
}
