import type { Request, Response } from 'express'
import { channels, currentRateCard } from '../../domain/credits/rate-card.ts'
import { toCredits } from '../../domain/credits/units.ts'
import { listPackages } from '../../domain/packages/list-packages.ts'
import { listRates } from '../../domain/packages/list-rates.ts'
import { listUnmatched, type UnmatchedFilter } from '../../domain/packages/list-unmatched.ts'
import { priceExamples } from '../../domain/packages/price-examples.ts'
import { defaultTerms } from '../../domain/packages/read-terms.ts'
import { readCatalogueState } from '../../domain/products/catalogue-state.ts'
import { findProduct } from '../../domain/products/list-products.ts'
import type { FormProps } from '../../web/desk/form-props.ts'
import { renderPackagesPage } from '../../web/desk/packages.tsx'
import type { PackagesDone } from '../../web/desk/packages-props.ts'
import type { HttpDeps } from '../http-deps.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { queryText } from '../pages/form.ts'
import { costProps } from './cost-props.ts'
import { deskFrame } from './desk-frame.ts'
import { exampleProps, packageProps } from './package-props.ts'
import { priceValues, termsValues } from './terms-form.ts'
import { unmatchedProps } from './unmatched-props.ts'

const onPage = 50
const unmatchedOnPage = 20

export interface PackagesPageState {
  done?: PackagesDone
  /** Also those that are not sold any more. */
  retired?: boolean
  /** Id after which the page begins; 0n for the first. */
  after?: bigint
  /** The match of a product to make a package of: the form is filled for it. */
  pick?: string
  /** What may need a package: of those of which somebody said that they do not, and where the list goes on. */
  unmatched?: Pick<UnmatchedFilter, 'dismissed' | 'after'>
  /** A form that was refused comes back as it was typed. */
  refused?: { of: 'add' | 'rates'; form: Record<string, string>; wrong: string[]; matchTaken: boolean }
}

/** Sends /desk/packages; 422 (409 for a match that is taken) when it comes back with what was wrong. */
export async function sendPackages(
  deps: HttpDeps,
  req: Request,
  res: Response,
  state: PackagesPageState,
): Promise<void> {
  const { shopId } = agentOf(res)
  const { retired = false, after = 0n, pick, unmatched = {}, refused, done } = state
  const [page, card, rates, asked, picked, { hasKeys }] = await Promise.all([
    listPackages(deps, { shopId, retired, after, limit: onPage }),
    currentRateCard(deps.db, shopId),
    listRates(deps, { shopId }),
    listUnmatched(deps, { shopId, limit: unmatchedOnPage, ...unmatched }),
    pick === undefined ? undefined : findProduct(deps, { shopId, match: pick }),
    readCatalogueState(deps, shopId),
  ])
  const [example] = await priceExamples(deps.db, [{ prices: card, channels }])
  const rateExample = exampleProps(example)
  const add = refused?.of === 'add' ? refused : undefined
  const prices = refused?.of === 'rates' ? refused : undefined
  // Until it is set, the private page costs as e-mail does, also when that changes: its row stays empty.
  const shown = Object.fromEntries(
    rates
      .filter(({ channel, version }) => channel !== 'portal' || version > 0)
      .map(({ channel, price }) => [channel, price]),
  )
  const addForm: FormProps = {
    action: '/desk/packages',
    values: add?.form ?? { ...termsValues(defaultTerms), ...pickedValues(pick, picked) },
    wrong: add?.wrong ?? [],
    matchTaken: add?.matchTaken ?? false,
    shopPrices: priceValues(card),
    open: add !== undefined || pick !== undefined || page.packages.length === 0,
  }
  const ratesForm: FormProps = {
    action: '/desk/rates',
    values: prices?.form ?? priceValues(shown),
    wrong: prices?.wrong ?? [],
    open: prices !== undefined || queryText(req, 'open') === 'rates',
  }
  if (refused) res.status(refused.matchTaken ? 409 : 422)
  res.send(
    renderPackagesPage({
      ...deskFrame(deps, res),
      ...(done && { done }),
      unmatched: unmatchedProps(asked, unmatched.dismissed ?? false),
      packages: await packageProps(deps, card, page.packages, hasKeys),
      retiredShown: retired,
      ...(page.next !== undefined && {
        moreHref: `/desk/packages?${new URLSearchParams({ ...(retired && { retired: 'true' }), after: String(page.next) })}`,
      }),
      add: addForm,
      rates: ratesForm,
      ...(rateExample && { rateExample }),
      cost: await costProps(deps.db, req, card),
    }),
  )
}

/** The form for a product: its name and the credits that it proposes itself. */
function pickedValues(
  match: string | undefined,
  product: Awaited<ReturnType<typeof findProduct>>,
): Record<string, string> {
  if (match === undefined) return {}
  const { name = '', proposedUnits = null } = product ?? {}
  return { match, name, ...(proposedUnits !== null && { credits: String(toCredits(proposedUnits)) }) }
}
