import { Router } from 'express'
import type { HttpDeps } from '../http-deps.ts'
import { refuseForeignForms } from '../middleware/csrf.ts'
import { parseForm } from '../pages/form.ts'
import { privatePage } from '../pages/private-page.ts'
import { answerMail, sendMailBody, showMail, showMails } from './mail-pages.ts'
import { answerText, showPhone } from './phone-pages.ts'

/** /sandbox: what customers would have received, and their answers. Without a store (in production) no address exists. */
export function sandboxRouter(deps: HttpDeps): Router {
  const router = Router()
  const { sandbox } = deps
  if (!sandbox) return router
  const parts = { ...deps, sandbox }
  const ours = refuseForeignForms(deps)
  router.use('/sandbox', privatePage)
  router.get('/sandbox', (_req, res) => res.redirect(302, '/sandbox/mail'))
  router.get('/sandbox/mail', (req, res) => showMails(parts, req, res))
  router.get('/sandbox/mail/:id', (req, res) => showMail(parts, req, res))
  router.get('/sandbox/mail/:id/body', (req, res) => sendMailBody(parts, req, res))
  router.post('/sandbox/mail/:id/reply', parseForm, ours, (req, res) => answerMail(parts, req, res))
  router.get('/sandbox/phone', (req, res) => showPhone(parts, req, res))
  router.post('/sandbox/phone', parseForm, ours, (req, res) => answerText(parts, req, res))
  return router
}
