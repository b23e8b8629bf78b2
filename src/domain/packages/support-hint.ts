import { type PackageMatch, skuValue } from './match-package.ts'
import { codesSupport, namesSupport } from './support-words.ts'

/**
 * Why a line that carries no credits may have been meant to: its product says how many it carries, its name or SKU says support, or
 * its SKU begins as those of packages do.
 */
export const supportHints = ['proposal', 'name', 'sku', 'similar'] as const
export type SupportHint = (typeof supportHints)[number]

/** Undefined for what looks like any other article. */
export function supportHint(
  line: { name: string; sku: string },
  known: { proposes: boolean; packages: readonly Pick<PackageMatch, 'matchKind' | 'matchValue'>[] },
): SupportHint | undefined {
  if (known.proposes) return 'proposal'
  if (namesSupport(line.name)) return 'name'
  if (codesSupport(line.sku)) return 'sku'
  const sku = skuValue(line.sku)
  const stems = known.packages
    .filter(({ matchKind }) => matchKind === 'sku')
    .map((one) => stemOf(one.matchValue))
  return stems.some((stem) => stem !== undefined && beginsWith(sku, stem)) ? 'similar' : undefined
}

const shortestStem = 3

/** What the SKUs of a series share: "SUP" of SUP-10, SUP10 and SUP-*; undefined when there is nothing to share. */
function stemOf(value: string): string | undefined {
  const plain = value.replace(/\*$/, '')
  const numberless = plain.replace(/[^\p{L}]+$/u, '')
  const stem = numberless === plain ? plain.replace(/[^\p{L}\p{N}]+[\p{L}\p{N}]+$/u, '') : numberless
  return stem.length >= shortestStem && (stem !== plain || value.endsWith('*')) ? stem : undefined
}

/** SUPPER does not begin with SUP: a word ends where the stem does. */
function beginsWith(sku: string, stem: string): boolean {
  return sku.startsWith(stem) && !/^\p{L}/u.test(sku.slice(stem.length))
}
