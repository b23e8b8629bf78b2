import { z } from 'zod'
import { readDeferredRevenue } from '../../../domain/reports/deferred-revenue.ts'
import { readMovements } from '../../../domain/reports/movements.ts'
import { readOutstanding } from '../../../domain/reports/outstanding.ts'
import { readPrices } from '../../../domain/reports/prices.ts'
import type { AskedPeriod } from '../../../domain/reports/report-period.ts'
import {
  type CsvReport,
  deferredRevenueCsv,
  movementsCsv,
  outstandingCsv,
  pricesCsv,
  writeCsv,
} from '../../reports/reports-csv.ts'
import { text } from '../fields.ts'
import {
  deferredRevenueJson,
  movementsJson,
  outstandingJson,
  pricesJson,
  toDeferredRevenueJson,
  toMovementsJson,
  toOutstandingJson,
  toPricesJson,
} from '../json/reports.ts'
import { apiRoute, type CsvFile } from '../route.ts'

const format = z
  .enum(['json', 'csv'])
  .optional()
  .meta({ description: 'csv, or `Accept: text/csv`: the rows as a file, without sums.' })

const periodQuery = z.object({
  from: text(40).optional().meta({
    description: 'First day. Default: the first of the eleventh month before.',
    example: '2026-01-01',
  }),
  to: text(40).optional().meta({
    description: 'Last day, included; two years after `from` at most. Default: the end of the current month.',
    example: '2026-03-31',
  }),
  format,
})

export const outstandingRoute = apiRoute({
  method: 'get',
  path: '/reports/outstanding',
  summary: 'What all customers can still spend, by the month in which it ends and by package.',
  scope: 'read',
  query: z.object({ format }),
  status: 200,
  answer: outstandingJson,
  problems: [422],
  handle: async (deps, { caller }) => toOutstandingJson(await readOutstanding(deps, caller)),
  csv: async (deps, { caller }) => fileOf(outstandingCsv(await readOutstanding(deps, caller))),
})

export const movementsRoute = apiRoute({
  method: 'get',
  path: '/reports/movements',
  summary: "How the shop's credits moved, month by month; sold and given ones apart.",
  scope: 'read',
  query: periodQuery,
  status: 200,
  answer: movementsJson,
  problems: [422],
  handle: async (deps, call) => toMovementsJson(await readMovements(deps, askedOf(call))),
  csv: async (deps, call) => fileOf(movementsCsv(await readMovements(deps, askedOf(call)))),
})

export const pricesRoute = apiRoute({
  method: 'get',
  path: '/reports/prices',
  summary: 'What customers paid for a credit, by package and currency.',
  scope: 'read',
  query: periodQuery,
  status: 200,
  answer: pricesJson,
  problems: [422],
  handle: async (deps, call) => toPricesJson(await readPrices(deps, askedOf(call))),
  csv: async (deps, call) => fileOf(pricesCsv(await readPrices(deps, askedOf(call)))),
})

export const deferredRevenueRoute = apiRoute({
  method: 'get',
  path: '/reports/deferred-revenue',
  summary:
    'Money that was paid for credits and is not yet earned, for each currency: now, and month by month.',
  scope: 'read',
  query: periodQuery,
  status: 200,
  answer: deferredRevenueJson,
  problems: [422],
  handle: async (deps, call) => toDeferredRevenueJson(await readDeferredRevenue(deps, askedOf(call))),
  csv: async (deps, call) => fileOf(deferredRevenueCsv(await readDeferredRevenue(deps, askedOf(call)))),
})

function askedOf({
  caller,
  query: { from, to },
}: {
  caller: { shopId: bigint }
  query: z.output<typeof periodQuery>
}): { shopId: bigint } & AskedPeriod {
  return {
    shopId: caller.shopId,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  }
}

function fileOf(report: CsvReport): CsvFile {
  return { name: report.name, text: writeCsv(report, { bom: false }) }
}
