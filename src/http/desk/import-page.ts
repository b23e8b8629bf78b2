import type { Request, Response } from 'express'
import { importColumns } from '../../domain/imports/columns.ts'
import { importBalances } from '../../domain/imports/import-balances.ts'
import { getImport, listImports } from '../../domain/imports/list-imports.ts'
import { mostBytes, mostRows } from '../../domain/imports/read-table.ts'
import { renderImported, renderImportPage } from '../../web/desk/import.tsx'
import type { ImportStep } from '../../web/desk/import-props.ts'
import type { HttpDeps } from '../http-deps.ts'
import { toId } from '../ids.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { pathText, readForm } from '../pages/form.ts'
import { authorOf, deskFrame } from './desk-frame.ts'
import { readUpload } from './upload.ts'

const path = '/desk/import'
const earlierOnPage = 10
const grantsOnPage = 100

/** GET /desk/import: asks for a file, and lists what was imported. */
export async function showImport(deps: HttpDeps, _req: Request, res: Response): Promise<void> {
  await sendStep(deps, res, { kind: 'give' })
}

/** The answer to a file beyond the limit, of which no more than that was read. */
export async function showTooLarge(deps: HttpDeps, _req: Request, res: Response): Promise<void> {
  res.status(413)
  await sendStep(deps, res, { kind: 'give', tooLarge: true })
}

/**
 * POST of both forms. The first one's file is tried and shown with the button of the second, which carries the very text that
 * was tried; the import itself checks it again, and imports each row once.
 */
export async function importForm(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const agent = agentOf(res)
  const { csv, typed } = readUpload(req)
  if (csv.length === 0) {
    res.status(422)
    return sendStep(deps, res, { kind: 'give', nothing: true })
  }
  if (Buffer.byteLength(csv) > mostBytes) return showTooLarge(deps, req, res)
  const { importId, ...report } = await importBalances(deps, {
    shopId: agent.shopId,
    csv,
    dryRun: readForm(req).step !== 'import',
    by: { actor: authorOf(agent).actor, role: agent.role },
  })
  if (importId !== undefined) return res.redirect(303, `${path}/${importId}`)
  if (report.errorCount > 0) {
    res.status(422)
    return sendStep(deps, res, { kind: 'wrong', report, typed })
  }
  await sendStep(deps, res, { kind: 'checked', report, csv: textOf(csv) })
}

/** GET /desk/import/:id: an import that was done, with its first customers. Refuses: not_found. */
export async function showImported(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const done = await getImport(deps, {
    shopId: agentOf(res).shopId,
    importId: toId(pathText(req, 'id')),
    grantLimit: grantsOnPage,
  })
  res.send(
    renderImported({
      ...deskFrame(deps, res),
      backHref: path,
      done: {
        ...done,
        grants: done.grants.map(({ customerId, email, expiresAt, ...grant }) => ({
          ...grant,
          email: email ?? '',
          href: `/desk/customers/${customerId}/statement`,
          ...(expiresAt && { expiresAt }),
        })),
      },
    }),
  )
}

/** The header alone: whoever forgot a row of example would import it. */
export function sendTemplate(_req: Request, res: Response): void {
  res
    .attachment('balances.csv')
    .type('text/csv; charset=utf-8')
    // Spreadsheets take a file without this mark for one in an old encoding, and save it as such.
    .send(`\ufeff${importColumns.join(',')}\r\n`)
}

async function sendStep(deps: HttpDeps, res: Response, step: ImportStep): Promise<void> {
  const { imports } = await listImports(deps, { shopId: agentOf(res).shopId, limit: earlierOnPage })
  res.send(
    renderImportPage({
      ...deskFrame(deps, res),
      action: path,
      templateHref: `${path}/template.csv`,
      columns: importColumns,
      megabytes: mostBytes / 1_000_000,
      mostRows,
      step,
      earlier: imports.map(({ id, ...one }) => ({ ...one, href: `${path}/${id}` })),
    }),
  )
}

/** Only what was read without a mistake comes here, so it is UTF-8. HTML has no other line end than LF. */
function textOf(csv: string | Buffer): string {
  return csv
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .replace(/\r\n?/g, '\n')
}
