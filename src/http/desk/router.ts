import { Router } from 'express'
import { findFile } from '../../domain/mail/find-file.ts'
import { Refused, refuseField } from '../../domain/refusal.ts'
import { actOnTickets } from '../../domain/tickets/acts/act-on-tickets.ts'
import { withdrawWorkOffer } from '../../domain/tickets/close-work-offer.ts'
import { resolveUnknown } from '../../domain/tickets/resolve-unknown.ts'
import { countConcern } from '../../domain/tickets/views.ts'
import type { HttpDeps } from '../http-deps.ts'
import { toId } from '../ids.ts'
import { streamEvents } from '../live/events.ts'
import { tellAfterForms } from '../live/tell-after.ts'
import { requireCsrf } from '../middleware/csrf.ts'
import { agentOf, loginTokenOf, requireAgent } from '../middleware/require-agent.ts'
import { sendFile } from '../pages/files.ts'
import { parseForm, queryText, readForm } from '../pages/form.ts'
import { privatePage } from '../pages/private-page.ts'
import { showAudit } from './audit-page.ts'
import { addComposerRoutes } from './composer-routes.ts'
import { readOlderPage } from './conversation.ts'
import { authorOf } from './desk-frame.ts'
import { decideHeld } from './held-form.ts'
import { importForm, sendTemplate, showImport, showImported, showTooLarge } from './import-page.ts'
import { showList } from './list-page.ts'
import { sendMailHtml } from './mail-html.ts'
import { decideMail, sendRawMail, showMailPage } from './mail-page.ts'
import { addMeRoutes } from './me/me-routes.ts'
import { addNotificationRoutes } from './me/notifications-page.ts'
import { mergeForm, showMerge } from './merge-page.ts'
import { addPackageRoutes } from './package-routes.ts'
import { changeDeskPeople, showDeskPeople } from './people.ts'
import { sendReportFile } from './report-file.ts'
import { showReports } from './reports-page.ts'
import { requireOwner } from './require-owner.ts'
import { addSavedReplyRoutes } from './saved-replies-page.ts'
import { addSetupRoutes } from './setup/setup-routes.ts'
import { showDeskStatement } from './statement.ts'
import { superviseForm } from './supervise-form.ts'
import { markRestForm, parseActs, ticketActsForm, undoActForm } from './ticket-acts.ts'
import { sendTicketPage } from './ticket-page.ts'
import { readUndone, undoForm } from './undo-form.ts'
import { parseUpload } from './upload.ts'

