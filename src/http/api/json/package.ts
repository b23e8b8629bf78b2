import { z } from 'zod'
import { channels, type OwnPrices } from '../../../domain/credits/rate-card.ts'
import { toCredits } from '../../../domain/credits/units.ts'
import {
  inShopStates,
  type ListedPackage,
  type TermsVersion,
} from '../../../domain/packages/list-packages.ts'
import { furtherOrders, type Terms } from '../../../domain/packages/terms.ts'
import { credits, id, time } from '../fields.ts'
import { priceJson, toPriceJson } from './price.ts'

const termsShape = {
  version: z.int(),
  name: z.string().meta({ description: "'' where customers read the line's own name." }),
  credits,
  days: z
    .int()
    .nullable()
    .meta({ description: 'Validity, counted from the day of payment; null never ends.' }),
  channels: z.array(z.enum(channels)),
  priority: z.int(),
  promotional: z.boolean(),
  overdraft: credits.meta({ description: 'May be spent beyond zero of one grant.' }),
  prices: z
    .record(z.string(), priceJson)
    .meta({ description: "By channel, over the shop's rate card.", example: {} }),
  furtherOrder: z.enum(furtherOrders),
  firstResponse: z
    .int()
    .nullable()
    .meta({ description: 'Minutes in which the first answer is promised; null promises nothing.' }),
  sold: z.int().meta({ description: 'Lines of orders that were served by it.' }),
}

export const packageJson = z
  .object({
    id,
    match: z.string().meta({ example: 'sku:SUPPORT-10' }),
    inShop: z.enum(inShopStates).nullable().meta({
      description:
        "Whether customers can buy what it names: gone and unpublished they cannot. null until the shop's products were read.",
    }),
    ...termsShape,
    createdAt: time,
    changedAt: time.meta({ description: 'When the newest terms were written.' }),
    retiredAt: time.nullable(),
  })
  .meta({ id: 'Package', description: 'A product that carries credits, with its newest terms.' })

export const packageWithVersionsJson = packageJson
  .extend({
    versions: z.array(z.object({ ...termsShape, createdAt: time })).meta({
      description: 'The newest first. A purchase keeps the version that was in force when it was paid.',
    }),
  })
  .meta({ id: 'PackageWithVersions', description: 'A package and every version of its terms.' })

export function toPackageJson(one: ListedPackage): z.input<typeof packageJson> {
  return {
    id: String(one.id),
    match: one.match,
    inShop: one.inShop,
    ...toTermsJson(one),
    createdAt: one.createdAt.toISOString(),
    changedAt: one.changedAt.toISOString(),
    retiredAt: one.retiredAt?.toISOString() ?? null,
  }
}

export function toPackageWithVersionsJson(
  one: ListedPackage & { versions: TermsVersion[] },
): z.input<typeof packageWithVersionsJson> {
  return {
    ...toPackageJson(one),
    versions: one.versions.map((version) => ({
      ...toTermsJson(version),
      createdAt: version.createdAt.toISOString(),
    })),
  }
}

function toTermsJson(terms: Terms & { version: number; sold: number }) {
  return {
    version: terms.version,
    name: terms.name,
    credits: toCredits(terms.unitsEach),
    days: terms.days,
    channels: terms.channels,
    priority: terms.priority,
    promotional: terms.promotional,
    overdraft: toCredits(terms.overdraftUnits),
    prices: toPricesJson(terms.prices),
    furtherOrder: terms.furtherOrder,
    firstResponse: terms.firstResponse,
    sold: terms.sold,
  }
}

function toPricesJson(prices: OwnPrices): Record<string, z.input<typeof priceJson>> {
  return Object.fromEntries(Object.entries(prices).map(([channel, price]) => [channel, toPriceJson(price)]))
}
