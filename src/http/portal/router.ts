import { type Request, Router } from 'express'
import { confirmPerson } from '../../domain/customers/confirm-person.ts'
import { keepTimeZone } from '../../domain/customers/time-zone.ts'
import { findFile } from '../../domain/mail/find-file.ts'
import { refuse } from '../../domain/refusal.ts'
import type { HttpDeps } from '../http-deps.ts'
import { toId } from '../ids.ts'
import { requireCsrf } from '../middleware/csrf.ts'
import { sendFile } from '../pages/files.ts'
import { parseForm, pathText, queryText, readForm } from '../pages/form.ts'
import { privatePage } from '../pages/private-page.ts'
import { sendConfirmPage } from './confirm-page.ts'
import { answerOffer } from './offers.ts'
import { changePortalPeople, showPortalPeople } from './people.ts'
import { isForCustomer } from './portal-messages.ts'
import { openPortal, type PortalVisit, readPortalTicket, sendPortalPage } from './portal-page.ts'
import { removeFile, takeFiles, takeReply } from './reply.ts'
import { showPortalStatement } from './statement.ts'

/** /portal: the customers' pages. The private link is the key; there is no other login. */
export function portalRouter(deps: HttpDeps): Router {
  const router = Router()
  router.use('/portal', privatePage)

  router.get('/portal/:token', async (req, res) => {
    const received = queryText(req, 'received') !== undefined
    const visit = await visitOf(deps, req)
    if (!visit.link.person.confirmed) return sendConfirmPage(deps, res, visit)
    await sendPortalPage(deps, res, visit, received ? { received } : {})
  })

  router.post('/portal/:token/confirm', parseForm, async (req, res) => {
    const visit = await visitOf(deps, req)
    requireCsrf(deps, () => visit.token)(req, res, () => undefined)
    const { shopId, person } = visit.link
    await confirmPerson(deps, { shopId, contactId: person.id, version: person.linkVersion })
    res.redirect(303, `/portal/${visit.token}`)
  })

  router.get('/portal/:token/messages/:messageId/attachments/:position', async (req, res) => {
    const visit = await visitOf(deps, req)
    const view = await readPortalTicket(deps, visit)
    const { file, bytes } = await findFile(deps, {
      shopId: visit.link.shopId,
      ticketId: view.id,
      messageId: toId(req.params.messageId),
      position: toId(req.params.position),
    })
    if (!isForCustomer(file.message)) refuse({ code: 'not_found', what: 'attachment' })
    sendFile(res, file, bytes, { save: true })
  })

  router.get('/portal/:token/statement', async (req, res) => {
    await showPortalStatement(deps, req, res, await visitOf(deps, req))
  })

  router.get('/portal/:token/people', async (req, res) => {
    await showPortalPeople(deps, req, res, await visitOf(deps, req))
  })
  router.post('/portal/:token/people', parseForm, async (req, res) => {
    await changePortalPeople(deps, req, res, await visitOf(deps, req))
  })

  // Sent by the page's script: agents see what time it is where the customer is.
  router.post('/portal/:token/clock', parseForm, async (req, res) => {
    const visit = await visitOf(deps, req)
    requireCsrf(deps, () => visit.token)(req, res, () => undefined)
    const { shopId, person } = visit.link
    await keepTimeZone(deps, { shopId, contactId: person.id, typed: readForm(req).timeZone ?? '' })
    res.status(204).end()
  })

  router.post('/portal/:token/offers/:offerId', parseForm, async (req, res) => {
    const visit = await visitOf(deps, req)
    requireCsrf(deps, () => visit.token)(req, res, () => undefined)
    await answerOffer(deps, req, res, visit)
  })

  // Forms that may carry files: parsed only after the link was found to be one.
  router.post('/portal/:token/replies', async (req, res) => {
    await takeReply(deps, req, res, await visitOf(deps, req))
  })
  router.post('/portal/:token/files', async (req, res) => {
    await takeFiles(deps, req, res, await visitOf(deps, req))
  })
  router.post('/portal/:token/files/:fileId/remove', async (req, res) => {
    await removeFile(deps, req, res, await visitOf(deps, req))
  })
  return router
}

function visitOf(deps: HttpDeps, req: Request): Promise<PortalVisit> {
  const ticket = queryText(req, 'ticket')
  return openPortal(deps, pathText(req, 'token'), ticket === undefined ? undefined : toId(ticket))
}