/** /desk: the agents' pages. */
export function deskRouter(deps: HttpDeps): Router {
  const router = Router()
  const csrf = requireCsrf(deps, (_req, res) => loginTokenOf(res))
  router.use('/desk', privatePage, requireAgent(deps), tellAfterForms(deps))

  router.get('/desk/events', (req, res) => streamEvents(deps, req, res))

  router.get('/desk/unanswered', async (_req, res) => {
    const { shopId, id: agentId } = agentOf(res)
    res.json({ count: await countConcern(deps, { shopId, agentId }) })
  })

  addMeRoutes(router, deps, csrf)

  router.get('/desk', (req, res) => showList(deps, req, res))

  router.get('/desk/tickets/:id', (req, res) =>
    sendTicketPage(deps, res, {
      ticketId: toId(req.params.id),
      page: readOlderPage(queryText(req, 'before')),
      ...readUndone(req),
    }),
  )

  router.get('/desk/tickets/:id/messages/:messageId/html', (req, res) => sendMailHtml(deps, req, res))
  router.get('/desk/tickets/:id/messages/:messageId/attachments/:position', async (req, res) => {
    const { file, bytes } = await findFile(deps, {
      shopId: agentOf(res).shopId,
      ticketId: toId(req.params.id),
      messageId: toId(req.params.messageId),
      position: toId(req.params.position),
    })
    sendFile(res, file, bytes)
  })

  router.get('/desk/customers/:id/merge', (req, res) => showMerge(deps, req, res))
  router.post('/desk/customers/:id/merge', parseForm, csrf, (req, res) => mergeForm(deps, req, res))

  router.get('/desk/customers/:id/statement', (req, res) => showDeskStatement(deps, req, res))

  router.get('/desk/customers/:id/people', (req, res) => showDeskPeople(deps, req, res))
  router.post('/desk/customers/:id/people', parseForm, csrf, (req, res) => changeDeskPeople(deps, req, res))
  router.get('/desk/reports', (req, res) => showReports(deps, req, res))
  router.get('/desk/reports/:name.csv', (req, res) => sendReportFile(deps, req, res))

  router.get('/desk/audit', (req, res) => showAudit(deps, req, res))

  const upload = parseUpload((req, res) => showTooLarge(deps, req, res))
  router.use('/desk/import', requireOwner)
  router.get('/desk/import', (req, res) => showImport(deps, req, res))
  router.post('/desk/import', upload, csrf, (req, res) => importForm(deps, req, res))
  router.get('/desk/import/template.csv', sendTemplate)
  router.get('/desk/import/:id', (req, res) => showImported(deps, req, res))

  addComposerRoutes(router, deps, csrf)
  addSavedReplyRoutes(router, deps, csrf)

  router.post('/desk/tickets/:id/work-offers/:offerId/withdraw', parseForm, csrf, async (req, res) => {
    const agent = agentOf(res)
    const ticketId = toId(req.params.id)
    const offerId = toId(req.params.offerId)
    await withdrawWorkOffer(deps, { shopId: agent.shopId, ticketId, offerId, agent: authorOf(agent) }).catch(
      ignoreAnswered,
    )
    res.redirect(303, `/desk/tickets/${ticketId}#newest`)
  })

  router.post('/desk/tickets/:id/messages/:messageId/resolve', parseForm, csrf, async (req, res) => {
    const { outcome } = readForm(req)
    if (outcome !== 'arrived' && outcome !== 'lost') refuseField('outcome', 'give arrived or lost')
    const agent = agentOf(res)
    const ticketId = toId(req.params.id)
    await resolveUnknown(deps, {
      shopId: agent.shopId,
      ticketId,
      messageId: toId(req.params.messageId),
      arrived: outcome === 'arrived',
      actor: authorOf(agent).actor,
    }).catch(ignoreResolved)
    res.redirect(303, `/desk/tickets/${ticketId}#newest`)
  })

  router.post('/desk/tickets/:id/messages/:messageId/undo', parseForm, csrf, (req, res) =>
    undoForm(deps, req, res),
  )

  router.get('/desk/mail', (req, res) => showMailPage(deps, req, res))
  router.get('/desk/mail/:id/raw', (req, res) => sendRawMail(deps, req, res))
  router.post('/desk/mail/:id', parseForm, csrf, (req, res) => decideMail(deps, req, res))

  router.post('/desk/tickets/:id/held/:heldId', parseForm, csrf, (req, res) => decideHeld(deps, req, res))

  addNotificationRoutes(router, deps, csrf)
  addPackageRoutes(router, deps, csrf)
  addSetupRoutes(router, deps, csrf)

  router.post('/desk/tickets/:id/credits', parseForm, csrf, (req, res) => superviseForm(deps, req, res))

  router.post('/desk/acts', parseActs, csrf, (req, res) => ticketActsForm(deps, req, res))
  router.post('/desk/acts/:id/rest', parseForm, csrf, (req, res) => markRestForm(deps, req, res))
  router.post('/desk/acts/:id/undo', parseForm, csrf, (req, res) => undoActForm(deps, req, res))

  router.post('/desk/tickets/:id/status', parseForm, csrf, async (req, res) => {
    const { status } = readForm(req)
    if (status !== 'open' && status !== 'closed') return refuseField('status', 'give open or closed')
    const agent = agentOf(res)
    const ticketId = toId(req.params.id)
    const kind = status === 'open' ? ('reopen' as const) : ('close' as const)
    const act = { shopId: agent.shopId, ticketIds: [ticketId], act: { kind }, by: authorOf(agent) }
    const { changed, actId } = await actOnTickets(deps, act)
    res.redirect(303, `/desk/tickets/${ticketId}?done=${kind}-${changed.length}-${actId ?? 0}#newest`)
  })
  return router
}

/** The customer was quicker; the page then shows the answer. */
function ignoreAnswered(error: unknown): void {
  if (!(error instanceof Refused) || error.refusal.code !== 'offer_not_open') throw error
}

/** A colleague, or the provider's late report, was quicker; the page then shows what became of the message. */
function ignoreResolved(error: unknown): void {
  if (!(error instanceof Refused) || error.refusal.code !== 'message_not_unknown') throw error
}
