import { type Command, InvalidArgumentError } from 'commander'
import { channels } from '../domain/credits/rate-card.ts'
import { toCredits } from '../domain/credits/units.ts'
import type { Deps } from '../domain/deps.ts'
import { addPackage } from '../domain/packages/add-package.ts'
import { editPackage } from '../domain/packages/edit-package.ts'
import { type ListedPackage, listPackages } from '../domain/packages/list-packages.ts'
import { listRates } from '../domain/packages/list-rates.ts'
import { givenPriceOf } from '../domain/packages/read-price.ts'
import { retirePackage } from '../domain/packages/retire-package.ts'
import { setRate } from '../domain/packages/set-rate.ts'
import { requireShop } from '../domain/shops/require-shop.ts'
import { wordsFor } from '../words/words.ts'
import { cliActor } from './actor.ts'
import { id, list, number } from './arguments.ts'
import { printLines, printResult } from './output.ts'
import { type OwnPrices, ownPrice, priceWord } from './own-prices.ts'
import type { WithDeps } from './with-deps.ts'

const words = wordsFor('en')
const { t } = words
const help = (key: string) => t(`cli:help.${key}`)

/** Adds the commands for what a shop sells and what its channels cost. */
export function addPackageCommands(program: Command, withDeps: WithDeps): void {
  const command = (name: string, description: string) =>
    program
      .command(name)
      .description(help(description))
      .option('--json', help('json'))
      .requiredOption('--shop <id>', help('shop'), id)

  withTerms(command('package:add', 'packageAdd'))
    .requiredOption('--match <match>', help('match'))
    .requiredOption('--credits <n>', help('credits'), number)
    .action(({ json = false, shop, match, ...input }) =>
      withDeps(async (deps) =>
        printResult(
          await addPackage(deps, { shopId: shop, actor: cliActor, match, ...termsOf(input) }),
          json,
        ),
      ),
    )

  withTerms(command('package:edit', 'packageEdit'))
    .requiredOption('--package <id>', help('package'), id)
    .option('--credits <n>', help('credits'), number)
    .option('--no-promotional', help('noPromotional'))
    .option('--version <n>', help('version'), number)
    .action(({ json = false, shop, package: packageId, ...input }) =>
      withDeps(async (deps) =>
        printResult(
          await editPackage(deps, { shopId: shop, actor: cliActor, packageId, ...termsOf(input) }),
          json,
        ),
      ),
    )

  command('package:list', 'packageList')
    .option('--retired', help('retired'))
    .action(({ json = false, shop, retired = false }) =>
      withDeps((deps) => printPackages(deps, shop, { retired, json })),
    )

  command('package:retire', 'packageRetire')
    .requiredOption('--package <id>', help('package'), id)
    .action(({ json = false, shop, package: packageId }) =>
      withDeps(async (deps) => {
        const { retiredAt } = await retirePackage(deps, { shopId: shop, actor: cliActor, packageId })
        printResult({ id: String(packageId), retiredAt: retiredAt.toISOString() }, json)
      }),
    )

  command('rate:set', 'rateSet')
    .requiredOption('--channel <channel>', help('channel'))
    .requiredOption('--price <credits>', help('price'), number)
    .option('--per <unit>', help('per'))
    .option('--step <minutes>', help('step'), number)
    .option('--free <seconds>', help('free'), number)
    .action(({ json = false, shop, ...input }) =>
      withDeps(async (deps) =>
        printResult(await setRate(deps, { shopId: shop, actor: cliActor, ...input }), json),
      ),
    )

  command('rate:list', 'rateList').action(({ json = false, shop }) =>
    withDeps((deps) => printRates(deps, shop, json)),
  )
}

function withTerms(command: Command): Command {
  return command
    .option('--days <n>', help('days'), days)
    .option('--channels <list>', help('channels'), list)
    .option('--name <name>', help('name'))
    .option('--priority <n>', help('priority'), number)
    .option('--promotional', help('promotional'))
    .option('--overdraft <n>', help('overdraft'), number)
    .option('--further-order <what>', help('furtherOrder'), (text) => text.replace('-', '_'))
    .option('--first-response <minutes>', help('firstResponse'), minutes)
    .option('--price <channel=credits>', help('ownPrice'), ownPrice)
}

