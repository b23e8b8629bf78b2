import { z } from 'zod'
import { type ReadStatement, readStatement } from '../../../domain/credits/statement.ts'
import { csvName, statementCsv } from '../../statement/statement-csv.ts'
import { readTimeCursor, writeCursor } from '../cursor.ts'
import { listQuery, text } from '../fields.ts'
import { statementJson, toStatementJson } from '../json/statement.ts'
import { type ApiCaller, apiRoute } from '../route.ts'

const query = listQuery.extend({
  from: text(40).optional().meta({ description: 'First day. Default: of the month.', example: '2026-03-01' }),
  to: text(40)
    .optional()
    .meta({ description: 'Last day, included; two years after `from` at most.', example: '2026-03-31' }),
  format: z
    .enum(['json', 'csv'])
    .optional()
    .meta({ description: 'csv, or `Accept: text/csv`: the whole period as a file, without pages.' }),
})

export const getStatementRoute = apiRoute({
  method: 'get',
  path: '/customers/{id}/statement',
  summary: "What moved on a customer's account in a period: totals, and every movement with its cause.",
  scope: 'read',
  query,
  status: 200,
  answer: statementJson,
  problems: [404, 422],
  async handle(deps, { caller, ids, query: asked }) {
    const after = readTimeCursor(asked.cursor)
    const statement = await readStatement(deps, {
      ...periodOf(caller, ids.id, asked),
      limit: asked.limit,
      ...(after && { after }),
    })
    const { next } = statement
    return toStatementJson(statement, next ? writeCursor(next.at, next.id) : null)
  },
  async csv(deps, { caller, ids, query: asked }) {
    const statement = await readStatement(deps, periodOf(caller, ids.id, asked))
    const options = { audience: 'shop', locale: statement.shopLocale, bom: false } as const
    return { name: csvName(statement), text: statementCsv(statement, options) }
  },
})

function periodOf(
  { shopId }: ApiCaller,
  customerId: bigint,
  { from, to }: { from?: string | undefined; to?: string | undefined },
): ReadStatement {
  return { shopId, customerId, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
}
