import type { Request, Response } from 'express'
import { readDeferredRevenue } from '../../domain/reports/deferred-revenue.ts'
import { readMovements } from '../../domain/reports/movements.ts'
import { readOutstanding } from '../../domain/reports/outstanding.ts'
import { readPrices } from '../../domain/reports/prices.ts'
import type { AskedPeriod } from '../../domain/reports/report-period.ts'
import type { HttpDeps } from '../http-deps.ts'
import { refuseRequest } from '../http-refusal.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { pathText, queryText } from '../pages/form.ts'
import {
  type CsvReport,
  deferredRevenueCsv,
  movementsCsv,
  outstandingCsv,
  pricesCsv,
  writeCsv,
} from '../reports/reports-csv.ts'
import { requireReports } from './may-report.ts'

/** GET /desk/reports/movements.csv: one report as a file. Refuses: role_too_low, no_such_address, invalid (from, to). */
export async function sendReportFile(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const agent = agentOf(res)
  requireReports(agent)
  const report = await reportOf(deps, pathText(req, 'name'), { shopId: agent.shopId, ...askedPeriod(req) })
  res
    .attachment(report.name)
    .type('text/csv; charset=utf-8')
    .send(writeCsv(report, { bom: true }))
}

async function reportOf(
  deps: HttpDeps,
  name: string,
  asked: { shopId: bigint } & AskedPeriod,
): Promise<CsvReport> {
  switch (name) {
    case 'outstanding':
      return outstandingCsv(await readOutstanding(deps, asked))
    case 'movements':
      return movementsCsv(await readMovements(deps, asked))
    case 'prices':
      return pricesCsv(await readPrices(deps, asked))
    case 'deferred-revenue':
      return deferredRevenueCsv(await readDeferredRevenue(deps, asked))
    default:
      return refuseRequest({ code: 'no_such_address' })
  }
}

/** The days of the query, as far as they are there. */
export function askedPeriod(req: Request): AskedPeriod {
  const [from, to] = [queryText(req, 'from'), queryText(req, 'to')]
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
}
