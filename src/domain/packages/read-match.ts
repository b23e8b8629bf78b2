import { notStorable } from '../not-storable.ts'
import { refuseField } from '../refusal.ts'
import { type MatchKind, skuValue } from './match-package.ts'

const forms = 'variation:13, product:11, sku:SUPPORT-10 or sku:SUPPORT-* (all that begin so)'

/** What an index of the database takes, whatever the letters. */
const longestValue = 200

/** Reads "variation:13", "product:11", "sku:SUPPORT-10" or "sku:SUPPORT-*". Throws Refused `invalid` on field match. */
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
    case 'category':
      return refuseField(
        'match',
        `categories cannot be matched, because an order does not tell them; name the products instead: ${forms}`,
      )
    default:
      return refuseField('match', `write it as ${forms}`)
  }
}
