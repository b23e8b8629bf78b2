import type { Command } from 'commander'
import { toCredits } from '../domain/credits/units.ts'
import type { Deps } from '../domain/deps.ts'
import { type ListedProduct, listProducts } from '../domain/products/list-products.ts'
import { refreshProducts } from '../domain/products/refresh-products.ts'
import { requireShop } from '../domain/shops/require-shop.ts'
import { wordsFor } from '../words/words.ts'
import { id } from './arguments.ts'
import { notice, printLines, printResult } from './output.ts'
import type { WithDeps } from './with-deps.ts'

const words = wordsFor('en')
const { t } = words
const help = (key: string) => t(`cli:help.${key}`)

/** Adds the commands for what the shop itself sells. */
export function addProductCommands(program: Command, withDeps: WithDeps): void {
  const command = (name: string, description: string) =>
    program
      .command(name)
      .description(help(description))
      .option('--json', help('json'))
      .requiredOption('--shop <id>', help('shop'), id)

  command('product:list', 'productList')
    .option('--search <words>', help('search'))
    .action(({ json = false, shop, search }) =>
      withDeps((deps) => printProducts(deps, shop, { json, ...(search !== undefined && { search }) })),
    )

  command('product:refresh', 'productRefresh').action(({ json = false, shop }) =>
    withDeps(async (deps) => {
      await requireShop(deps.db, shop)
      const { reading, found, completeAt } = await refreshProducts(deps, { shopId: shop })
      printResult({ reading, found, completeAt: completeAt?.toISOString() ?? null }, json)
      notice(t('cli:done.productsAsked'))
    }),
  )
}

/** All of them, page by page, so that a script wants no cursor. */
async function printProducts(
  deps: Deps,
  shopId: bigint,
  { search, json }: { search?: string; json: boolean },
): Promise<void> {
  await requireShop(deps.db, shopId)
  const found: ListedProduct[] = []
  let after: bigint | undefined
  do {
    const page = await listProducts(deps, {
      ...{ shopId, limit: 500 },
      ...(search !== undefined && { search }),
      ...(after !== undefined && { after }),
    })
    found.push(...page.products)
    after = page.next
  } while (after !== undefined)
  if (json) printResult({ products: found.map(plainProduct) }, true)
  else printLines(found.map(productLine))
}

function plainProduct(one: ListedProduct): object {
  const { id: productRow, proposedUnits, package: carried, ...rest } = one
  return {
    id: String(productRow),
    ...rest,
    proposedCredits: proposedUnits === null ? null : toCredits(proposedUnits),
    package: carried
      ? { id: String(carried.id), match: carried.match, credits: toCredits(carried.unitsEach) }
      : null,
  }
}

function productLine(one: ListedProduct): string {
  return [
    one.match,
    one.name,
    ...[one.sku, one.price, one.categories.join(',')].filter((part) => part !== ''),
    ...(one.published ? [] : [t('cli:done.unpublished')]),
    ...(one.package
      ? [
          t('cli:done.carries', {
            credits: words.creditsPhrase(one.package.unitsEach),
            match: one.package.match,
          }),
        ]
      : []),
    ...(one.proposedUnits === null
      ? []
      : [t('cli:done.proposes', { credits: words.creditsPhrase(one.proposedUnits) })]),
  ].join(' · ')
}
