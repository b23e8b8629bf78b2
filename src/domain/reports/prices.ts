import type { Deps } from '../deps.ts'
import { readShop } from '../shops/find-shop.ts'
import { currencyDigits } from './currency-digits.ts'
import { type Origin, type OriginRow, originOf } from './origin.ts'
import { paidGrants } from './paid-grants.ts'
import { type AskedPeriod, type ReportPeriod, readReportPeriod } from './report-period.ts'

/** Money as decimal text in the row's currency. */
export interface Price {
  purchases: number
  /** Units that were bought. */
  units: bigint
  /** After discount, without tax. */
  paid: string
  tax: string
  /** Paid for one credit, rounded to four digits: "12.5000". */
  perCredit: string
}

export interface PricesRow {
  origin: Origin
  currency: string
  /** Since the shop is connected, whatever the period. */
  all: Price
  /** Months of the period in which something was bought. */
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
  per_credit: string
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
const pricesQuery = `${paidGrants}
, bought as (
  select package_id, case when package_id is null then source end as source, currency, id, name,
    width_bucket(created_at, $3::timestamptz[]) as bucket, bought, paid, tax
  from payment
)
select package_id, source, currency, bucket, (array_agg(name order by id desc))[1] as name, count(*)::int as purchases,
  sum(bought)::bigint as units, sum(paid) as paid, sum(tax) as tax, round(sum(paid) * 100 / sum(bought), 4) as per_credit
from bought
group by grouping sets ((package_id, source, currency), (package_id, source, currency, bucket))
order by package_id is null, 5, package_id, source, currency, bucket`
