import { z } from 'zod'
import { toCredits } from '../../../domain/credits/units.ts'
import type { CatalogueState } from '../../../domain/products/catalogue-state.ts'
import type { ListedProduct } from '../../../domain/products/list-products.ts'
import { credits, id, orNull, time } from '../fields.ts'

const carriedJson = z
  .object({ id, match: z.string().meta({ example: 'sku:SUPPORT-*' }), name: z.string(), credits })
  .meta({ id: 'CarriedPackage', description: 'The package that a purchase of the product would carry now.' })

export const productJson = z
  .object({
    id,
    match: z.string().meta({ description: 'How a package names it.', example: 'variation:13' }),
    productId: z.string().meta({ description: "The shop's id." }),
    variationId: z.string().nullable(),
    name: z.string(),
    sku: z.string(),
    price: z.string().meta({ description: "As the shop wrote it; '' for none.", example: '125.00' }),
    published: z.boolean().meta({ description: 'false: a draft, or private.' }),
    categories: z.array(z.string()).meta({ description: 'Slugs; of a variation those of its product.' }),
    proposal: z.string().nullable().meta({ description: 'What it says of its credits, as written.' }),
    proposedCredits: credits.nullable().meta({ description: 'null also for what is no number of credits.' }),
    package: orNull(carriedJson),
  })
  .meta({
    id: 'Product',
    description: 'What the shop sells, as it told of it last: a product or a variation.',
  })

export function toProductJson(one: ListedProduct): z.input<typeof productJson> {
  const { id: row, proposedUnits, package: carried, ...rest } = one
  return {
    ...rest,
    id: String(row),
    proposedCredits: proposedUnits === null ? null : toCredits(proposedUnits),
    package: carried
      ? {
          id: String(carried.id),
          match: carried.match,
          name: carried.name,
          credits: toCredits(carried.unitsEach),
        }
      : null,
  }
}

export const catalogueJson = z
  .object({
    reading: z.boolean().meta({ description: 'The products are being read now.' }),
    found: z.int().meta({ description: 'Products and variations of this reading, or of the last one.' }),
    completeAt: time.nullable().meta({ description: 'When all were read last.' }),
    trouble: z
      .string()
      .nullable()
      .meta({ description: 'Why the shop could not be asked; null since it answered.' }),
  })
  .meta({ id: 'Catalogue', description: "How well the shop's products are known." })

export function toCatalogueJson(state: CatalogueState): z.input<typeof catalogueJson> {
  const { reading, found, completeAt, trouble } = state
  return { reading, found, completeAt: completeAt?.toISOString() ?? null, trouble }
}
