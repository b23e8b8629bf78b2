import { DateTime } from 'luxon'
import { loadExchanges } from '../../captures.ts'
import { noRoute, type Reply } from '../reply.ts'
import { type Store, statusNames } from '../store.ts'
import { pickFields } from './list.ts'
import type { RestRequest } from './route.ts'

interface SystemStatus {
  environment: object
  settings: object
}

const captured = loadExchanges('rest-10-shop.json')
const bodyOf = (path: string): object =>
  captured.find(({ request }) => request.path.includes(path))?.body as object

const systemStatus = bodyOf('/system_status') as SystemStatus

/** What the shop says of itself: system_status, settings, the current currency and how many orders of each status. */
export function answerSite(store: Store, request: RestRequest): Reply {
  const { site } = store
  if (request.method !== 'GET') return noRoute
  switch (request.path) {
    case 'system_status':
      return {
        status: 200,
        body: pickFields(
          {
            environment: {
              ...systemStatus.environment,
              home_url: store.home(),
              site_url: store.home(),
              version: site.version,
            },
            settings: { ...systemStatus.settings, currency: site.currency },
          },
          request.url.searchParams.get('_fields'),
        ),
      }
    case 'settings/general/woocommerce_default_country':
      return { status: 200, body: { ...bodyOf('woocommerce_default_country'), value: site.country } }
    case 'data/currencies/current':
      return { status: 200, body: { ...bodyOf('currencies/current'), code: site.currency } }
    case 'reports/orders/totals':
      return { status: 200, body: totals(store) }
    default:
      return noRoute
  }
}

function totals(store: Store): object[] {
  const counts = new Map<string, number>()
  for (const order of Object.values(store.state.orders) as { status: string }[]) {
    counts.set(order.status, (counts.get(order.status) ?? 0) + 1)
  }
  return Object.entries(statusNames(store)).map(([slug, name]) => ({
    slug,
    name,
    total: counts.get(slug) ?? 0,
  }))
}

/** WordPress' own index, which needs no key. */
export function answerIndex(store: Store, url: URL): Reply {
  const { timezone, timezoneString } = store.site
  const index = {
    name: 'Shop',
    description: '',
    url: store.home(),
    home: store.home(),
    gmt_offset: String(DateTime.fromJSDate(store.now(), { zone: timezone }).offset / 60),
    timezone_string: timezoneString,
    namespaces: ['oembed/1.0', 'wc/v1', 'wc/v2', 'wc/v3', 'wp/v2'],
    authentication: {},
    routes: {},
  }
  return { status: 200, body: pickFields(index, url.searchParams.get('_fields')) }
}
