import type { Response } from 'express'
import { readCatalogueState } from '../../domain/products/catalogue-state.ts'
import { type ListedProduct, listProducts } from '../../domain/products/list-products.ts'
import { renderProductsPage } from '../../web/desk/products.tsx'
import type { ProductProps } from '../../web/desk/products-props.ts'
import type { HttpDeps } from '../http-deps.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { deskFrame } from './desk-frame.ts'

const path = '/desk/packages/products'
const onPage = 50

export interface ProductsPageState {
  query?: string
  /** Id after which the page begins; 0n for the first. */
  after?: bigint
  /** The form of the settings comes back as it was typed. */
  refused?: { form: Record<string, string>; wrong: string[] }
}

/** Sends /desk/packages/products; 422 when the settings were refused. */
export async function sendProducts(deps: HttpDeps, res: Response, state: ProductsPageState): Promise<void> {
  const { shopId } = agentOf(res)
  const { query = '', after = 0n, refused } = state
  const [page, catalogue] = await Promise.all([
    listProducts(deps, { shopId, search: query, limit: onPage, ...(after !== 0n && { after }) }),
    readCatalogueState(deps, shopId),
  ])
  const { hasKeys, reading, found, completeAt, trouble, creditsKey, currency } = catalogue
  const more = new URLSearchParams({ ...(query && { q: query }), after: String(page.next ?? '') })
  if (refused) res.status(422)
  res.send(
    renderProductsPage({
      ...deskFrame(deps, res),
      query,
      products: page.products.map(productProps),
      paged: after !== 0n,
      ...(page.next !== undefined && { moreHref: `${path}?${more}` }),
      catalogue: {
        hasKeys,
        reading,
        found,
        currency,
        ...(completeAt && { completeAt }),
        ...(trouble !== null && { trouble }),
      },
      refreshAction: `${path}/refresh`,
      settings: {
        action: `${path}/settings`,
        values: refused?.form ?? { creditsKey },
        wrong: refused?.wrong ?? [],
        open: refused !== undefined,
      },
    }),
  )
}

function productProps(one: ListedProduct): ProductProps {
  const { match, name, sku, price, categories, published, proposal, proposedUnits, package: carried } = one
  return {
    ...{ match, name, sku, price, categories, published },
    ...(carried && {
      carried: { units: carried.unitsEach, match: carried.match, href: `/desk/packages/${carried.id}` },
    }),
    ...(proposal !== null && {
      proposal: proposedUnits === null ? { text: proposal } : { units: proposedUnits },
    }),
    ...(carried?.match !== match && { pickHref: pickHref(match) }),
  }
}

/** To the form of a new package, filled for this product. */
export function pickHref(match: string): string {
  return `/desk/packages?${new URLSearchParams({ pick: match })}#add`
}
