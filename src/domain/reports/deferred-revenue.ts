import type { Deps } from '../deps.ts'
import { readShop } from '../shops/find-shop.ts'
import { currencyDigits } from './currency-digits.ts'
import { type DeferredRow, deferredRevenueQuery } from './deferred-revenue-query.ts'
import { type AskedPeriod, type ReportMonth, type ReportPeriod, readReportPeriod } from './report-period.ts'

/** Money as decimal text with the currency's digits, after discount and without tax. */
export interface DeferredMonth extends ReportMonth {
  /** Paid and not yet earned when the month began. opening + paid - refunded - earned = closing. */
  opening: string
  paid: string
  refunded: string
  /** Includes `breakage`. */
  earned: string
  /** Of `earned`: credits that expired. */
  breakage: string
  closing: string
}

export interface DeferredCurrency {
  currency: string
  /** Of all payments until now. deferred + earned + refunded = paid. */
  now: {
    paid: string
    refunded: string
    earned: string
    breakage: string
    deferred: string
    /** Of `deferred`: grants that are frozen, since their payment is contested. */
    frozen: string
  }
  months: DeferredMonth[]
}

export interface DeferredRevenueReport {
  at: Date
  period: ReportPeriod
  timeZone: string
  shopLocale: string
  /** Currencies are never added. */
  currencies: DeferredCurrency[]
}

/**
 * Money that was paid for credits and is not yet earned, for each currency: now, and how it came about month by month
 * (README, "Deferred revenue"). Throws Refused `invalid` naming `from` or `to`; throws when there is no such shop.
 */
export async function readDeferredRevenue(
  deps: Pick<Deps, 'db' | 'clock'>,
  { shopId, ...asked }: { shopId: bigint } & AskedPeriod,
): Promise<DeferredRevenueReport> {
  const at = deps.clock.now()
  const shop = await readShop(deps.db, shopId)
  const period = readReportPeriod(asked, at, shop.timezone)
  const rows = await deps.db.query<DeferredRow>('deferred-revenue', deferredRevenueQuery, [
    shopId,
    currencyDigits,
    at,
    period.bounds,
  ])
  return {
    at,
    period,
    timeZone: shop.timezone,
    shopLocale: shop.locale,
    currencies: rows.flatMap((row) => (row.bucket === null ? [currencyOf(row, rows, period)] : [])),
  }
}

function currencyOf(
  { currency, bucket: _now, ...now }: DeferredRow,
  rows: readonly DeferredRow[],
  period: ReportPeriod,
): DeferredCurrency {
  const turns = rows.filter((row) => row.currency === currency && row.bucket !== null)
  return {
    currency,
    now,
    months: period.months.flatMap((month, at) => {
      // What stood when the period began comes first.
      const [before, turn] = [turns[at], turns[at + 1]]
      if (!before || !turn) return []
      const { paid, refunded, earned, breakage } = turn
      return [
        { ...month, opening: before.deferred, paid, refunded, earned, breakage, closing: turn.deferred },
      ]
    }),
  }
}
