import { loadExchanges } from '../captures.ts'
import type { ShopState } from '../final-states.ts'
import { type CustomerBody, type OrderBody, type ProductBody, stamp } from './wire.ts'

/** Everything that one fake shop holds. Bodies are in the wire format; a test may change them at any time. */
export interface Store {
  state: ShopState
  /** Products and, under their own ids, variations. */
  products: Record<string, ProductBody>
  customers: Record<string, CustomerBody>
  notes: { orderId: string; note: string }[]
  site: Site
  now(): Date
  /** One sequence for orders, refunds and products, as in WordPress. */
  nextId(): number
  /** One sequence for the lines of orders, of refunds and all meta data. */
  nextItemId(): number
  /** Where the shop says that it is. */
  home(): string
  /** Tells the webhooks what happened. */
  emit(topic: string, resourceId: number): void
}

export interface Site {
  version: string
  currency: string
  /** As in the setting: "SI", "US:CA". */
  country: string
  /** IANA name; by it the local times are written. */
  timezone: string
  /** What the shop says of its zone; '' when only an offset is set. */
  timezoneString: string
  /** Statuses of plugins, slug to name. */
  customStatuses: Record<string, string>
}

export const standardStatuses: Record<string, string> = {
  pending: 'Pending payment',
  processing: 'Processing',
  'on-hold': 'On hold',
  completed: 'Completed',
  cancelled: 'Cancelled',
  refunded: 'Refunded',
  failed: 'Failed',
  'checkout-draft': 'Draft',
}

export function statusNames(store: Pick<Store, 'site'>): Record<string, string> {
  return { ...standardStatuses, ...store.site.customStatuses }
}

/** The order as it stands; throws when the shop has none, which is a mistake of the test. */
export function orderOf(store: Pick<Store, 'state'>, id: number): OrderBody {
  const order = store.state.orders[id]
  if (!order) throw new RangeError(`the fake shop has no order ${id}`)
  return order as OrderBody
}

/** Date fields as a pair: `date_x` in local time, `date_x_gmt` in UTC. */
export function dates(
  store: Pick<Store, 'site'>,
  name: string,
  at: Date | undefined,
): Record<string, string | null> {
  const { local, gmt } = at ? stamp(at, store.site.timezone) : { local: null, gmt: null }
  return { [name]: local, [`${name}_gmt`]: gmt }
}

const allowed: Record<string, string[]> = {
  full: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
  notes: ['GET', 'DELETE'],
}

/** The `_links` of a resource: itself, the list that it is in, and what it belongs to. Paths are below wc/v3. */
export function linksOf(
  store: Pick<Store, 'home'>,
  list: string,
  id: number,
  { up, allow = 'full' }: { up?: string; allow?: 'full' | 'notes' } = {},
): Record<string, object[]> {
  const rest = `${store.home()}/wp-json/wc/v3`
  return {
    self: [{ href: `${rest}/${list}/${id}`, targetHints: { allow: allowed[allow] } }],
    collection: [{ href: `${rest}/${list}` }],
    ...(up && { up: [{ href: `${rest}/${up}` }] }),
  }
}

/** The five products of the captured shop and the two variations of "Support plan". */
export function capturedProducts(): Record<string, ProductBody> {
  const bodies = loadExchanges('rest-07-products.json')
    .filter(({ request }) => /\/products(\?per_page|\/12\/variations)/.test(request.path))
    .flatMap(({ body }) => body as ProductBody[])
  return Object.fromEntries(bodies.map((body) => [body.id, structuredClone(body)]))
}
