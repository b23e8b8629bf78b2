import { stringify } from 'csv-stringify/sync'
import { toCredits } from '../../domain/credits/units.ts'
import type { DeferredRevenueReport } from '../../domain/reports/deferred-revenue.ts'
import { additions, type MovementsReport, subtractions } from '../../domain/reports/movements.ts'
import type { Origin } from '../../domain/reports/origin.ts'
import type { OutstandingReport } from '../../domain/reports/outstanding.ts'
import type { Price, PricesReport } from '../../domain/reports/prices.ts'
import type { ReportPeriod } from '../../domain/reports/report-period.ts'

// Reports as RFC 4180: a header and one record for each row, in words of the API, so that programs and people of any language
// read the same file. Sums stand in the page and in the JSON; here they would be added twice. Only prices have a record for all
// times (month "all"), because their months do not add up to it.

export interface CsvReport {
  /** Under which a browser keeps it. */
  name: string
  records: Cells[]
}

/** Money is text, so that its digits stay, but "-10.00" is no formula. */
interface Money {
  money: string
}

type Cells = (string | number | Money)[]

/**
 * `bom`: spreadsheets take a file without this mark for one in an old encoding; programs do not expect it. A text that a
 * spreadsheet would run as a formula gets an apostrophe in front.
 */
export function writeCsv(report: CsvReport, { bom }: { bom: boolean }): string {
  return stringify(report.records, {
    record_delimiter: 'windows',
    escape_formulas: true,
    bom,
    cast: { object: ({ money }) => ({ value: String(money), escape_formulas: false }) },
  })
}

export function outstandingCsv(report: OutstandingReport): CsvReport {
  return {
    name: `outstanding-${report.at.toISOString().slice(0, 10)}.csv`,
    records: [
      ['expiry month', 'package', 'package id', 'source', 'grants', 'available', 'held', 'frozen', 'total'],
      ...report.rows.map((row) => [
        row.expiryMonth ?? '',
        ...originCells(row.origin),
        row.grants,
        toCredits(row.available),
        toCredits(row.held),
        toCredits(row.frozen),
        toCredits(row.total),
      ]),
    ],
  }
}

export function movementsCsv(report: MovementsReport): CsvReport {
  const figures = ['opening', ...additions, ...subtractions, 'closing', 'forgiven'] as const
  return {
    name: nameOf('movements', report.period),
    records: [
      ['month', 'from', 'to', 'group', ...figures],
      ...report.months.flatMap((month) =>
        (['sold', 'given'] as const).map((group) => [
          month.month,
          month.from,
          month.to,
          group,
          ...figures.map((name) => toCredits(month[group][name])),
        ]),
      ),
    ],
  }
}

export function pricesCsv(report: PricesReport): CsvReport {
  const cells = ({ purchases, units, paid, tax, perCredit }: Price): Cells => [
    purchases,
    toCredits(units),
    { money: paid },
    { money: tax },
    perCredit === null ? '' : { money: perCredit },
  ]
  return {
    name: nameOf('prices', report.period),
    records: [
      [
        'package',
        'package id',
        'source',
        'currency',
        'month',
        'purchases',
        'credits',
        'paid',
        'tax',
        'per credit',
      ],
      ...report.rows.flatMap((row) =>
        [{ month: 'all', ...row.all }, ...row.months].map((price) => [
          ...originCells(row.origin),
          row.currency,
          price.month,
          ...cells(price),
        ]),
      ),
    ],
  }
}

export function deferredRevenueCsv(report: DeferredRevenueReport): CsvReport {
  return {
    name: nameOf('deferred-revenue', report.period),
    records: [
      ['currency', 'month', 'from', 'to', 'opening', 'paid', 'refunded', 'earned', 'breakage', 'closing'],
      ...report.currencies.flatMap(({ currency, months }) =>
        months.map((one) => [
          currency,
          one.month,
          one.from,
          one.to,
          ...[one.opening, one.paid, one.refunded, one.earned, one.breakage, one.closing].map((money) => ({
            money,
          })),
        ]),
      ),
    ],
  }
}

function originCells({ packageId, name, source }: Origin): Cells {
  return [name ?? '', packageId === null ? '' : String(packageId), source ?? '']
}

function nameOf(report: string, { from, to }: ReportPeriod): string {
  return `${report}-${from}-${to}.csv`
}
