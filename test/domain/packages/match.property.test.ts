import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  matchPackage,
  type PackageMatch,
  type SoldLine,
  skuValue,
} from '../../../src/domain/packages/match-package.ts'

const skus = ['', 'A', 'a-1', 'A-1', 'A-10', 'AB', 'B-1', 'A*']
const slugs = ['help', 'premium', 'mugs']
const ids = ['1', '2', '3']

const match = fc.oneof(
  fc.record({ matchKind: fc.constant('variation'), matchValue: fc.constantFrom(...ids) }),
  fc.record({ matchKind: fc.constant('product'), matchValue: fc.constantFrom(...ids) }),
  fc.record({
    matchKind: fc.constant('sku'),
    matchValue: fc.constantFrom('A', 'A*', 'A-*', 'A-1', 'A-1*', 'B*'),
  }),
  fc.record({ matchKind: fc.constant('category'), matchValue: fc.constantFrom(...slugs) }),
)
const packages = fc
  .array(fc.tuple(match, fc.integer({ min: -1, max: 1 })), { maxLength: 12 })
  .map((all) =>
    all.map(([one, priority], place): PackageMatch => ({ ...one, priority, id: BigInt(place + 1) })),
  )
const line = fc.record<SoldLine>(
  {
    productId: fc.constantFrom(...ids, '0'),
    variationId: fc.constantFrom(...ids),
    sku: fc.constantFrom(...skus),
    categories: fc.subarray(slugs),
  },
  { requiredKeys: ['productId', 'sku'] },
)

/** Each kind of match by itself, in the order in which they count; written apart from the code that it judges. */
function closest(all: readonly PackageMatch[], sold: SoldLine): PackageMatch | undefined {
  const sku = skuValue(sold.sku)
  const of = (kind: string, means: (value: string) => boolean) =>
    all
      .filter((one) => one.matchKind === kind && means(one.matchValue))
      .sort((a, b) => b.priority - a.priority || Number(a.id - b.id))
  const prefixes = of('sku', (value) => value.endsWith('*') && sku.startsWith(value.slice(0, -1)))
  const longest = Math.max(...prefixes.map(({ matchValue }) => matchValue.length))
  return [
    ...of('variation', (value) => value === sold.variationId),
    ...of('product', (value) => value === sold.productId),
    ...of('sku', (value) => sku !== '' && value === sku),
    ...prefixes.filter(({ matchValue }) => matchValue.length === longest),
    ...of('category', (value) => sold.categories?.includes(value) ?? false),
  ][0]
}

describe('which package a line carries', () => {
  it('is total and deterministic: the same in whatever order the packages come', () => {
    fc.assert(
      fc.property(packages, line, fc.infiniteStream(fc.nat()), (all, sold, chance) => {
        const shuffled = all
          .map((one) => ({ one, place: chance.next().value as number }))
          .sort((a, b) => a.place - b.place)
          .map(({ one }) => one)
        expect(matchPackage(shuffled, sold)).toBe(closest(all, sold))
        expect(matchPackage([...all].reverse(), sold)).toBe(closest(all, sold))
      }),
      { numRuns: 2_000 },
    )
  })

  it('does not depend on packages that mean something else', () => {
    fc.assert(
      fc.property(packages, line, (all, sold) => {
        const found = matchPackage(all, sold)
        const others = all.filter((one) => one !== found)
        const without = others.filter((one) => matchPackage([one], sold) === undefined)
        expect(matchPackage(found ? [...without, found] : without, sold)).toBe(found)
      }),
    )
  })
})
