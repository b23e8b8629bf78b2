import { type OwnPrices, type RateCard, withOwnPrices } from '../../domain/credits/rate-card.ts'
import type { ListedPackage } from '../../domain/packages/list-packages.ts'
import { type PriceExample, priceExamples } from '../../domain/packages/price-examples.ts'
import type { Terms } from '../../domain/packages/terms.ts'
import type {
  ExampleProps,
  PackageProps,
  PricedChannel,
  PriceProps,
  TermsProps,
} from '../../web/desk/packages-props.ts'
import type { HttpDeps } from '../http-deps.ts'

export function termsProps(terms: Terms & { version: number; sold: number }, at: Date): TermsProps {
  return {
    units: terms.unitsEach,
    days: terms.days,
    channels: terms.channels,
    priority: terms.priority,
    promotional: terms.promotional,
    overdraft: terms.overdraftUnits,
    furtherOrder: terms.furtherOrder,
    ...(terms.firstResponse !== null && { firstResponse: terms.firstResponse }),
    prices: priceProps(terms.prices),
    version: terms.version,
    sold: terms.sold,
    at,
  }
}

/** Packages as the pages show them, each with what things would cost a customer who buys it now. */
export async function packageProps(
  deps: Pick<HttpDeps, 'db'>,
  card: RateCard,
  packages: readonly ListedPackage[],
  hasKeys: boolean,
): Promise<PackageProps[]> {
  const examples = await priceExamples(
    deps.db,
    packages.map((one) => ({ channels: one.channels, prices: withOwnPrices(card, one.prices) })),
  )
  return packages.map((one, index) => {
    const example = exampleProps(examples[index])
    const warning = warningOf(one, hasKeys)
    return {
      ...termsProps(one, one.changedAt),
      id: String(one.id),
      name: one.name,
      match: one.match,
      ...(one.retiredAt && { retiredAt: one.retiredAt }),
      ...(example && { example }),
      ...(warning && { warning }),
    }
  })
}

function warningOf({ match, inShop }: ListedPackage, hasKeys: boolean): PackageProps['warning'] {
  if (!hasKeys) return match.startsWith('category:') ? 'noKeys' : undefined
  return inShop === null || inShop === 'on_sale' ? undefined : inShop
}

export function exampleProps(example: PriceExample | undefined): ExampleProps | undefined {
  return example && example.things.length > 0 ? example : undefined
}

function priceProps(prices: OwnPrices): PriceProps[] {
  return Object.entries(prices).map(([channel, price]) => ({
    channel: channel as PricedChannel,
    units: BigInt(price.units),
    per: price.per,
    ...(price.step !== undefined && { step: price.step }),
    ...(price.freeSeconds !== undefined && { freeSeconds: price.freeSeconds }),
  }))
}
