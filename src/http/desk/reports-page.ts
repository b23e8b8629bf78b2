import type { Request, Response } from 'express'
import { DateTime } from 'luxon'
import { Refused } from '../../domain/refusal.ts'
import { readDeferredRevenue } from '../../domain/reports/deferred-revenue.ts'
import { readMovements } from '../../domain/reports/movements.ts'
import { readOutstanding } from '../../domain/reports/outstanding.ts'
import { readPrices } from '../../domain/reports/prices.ts'
import type { AskedPeriod } from '../../domain/reports/report-period.ts'
import { renderReports } from '../../web/reports/page.tsx'
import type { ReportsProps } from '../../web/reports/props.ts'
import type { HttpDeps } from '../http-deps.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { deskFrame } from './desk-frame.ts'
import { requireReports } from './may-report.ts'
import { askedPeriod } from './report-file.ts'

/** GET /desk/reports: what the accountant asks, of the days of the query. Refuses: role_too_low. */
export async function showReports(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const agent = agentOf(res)
  requireReports(agent)
  const asked = await readReports(deps, agent.shopId, askedPeriod(req)).catch(badPeriod)
  const reports = asked ?? (await readReports(deps, agent.shopId, {}))
  const { from, to, start, end } = reports.movements.period
  const today = DateTime.fromJSDate(deps.clock.now(), { zone: agent.timezone })
  const props: ReportsProps = {
    from,
    to,
    start,
    end: new Date(end.getTime() - 1),
    badPeriod: asked === undefined,
    choices: {
      lastMonths: '/desk/reports',
      thisYear: hrefOf('', yearOf(today)),
      lastYear: hrefOf('', yearOf(today.minus({ years: 1 }))),
    },
    files: {
      outstanding: hrefOf('/outstanding.csv', { from, to }),
      movements: hrefOf('/movements.csv', { from, to }),
      prices: hrefOf('/prices.csv', { from, to }),
      deferred: hrefOf('/deferred-revenue.csv', { from, to }),
    },
    outstanding: reports.outstanding,
    movements: reports.movements,
    prices: reports.prices.rows,
    deferred: reports.deferred.currencies,
  }
  res.status(asked ? 200 : 422).send(renderReports({ ...deskFrame(deps, res), reports: props }))
}

async function readReports(deps: HttpDeps, shopId: bigint, asked: AskedPeriod) {
  const [outstanding, movements, prices, deferred] = await Promise.all([
    readOutstanding(deps, { shopId }),
    readMovements(deps, { shopId, ...asked }),
    readPrices(deps, { shopId, ...asked }),
    readDeferredRevenue(deps, { shopId, ...asked }),
  ])
  return { outstanding, movements, prices, deferred }
}

function badPeriod(error: unknown): undefined {
  if (!(error instanceof Refused) || error.refusal.code !== 'invalid') throw error
}

function yearOf(day: DateTime): { from: string; to: string } {
  return { from: day.startOf('year').toISODate() ?? '', to: day.endOf('year').toISODate() ?? '' }
}

function hrefOf(path: string, days: { from: string; to: string }): string {
  return `/desk/reports${path}?${new URLSearchParams(days)}`
}
