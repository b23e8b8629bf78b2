import { notStorable } from '../not-storable.ts'
import { refuseField } from '../refusal.ts'
import { categoryValue, type MatchKind, skuValue } from './match-package.ts'

const forms =
  'variation:13, product:11, sku:SUPPORT-10, sku:SUPPORT-* (all that begin so) or category:support (its slug)'

/** What an index of the database takes, whatever the letters. */
const longestValue = 200

/** Reads "variation:13", "product:11", "sku:SUPPORT-10", "sku:SUPPORT-*" or "category:support". Throws Refused `invalid` on field match. */
export function readMatch(text: string): { kind: MatchKind; value: string } {
  const [, kind = '', value = ''] = /^\s*([a-z]+):(.*?)\s*$/.exec(text) ?? []
  if (value.length > longestValue || notStorable.test(value)) {
    return refuseField('match', `shorten it to ${longestValue} characters that can be read`)
  }
  switch (kind) {
    case 'variation':
    case 'product':
      if (!/^[1-9]\d{0,19}$/.test(value))
        return refuseField('match', `${kind} takes the shop's id: ${kind}:13`)
      return { kind, value }
    case 'sku':
      // A bare * would turn every article of the shop into support.
      if (!/^[^*]+\*?$/.test(value)) {
        return refuseField(
          'match',
          'sku takes an article code, with one * at most and at its end: sku:SUPPORT-*',
        )
      }
      return { kind, value: skuValue(value) }
    case 'category': {
      const slug = categoryValue(value)
      if (slug === '' || /[\s/*]/.test(slug)) {
        return refuseField(
          'match',
          "category takes the slug of the shop's category, without spaces: category:support",
        )
      }
      return { kind, value: slug }
    }
    default:
      return refuseField('match', `write it as ${forms}`)
  }
}
