import type { ShopProduct } from '../../ports/shop.ts'
import { toUnits } from '../credits/units.ts'
import { cleanString } from '../orders/stored-order.ts'
import { categoryValue, skuValue } from '../packages/match-package.ts'
import { foldText, wordsIn } from './fold-text.ts'

/** A product as its row holds it, in the shape that goes to the database as JSON. */
export interface ProductRow {
  productId: string
  /** '' for what is no variation. */
  variationId: string
  name: string
  sku: string
  skuValue: string
  price: string
  published: boolean
  categories: string[]
  proposal: string | null
  proposedUnits: string | null
  sortName: string
  modifiedAt: string | null
  /** By which it is found. */
  words: string[]
}

// Of what a shop says without end, so much is kept as a person can read and an index can take.
const longest = { name: 500, sku: 200, price: 30, proposal: 100, sortName: 100, word: 50, categories: 100 }

export function productRow(product: ShopProduct): ProductRow {
  const name = kept(product.name, longest.name)
  const sku = kept(product.sku, longest.sku)
  const proposal = kept(product.proposedCredits ?? '', longest.proposal)
  const { productId, variationId = '' } = product
  const words = [...wordsIn(name), ...wordsIn(sku), ...wordsIn(`${productId} ${variationId}`)]
  return {
    productId,
    variationId,
    name,
    sku,
    skuValue: skuValue(sku),
    price: kept(product.price, longest.price),
    published: product.published,
    categories: [...new Set(product.categories.map((slug) => categoryValue(kept(slug, longest.name))))].slice(
      0,
      longest.categories,
    ),
    proposal: proposal === '' ? null : proposal,
    proposedUnits: unitsOf(proposal),
    sortName: foldText(name).slice(0, longest.sortName),
    modifiedAt: product.modifiedAt?.toISOString() ?? null,
    words: [...new Set(words.map((word) => word.slice(0, longest.word)))],
  }
}

/** Text that PostgreSQL takes, cut before it is mended: a cut may halve a letter. */
function kept(text: string, length: number): string {
  return cleanString(text.slice(0, length)).trim()
}

/** Merchants write "10", "2.5" or "2,5"; null for what is no number of credits. */
function unitsOf(proposal: string): string | null {
  if (!/^\d{1,7}([.,]\d{1,2})?$/.test(proposal)) return null
  const units = toUnits(Number(proposal.replace(',', '.')))
  return units > 0n && units <= 100_000_000n ? String(units) : null
}
