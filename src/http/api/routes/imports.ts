import { z } from 'zod'
import { toCredits } from '../../../domain/credits/units.ts'
import { importBalances } from '../../../domain/imports/import-balances.ts'
import { type DoneImport, listImports } from '../../../domain/imports/list-imports.ts'
import { refuseRequest } from '../../http-refusal.ts'
import { authorOf } from '../author.ts'
import { readIdCursor, writeCursor } from '../cursor.ts'
import { credits, id, listQuery, pageOf, time } from '../fields.ts'
import { apiRoute } from '../route.ts'

const counts = {
  new: z.int().meta({ description: 'Made for these rows.' }),
  known: z.int().meta({ description: 'There already.' }),
}

const importedJson = z
  .object({
    id: id.nullable().meta({ description: 'Null when nothing was written.' }),
    dryRun: z.boolean(),
    rows: z.int(),
    new: z.int().meta({ description: 'Rows that were imported, or that a dry run would import.' }),
    known: z.int().meta({ description: 'Rows that an earlier import brought in; they change nothing.' }),
    credits: credits.meta({ description: 'Of the new rows.' }),
    customers: z.object(counts),
    errors: z
      .array(z.object({ line: z.int(), column: z.string().nullable(), message: z.string() }))
      .meta({ description: 'Of a dry run: what is wrong, at most the first 1,000 mistakes.' }),
    errorCount: z.int(),
  })
  .meta({ id: 'ImportReport' })

export const importBalancesRoute = apiRoute({
  method: 'post',
  path: '/imports/balances',
  summary:
    'Imports the credits that customers have in another system, one grant for each row: all rows or none, each row once. A dry run is answered with 201 too, says what is wrong in `errors` and writes nothing.',
  scope: 'supervise',
  body: z.object({
    csv: z.string().meta({
      description:
        'The file with its header: email or shop_customer_id, and credits; besides reference (makes each row one import), name, company, phone, locale, expires, channels, label, paid_total, paid_tax, currency. The whole body may have 1 MB, about 10,000 rows: send a larger file in parts, or give it to the command line or the desk, which take 5 MB.',
    }),
    dryRun: z.boolean().default(false),
  }),
  example: { csv: 'reference,email,credits\nH-1,ana@example.com,12.5\n', dryRun: true },
  status: 201,
  answer: importedJson,
  problems: [422],
  async handle(deps, { caller, body }) {
    const { actor } = await authorOf(deps, caller, undefined)
    const { units, importId, ...report } = await importBalances(deps, {
      shopId: caller.shopId,
      csv: body.csv,
      dryRun: body.dryRun,
      by: { actor },
    })
    if (report.errorCount > 0 && !body.dryRun) {
      refuseRequest({ code: 'rows_wrong', errors: report.errors, count: report.errorCount })
    }
    return {
      ...report,
      id: importId === undefined ? null : String(importId),
      dryRun: body.dryRun,
      credits: toCredits(units),
    }
  },
})

const doneImportJson = z
  .object({
    id,
    at: time,
    agentName: z.string().nullable().meta({ description: 'Null for a program or the command line.' }),
    rows: z.int().meta({ description: 'That were imported.' }),
    known: z.int(),
    credits,
    customers: z.object(counts),
  })
  .meta({ id: 'Import' })

export const listImportsRoute = apiRoute({
  method: 'get',
  path: '/imports',
  summary: 'Imports of balances that were done, the newest first.',
  scope: 'supervise',
  query: listQuery,
  status: 200,
  answer: pageOf(doneImportJson),
  problems: [422],
  async handle(deps, { caller, query }) {
    const before = readIdCursor(query.cursor)
    const page = await listImports(deps, {
      shopId: caller.shopId,
      limit: query.limit,
      ...(before === undefined ? {} : { before }),
    })
    return {
      data: page.imports.map(toImportJson),
      next: page.next === undefined ? null : writeCursor(page.next),
    }
  },
})

function toImportJson({ units, ...done }: DoneImport): z.input<typeof doneImportJson> {
  return { ...done, id: String(done.id), at: done.at.toISOString(), credits: toCredits(units) }
}
