export type MatchKind = 'variation' | 'product' | 'sku'

/** What of a package decides whether it is meant. A value of kind sku that ends in * stands for all that begin so. */
export interface PackageMatch {
  matchKind: string
  matchValue: string
}

interface SoldLine {
  productId: string
  variationId?: string
  sku: string
}

/**
 * The package that a line carries: variation before product before exact SKU before the longest SKU prefix.
 * SKUs are compared without case, as WooCommerce's own database does.
 */
export function matchPackage<Package extends PackageMatch>(
  packages: readonly Package[],
  line: SoldLine,
): Package | undefined {
  const sku = skuValue(line.sku)
  const exact = (kind: MatchKind, value: string) =>
    packages.find((one) => one.matchKind === kind && one.matchValue === value)
  return (
    (line.variationId === undefined ? undefined : exact('variation', line.variationId)) ??
    exact('product', line.productId) ??
    (sku === '' ? undefined : exact('sku', sku)) ??
    longestPrefix(packages, sku)
  )
}

/** The one spelling under which SKUs are stored and compared. */
export function skuValue(sku: string): string {
  return sku.trim().toUpperCase()
}

function longestPrefix<Package extends PackageMatch>(
  packages: readonly Package[],
  sku: string,
): Package | undefined {
  return packages
    .filter((one) => one.matchKind === 'sku' && one.matchValue.endsWith('*'))
    .filter((one) => sku.startsWith(one.matchValue.slice(0, -1)))
    .sort((a, b) => b.matchValue.length - a.matchValue.length)[0]
}
