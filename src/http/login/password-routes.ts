import type { Request, RequestHandler, Response, Router } from 'express'
import { Refused } from '../../domain/refusal.ts'
import { askForPassword } from '../../domain/sign-in/ask-for-password.ts'
import { confirmCode } from '../../domain/sign-in/confirm-code.ts'
import { findPasswordLink, setPasswordByLink } from '../../domain/sign-in/set-password-by-link.ts'
import { chooseShop, signInWithPassword } from '../../domain/sign-in/sign-in-with-password.ts'
import type { SignInProblem } from '../../web/sign-in/fields.tsx'
import {
  renderCodePage,
  renderForgottenPage,
  renderLoginPage,
  renderPasswordPage,
} from '../../web/sign-in/pages.tsx'
import type { HttpDeps } from '../http-deps.ts'
import { pathText, readForm } from '../pages/form.ts'
import { pageFrame } from '../pages/page-frame.ts'
import { privatePage } from '../pages/private-page.ts'
import { goOn } from './go-on.ts'
import { readNext } from './next.ts'
import { originOf } from './origin.ts'
import { signInProblem } from './problem.ts'

/** Signing in with a password, step by step, and choosing one by a mailed link. `form` stands before each that is posted. */
export function addPasswordRoutes(router: Router, deps: HttpDeps, form: RequestHandler[]): void {
  router.post('/login', form, async (req: Request, res: Response) => {
    const { email = '', password = '', next } = fieldsOf(req)
    try {
      goOn(deps, res, await signInWithPassword(deps, { email, password, origin: originOf(req) }), next)
    } catch (error) {
      sendLogin(deps, res, { problem: signInProblem(res, error), email, next })
    }
  })

  router.post('/login/shop', form, async (req: Request, res: Response) => {
    const { step = '', next } = fieldsOf(req)
    try {
      goOn(deps, res, await chooseShop(deps, { step, origin: originOf(req) }), next)
    } catch (error) {
      sendLogin(deps, res, { problem: signInProblem(res, error), next })
    }
  })

  router.post('/login/code', form, async (req: Request, res: Response) => {
    const { step = '', code = '', next } = fieldsOf(req)
    try {
      goOn(deps, res, await confirmCode(deps, { step, code, origin: originOf(req) }), next)
    } catch (error) {
      const problem = signInProblem(res, error)
      if (problem.kind === 'over') return sendLogin(deps, res, { problem, next })
      res.send(renderCodePage({ ...pageFrame(deps), step, problem, ...(next !== undefined && { next }) }))
    }
  })

  router.get('/login/forgotten', privatePage, (_req, res) => {
    res.send(renderForgottenPage({ ...pageFrame(deps), sent: false, noMail: !deps.mail.configured }))
  })

  router.post('/login/forgotten', form, async (req: Request, res: Response) => {
    const page = { ...pageFrame(deps), noMail: !deps.mail.configured }
    try {
      await askForPassword(deps, { email: fieldsOf(req).email ?? '', origin: originOf(req) })
      res.send(renderForgottenPage({ ...page, sent: !page.noMail }))
    } catch (error) {
      const problem = signInProblem(res, error)
      res.send(renderForgottenPage({ ...page, sent: false, problem }))
    }
  })

  router.get('/login/password/:token', privatePage, (req, res) => sendPasswordPage(deps, req, res))

  router.post('/login/password/:token', form, async (req: Request, res: Response) => {
    const { password = '', again = '' } = fieldsOf(req)
    if (password !== again) {
      res.status(422)
      return await sendPasswordPage(deps, req, res, { kind: 'differs' })
    }
    try {
      const token = pathText(req, 'token')
      goOn(deps, res, await setPasswordByLink(deps, { token, password, origin: originOf(req) }), undefined)
    } catch (error) {
      if (isSpent(error)) return await sendPasswordPage(deps, req, res)
      await sendPasswordPage(deps, req, res, signInProblem(res, error))
    }
  })
}

async function sendPasswordPage(
  deps: HttpDeps,
  req: Request,
  res: Response,
  problem?: SignInProblem,
): Promise<void> {
  const token = pathText(req, 'token')
  const link = await findPasswordLink(deps, token)
  if (!link) {
    // Used and over are one answer: whoever holds an old link learns nothing of the account.
    res.status(410).send(renderLoginPage({ ...pageFrame(deps), reason: 'expired' }))
    return
  }
  const { name: agentName, email, shopName, hasPassword } = link
  const action = `/login/password/${token}`
  const props = { ...pageFrame(deps), action, agentName, email, shopName, first: !hasPassword }
  res.send(renderPasswordPage({ ...props, ...(problem && { problem }) }))
}

function sendLogin(
  deps: HttpDeps,
  res: Response,
  state: { problem: SignInProblem; email?: string; next: string | undefined },
): void {
  const { problem, email, next } = state
  res.send(
    renderLoginPage({
      ...pageFrame(deps),
      problem,
      ...(email !== undefined && { email }),
      ...(next !== undefined && { next }),
    }),
  )
}

function fieldsOf(req: Request): Record<string, string | undefined> {
  const form = readForm(req)
  return { ...form, next: readNext(form.next) }
}

function isSpent(error: unknown): boolean {
  return error instanceof Refused && error.refusal.code === 'login_link_spent'
}
