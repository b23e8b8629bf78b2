import type { Request, Response } from 'express'
import { DateTime } from 'luxon'
import { type ReadStatement, readStatement, type Statement } from '../../domain/credits/statement.ts'
import { Refused } from '../../domain/refusal.ts'
import type { StatementProps } from '../../web/statement/props.ts'
import { readTimeCursor, writeCursor } from '../api/cursor.ts'
import type { HttpDeps } from '../http-deps.ts'
import { queryText } from '../pages/form.ts'
import { csvName, statementCsv } from './statement-csv.ts'

/** A month of the busiest customers fits; what is longer goes on behind a link. */
const linesOnPage = 500

export interface StatementVisit {
  shopId: bigint
  customerId: bigint
  audience: 'shop' | 'customer'
  /** Language of the reader. */
  locale: string
  /** Address of the page without its query, and what the query carries besides the period. */
  path: string
  carried: Record<string, string>
  backHref: string
  /** Where a line's cause is read; undefined when there is no page for it. */
  hrefOf(line: Statement['lines'][number]): string | undefined
}

/** Answers with the CSV file when the query wants it, else with the page that `render` makes. Refuses: not_found. */
export async function showStatement(
  deps: HttpDeps,
  req: Request,
  res: Response,
  visit: StatementVisit,
  render: (statement: Statement, props: StatementProps) => string,
): Promise<void> {
  const { statement, badPeriod } = await readAsked(deps, req, visit)
  if (queryText(req, 'format') === 'csv' && !badPeriod) {
    res.attachment(csvName(statement)).type('text/csv; charset=utf-8')
    res.send(statementCsv(statement, { ...visit, bom: true }))
    return
  }
  const props = propsOf(deps, statement, visit, badPeriod)
  res.status(badPeriod ? 422 : 200).send(render(statement, props))
}

/** The period of the query; the current month when it is none, with a word about it on the page. */
async function readAsked(
  deps: HttpDeps,
  req: Request,
  { shopId, customerId }: StatementVisit,
): Promise<{ statement: Statement; badPeriod: boolean }> {
  const page: ReadStatement = {
    shopId,
    customerId,
    ...(queryText(req, 'format') !== 'csv' && { limit: linesOnPage }),
  }
  const [from, to] = [queryText(req, 'from'), queryText(req, 'to')]
  try {
    const after = readTimeCursor(queryText(req, 'after'))
    const asked = { ...page, ...(from && { from }), ...(to && { to }), ...(after && { after }) }
    return { statement: await readStatement(deps, asked), badPeriod: false }
  } catch (error) {
    if (!(error instanceof Refused) || error.refusal.code !== 'invalid') throw error
    return { statement: await readStatement(deps, { ...page, limit: linesOnPage }), badPeriod: true }
  }
}

function propsOf(
  deps: HttpDeps,
  statement: Statement,
  visit: StatementVisit,
  badPeriod: boolean,
): StatementProps {
  const { period, timeZone, next } = statement
  const href = (query: Record<string, string>) =>
    `${visit.path}?${new URLSearchParams({ ...visit.carried, ...query })}`
  const span = { from: period.from, to: period.to }
  const month = DateTime.fromJSDate(period.start, { zone: timeZone }).startOf('month')
  const hrefOfMonth = (first: DateTime) =>
    href({ from: first.toISODate() ?? '', to: first.endOf('month').toISODate() ?? '' })
  const following = month.plus({ months: 1 })
  return {
    shopName: statement.shopName,
    customerName: statement.customer.name,
    company: statement.customer.company,
    start: period.start,
    end: new Date(period.end.getTime() - 1),
    ...span,
    totals: statement.totals,
    held: statement.held.closing,
    deficit: statement.deficit.closing,
    overdraft: statement.overdraft.closing,
    lines: statement.lines.map(({ reason, ...line }) => {
      const cause = visit.hrefOf(line)
      return {
        ...line,
        ...(cause !== undefined && { href: cause }),
        ...(reason !== undefined && visit.audience === 'shop' && { reason }),
      }
    }),
    backHref: visit.backHref,
    previousHref: hrefOfMonth(month.minus({ months: 1 })),
    ...(following.toJSDate() <= deps.clock.now() && { nextHref: hrefOfMonth(following) }),
    csvHref: href({ ...span, format: 'csv' }),
    ...(next && { moreHref: href({ ...span, after: writeCursor(next.at, next.id) }) }),
    action: visit.path,
    carried: visit.carried,
    badPeriod,
  }
}