const never = 'never'

/** Commander takes no null for a value, so the word stands until the command runs. */
function days(text: string): number | typeof never {
  if (text === never) return text
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new InvalidArgumentError('give a number of days, or never')
  }
  return value
}

function minutes(text: string): number | typeof never {
  if (text === never) return text
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new InvalidArgumentError('give a number of minutes, or never')
  }
  return value
}

function termsOf<
  Given extends {
    days?: number | typeof never
    firstResponse?: number | typeof never
    price?: OwnPrices
  },
>({ days: given, firstResponse, price, ...rest }: Given) {
  return {
    ...rest,
    ...(firstResponse !== undefined && { firstResponse: firstResponse === never ? null : firstResponse }),
    ...(given !== undefined && { days: given === never ? null : given }),
    ...(price && { prices: price }),
  }
}

/** All of them: a shop has few, and a script wants no pages. */
async function printPackages(
  deps: Deps,
  shopId: bigint,
  { retired, json }: { retired: boolean; json: boolean },
): Promise<void> {
  await requireShop(deps.db, shopId)
  const found: ListedPackage[] = []
  let after: bigint | undefined
  do {
    const page = await listPackages(deps, {
      ...{ shopId, retired, limit: 100 },
      ...(after === undefined ? {} : { after }),
    })
    found.push(...page.packages)
    after = page.next
  } while (after !== undefined)
  if (json) printResult({ packages: found.map(plainPackage) }, true)
  else printLines(found.map(packageLine))
}

function plainPackage(one: ListedPackage): object {
  const { unitsEach, overdraftUnits, id: packageId, prices, ...rest } = one
  return {
    ...rest,
    id: String(packageId),
    credits: toCredits(unitsEach),
    overdraft: toCredits(overdraftUnits),
    prices: Object.fromEntries(Object.entries(prices).map(([name, price]) => [name, givenPriceOf(price)])),
  }
}

function packageLine(one: ListedPackage): string {
  const prices = channels.flatMap((channel) => {
    const price = one.prices[channel]
    return price ? [`${channel}=${priceWord(givenPriceOf(price))}`] : []
  })
  return [
    String(one.id),
    one.match,
    words.creditsPhrase(one.unitsEach),
    one.days === null ? t('cli:done.withoutEnd') : t('cli:done.days', { n: one.days, count: one.days }),
    ...(one.name === '' ? [] : [one.name]),
    one.channels.join(','),
    ...(one.priority === 0 ? [] : [t('cli:done.priority', { n: one.priority })]),
    ...(one.promotional ? [t('cli:done.promotional')] : []),
    ...(one.overdraftUnits === 0n ? [] : [t('cli:done.overdraft', { n: words.credits(one.overdraftUnits) })]),
    ...prices,
    one.furtherOrder.replace('_', '-'),
    ...(one.firstResponse === null ? [] : [t('cli:done.firstResponse', { n: one.firstResponse })]),
    t('cli:done.version', { n: one.version, sold: one.sold }),
    ...(one.inShop === null || one.inShop === 'on_sale' ? [] : [t(`cli:done.inShop.${one.inShop}`)]),
    ...(one.retiredAt ? [t('cli:done.retired', { at: words.date(one.retiredAt) })] : []),
  ].join(' · ')
}

async function printRates(deps: Deps, shopId: bigint, json: boolean): Promise<void> {
  await requireShop(deps.db, shopId)
  const rates = await listRates(deps, { shopId })
  if (!json) {
    printLines(
      rates.map(({ channel, price, version }) =>
        [
          `${channel}=${priceWord(givenPriceOf(price))}`,
          version === 0 ? t('cli:done.notSet') : t('cli:done.rateVersion', { n: version }),
        ].join(' · '),
      ),
    )
    return
  }
  printResult(
    {
      rates: rates.map(({ channel, price, version, history }) => ({
        channel,
        ...givenPriceOf(price),
        version,
        history: history.map((one) => ({
          version: one.version,
          ...givenPriceOf(one.price),
          createdAt: one.createdAt,
        })),
      })),
    },
    true,
  )
}
