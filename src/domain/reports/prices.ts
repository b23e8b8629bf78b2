import type { Deps } from '../deps.ts'
import { readShop } from '../shops/find-shop.ts'
import { currencyDigits } from './currency-digits.ts'
import { type Origin, type OriginRow, originOf } from './origin.ts'
import { payments } from './payments.ts'
import { type AskedPeriod, type ReportPeriod, readReportPeriod } from './report-period.ts'

/** Money as decimal text in the row's currency. */
export interface Price {
  purchases: number
  /** Units that were bought; of a month less those that edits of earlier orders took out. */
  units: bigint
  /** After discount, without tax. */
  paid: string
  tax: string
  /** Paid for one credit, rounded to four digits: "12.5000". Null where edits took out as much as was bought, or more. */
  perCredit: string | null
}

export interface PricesRow {
  origin: Origin
  currency: string
  /** Since the shop is connected, whatever the period. */
  all: Price
  /** Months of the period in which something was bought, or an order was edited. */
  months: ({ month: string } & Price)[]
}

export interface PricesReport {
  period: ReportPeriod
  timeZone: string
  shopLocale: string
  /** By package and currency; currencies are never added. */
  rows: PricesRow[]
}

interface Row extends OriginRow {
  currency: string
  /** Of the period's months, from 1; null: since ever. */
  bucket: number | null
  purchases: number
  units: bigint
  paid: string
  tax: string
  per_credit: string | null
}

/**
 * What customers paid for a credit, by package and currency (README, "Price of a credit").
 * Throws Refused `invalid` naming `from` or `to`; throws when there is no such shop.
 */
export async function readPrices(
  deps: Pick<Deps, 'db' | 'clock'>,
  { shopId, ...asked }: { shopId: bigint } & AskedPeriod,
): Promise<PricesReport> {
  const shop = await readShop(deps.db, shopId)
  const period = readReportPeriod(asked, deps.clock.now(), shop.timezone)
  const rows = await deps.db.query<Row>('prices', pricesQuery, [shopId, currencyDigits, period.bounds])
  const monthOf = (bucket: number) => period.months[bucket - 1]?.month
  const isSame = (one: Row) => (other: Row) =>
    one.package_id === other.package_id && one.source === other.source && one.currency === other.currency
  return {
    period,
    timeZone: shop.timezone,
    shopLocale: shop.locale,
    rows: rows
      .filter((row) => row.bucket === null)
      .map((row) => ({
        origin: originOf(row),
        currency: row.currency,
        all: priceOf(row),
        months: rows.filter(isSame(row)).flatMap((one) => {
          const month = one.bucket === null ? undefined : monthOf(one.bucket)
          return month === undefined ? [] : [{ month, ...priceOf(one) }]
        }),
      })),
  }
}

function priceOf({ purchases, units, paid, tax, per_credit: perCredit }: Row): Price {
  return { purchases, units, paid, tax, perCredit }
}

/** $1 shop, $2 digits of currencies, $3 where each month begins and where the period ends. */
const pricesQuery = `${payments}
, change as (
  -- What is told takes the place of what was told before.
  select grant_id, at, 1 as sign, currency, bought, paid, tax from payment
  union all
  select p.grant_id, n.at, -1, p.currency, p.bought, p.paid, p.tax
  from payment p join payment n on n.grant_id = p.grant_id and n.nth = p.nth + 1
), bought as (
  select g.package_id, case when g.package_id is null then g.source end as source, c.currency, g.id, g.name,
    width_bucket(c.at, $3::timestamptz[]) as bucket, c.sign * (c.bought > 0)::int as purchases, c.sign * c.bought as units,
    c.sign * c.paid as paid, c.sign * c.tax as tax
  from change c join credit_grant g on g.shop_id = $1 and g.id = c.grant_id
)
select package_id, source, currency, bucket, (array_agg(name order by id desc))[1] as name, sum(purchases)::int as purchases,
  sum(units)::bigint as units, sum(paid) as paid, sum(tax) as tax,
  case when sum(units) > 0 then round(sum(paid) * 100 / sum(units), 4) end as per_credit
from bought
group by grouping sets ((package_id, source, currency), (package_id, source, currency, bucket))
having grouping(bucket) = 1 or sum(purchases) <> 0 or sum(units) <> 0 or sum(paid) <> 0 or sum(tax) <> 0
order by package_id is null, 5, package_id, source, currency, bucket`
