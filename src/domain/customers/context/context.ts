import type { ShopCustomerFacts } from '../../../ports/shop.ts'

/** What is known of a customer's orders, those without support too where the shop can be asked. */
export interface CustomerContext extends ShopCustomerFacts {
  /** `shop`: as it answered. `deliveries`: the orders with credits that came to us. */
  source: 'shop' | 'deliveries'
  /** When the shop answered last. */
  refreshedAt: Date | undefined
  /** Why the last try failed, as a person may read it. */
  problem: string | undefined
  /** The shop can be asked, and what is known is too old or nothing. */
  isStale: boolean
  /** Also no try was made just now. */
  mayAsk: boolean
  shop: { kind: string; url: string; canBeAsked: boolean }
}

const hour = 3_600_000
/** How old it may be when somebody looks. */
const freshMs = 6 * hour
/** A shop that fails is not asked each time that somebody looks. */
const restMs = 5 * 60_000

interface LatestJson {
  orderId: string
  number: string
  status: string
  total: string
  currency: string
  at: string
}

export interface ContextJson {
  kind: string
  url: string
  hasKeys: boolean
  asked: {
    orders: number
    complete: boolean
    spent: ShopCustomerFacts['spent']
    first_order_at: string | null
    last_order_at: string | null
    country: string
    emails: string[]
    latest: LatestJson[]
    refreshed_at: string | null
    tried_at: string
    problem: string | null
  } | null
  known: {
    orders: number
    spent: ShopCustomerFacts['spent'] | null
    first: string | null
    last: string | null
    country: string
    latest: LatestJson[] | null
  } | null
}

// Only while the shop has not answered: what came to us of the customer's orders.
const known = (shop: string, customer: string) => `
  (with k as (
     select o.external_id, o.number, o.status, o.total, o.currency, o.paid, coalesce(o.paid_at, o.created_at) as at,
       coalesce((o.snapshot #>> '{order,refundedTotal}')::numeric, 0) as refunded
     from shop_order o where o.shop_id = ${shop} and o.customer_id = ${customer} and o.status <> 'trash')
   select json_build_object('orders', count(*), 'first', min(at), 'last', max(at),
     'country', (select c.country from customer c where c.shop_id = ${shop} and c.id = ${customer}),
     'spent', (select json_agg(json_build_object('currency', p.currency, 'amount', trim_scale(p.amount)::text) order by p.currency)
       from (select currency, sum(total - refunded) as amount from k where paid group by currency) p),
     'latest', (select json_agg(json_build_object('orderId', n.external_id, 'number', n.number, 'status', n.status,
         'total', trim_scale(n.total)::text, 'currency', n.currency, 'at', n.at) order by n.at desc)
       from (select * from k order by at desc limit 10) n))
   from k)`

/** A column of ContextJson for a customer named by two expressions, so that a page that reads a customer reads it along. */
export function contextColumn(shop: string, customer: string): string {
  return `
  (select json_build_object('kind', s.kind, 'url', s.url, 'hasKeys', s.consumer_key is not null, 'asked', to_json(x),
     'known', case when x.refreshed_at is null then ${known(shop, customer)} end)
   from shop s left join customer_context x on x.shop_id = s.id and x.customer_id = ${customer}
   where s.id = ${shop})`
}

export function readContext(json: ContextJson, now: Date): CustomerContext {
  const { asked } = json
  const refreshedAt = dateOf(asked?.refreshed_at)
  const isStale = json.hasKeys && (!refreshedAt || now.getTime() - refreshedAt.getTime() > freshMs)
  const triedAt = dateOf(asked?.tried_at)
  return {
    ...(asked && refreshedAt ? answered(asked) : heard(json.known)),
    refreshedAt,
    problem: asked?.problem ?? undefined,
    isStale,
    mayAsk: isStale && (!triedAt || now.getTime() - triedAt.getTime() > restMs),
    shop: { kind: json.kind, url: json.url, canBeAsked: json.hasKeys },
  }
}

type Facts = ShopCustomerFacts & Pick<CustomerContext, 'source'>

function answered(asked: NonNullable<ContextJson['asked']>): Facts {
  return {
    source: 'shop',
    orders: asked.orders,
    complete: asked.complete,
    spent: asked.spent,
    firstOrderAt: dateOf(asked.first_order_at),
    lastOrderAt: dateOf(asked.last_order_at),
    country: asked.country,
    emails: asked.emails,
    latest: latestOf(asked.latest),
  }
}

function heard(known: ContextJson['known']): Facts {
  return {
    source: 'deliveries',
    orders: known?.orders ?? 0,
    complete: true,
    spent: known?.spent ?? [],
    firstOrderAt: dateOf(known?.first),
    lastOrderAt: dateOf(known?.last),
    country: known?.country ?? '',
    emails: [],
    latest: latestOf(known?.latest ?? []),
  }
}

function latestOf(latest: readonly LatestJson[]): ShopCustomerFacts['latest'] {
  return latest.map((order) => ({ ...order, at: new Date(order.at) }))
}

function dateOf(text: string | null | undefined): Date | undefined {
  return text ? new Date(text) : undefined
}
