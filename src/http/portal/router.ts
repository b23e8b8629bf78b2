import { type Request, type Response, Router } from 'express'
import { confirmPerson } from '../../domain/customers/confirm-person.ts'
import { findFile } from '../../domain/mail/find-file.ts'
import { Refused, refuse } from '../../domain/refusal.ts'
import { receiveMessage } from '../../domain/tickets/receive-message.ts'
import type { HttpDeps } from '../http-deps.ts'
import { HttpRefused } from '../http-refusal.ts'
import { toId } from '../ids.ts'
import { requireCsrf } from '../middleware/csrf.ts'
import { sendFile } from '../pages/files.ts'
import { formKey, parseForm, pathText, queryText, readForm, typedText } from '../pages/form.ts'
import { privatePage } from '../pages/private-page.ts'
import { sendConfirmPage } from './confirm-page.ts'
import { answerOffer } from './offers.ts'
import { changePortalPeople, showPortalPeople } from './people.ts'
import { isForCustomer } from './portal-messages.ts'
import { openPortal, type PortalVisit, portalHref, readPortalTicket, sendPortalPage } from './portal-page.ts'
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
    sendFile(res, file, bytes)
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

  router.post('/portal/:token/offers/:offerId', parseForm, async (req, res) => {
    const visit = await visitOf(deps, req)
    requireCsrf(deps, () => visit.token)(req, res, () => undefined)
    await answerOffer(deps, req, res, visit)
  })

  router.post('/portal/:token/replies', parseForm, async (req, res) => {
    const visit = await visitOf(deps, req)
    await takeReply(deps, req, res, visit)
  })
  return router
}

function visitOf(deps: HttpDeps, req: Request): Promise<PortalVisit> {
  const ticket = queryText(req, 'ticket')
  return openPortal(deps, pathText(req, 'token'), ticket === undefined ? undefined : toId(ticket))
}

async function takeReply(deps: HttpDeps, req: Request, res: Response, visit: PortalVisit): Promise<void> {
  const form = readForm(req)
  const body = typedText(form, 'body')
  const idempotencyKey = formKey(form)
  const again = { draft: body, idempotencyKey }
  try {
    requireCsrf(deps, () => visit.token)(req, res, () => undefined)
    const view = await readPortalTicket(deps, visit)
    await receiveMessage(deps, {
      shopId: visit.link.shopId,
      ticketId: view.id,
      channel: 'portal',
      body,
      authorName: visit.link.person.name,
      contactId: visit.link.person.id,
      // A form that is sent twice is one message.
      providerId: `portal:${view.id}:${idempotencyKey}`,
    })
    deps.tellDesk(visit.link.shopId, view.id)
  } catch (error) {
    if (error instanceof Refused && error.refusal.code === 'invalid') {
      const reason = body.trim() === '' ? 'empty_body' : 'body_too_long'
      return sendPortalPage(deps, res, visit, { ...again, status: 422, error: reason })
    }
    if (error instanceof HttpRefused && req.get('sec-fetch-site') === 'same-origin') {
      return sendPortalPage(deps, res, visit, { ...again, status: 403, error: 'form_expired' })
    }
    throw error
  }
  const back = portalHref(visit, visit.ticketId)
  res.redirect(303, `${back}${back.includes('?') ? '&' : '?'}received=1#reply`)
}
