import type { Request, Response } from 'express'
import { auditAbouts, listAudit } from '../../domain/audit/list-audit.ts'
import { renderAuditPage } from '../../web/audit/page.tsx'
import type { HttpDeps } from '../http-deps.ts'
import { toId } from '../ids.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { queryText } from '../pages/form.ts'
import { auditRow } from './audit-row.ts'
import { deskFrame } from './desk-frame.ts'
import { requireReports } from './may-report.ts'

const onPage = 50

/** GET /desk/audit: who did what in the shop by hand. For supervisors and owners. Refuses: role_too_low. */
export async function showAudit(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const agent = agentOf(res)
  requireReports(agent)
  const asked = queryText(req, 'about')
  const about = auditAbouts.find((one) => one === asked) ?? 'all'
  const before = toId(queryText(req, 'before'))
  const page = await listAudit(deps, {
    shopId: agent.shopId,
    limit: onPage,
    ...(about !== 'all' && { about }),
    ...(before !== 0n && { before }),
  })
  const frame = deskFrame(deps, res)
  const older = new URLSearchParams({
    ...(about !== 'all' && { about }),
    before: String(page.next ?? ''),
  })
  res.send(
    renderAuditPage({
      ...frame,
      about,
      rows: page.lines.map((line) => auditRow(line, agent)),
      paged: before !== 0n,
      ...(page.next !== undefined && { olderHref: `/desk/audit?${older}` }),
    }),
  )
}
