import { type Request, type Response, Router } from 'express'
import { findLogin, type LoggedInAgent } from '../../domain/agents/find-login.ts'
import { findLoginLink } from '../../domain/agents/find-login-link.ts'
import { signIn } from '../../domain/agents/sign-in.ts'
import { signOut } from '../../domain/agents/sign-out.ts'
import { hasShop } from '../../domain/first-start/has-shop.ts'
import { Refused } from '../../domain/refusal.ts'
import { renderNoShop } from '../../web/first-start/page.tsx'
import { renderHomePage } from '../../web/plain/home.tsx'
import { type LoginPageProps, renderLoginPage } from '../../web/sign-in/pages.tsx'
import type { HttpDeps } from '../http-deps.ts'
import { clearLoginCookie, readLoginCookie } from '../middleware/cookies.ts'
import { refuseForeignForms, requireCsrf } from '../middleware/csrf.ts'
import { parseForm, pathText, queryText } from '../pages/form.ts'
import { pageFrame } from '../pages/page-frame.ts'
import { privatePage } from '../pages/private-page.ts'
import { goOn } from './go-on.ts'
import { readNext } from './next.ts'
import { originOf } from './origin.ts'
import { addPasswordRoutes } from './password-routes.ts'

/** The front door: "/", /login with password, code and one-time links, /logout. */
export function loginRouter(deps: HttpDeps): Router {
  const router = Router()

  router.get('/', privatePage, async (req, res) => {
    if (!(await hasShop(deps))) {
      res.send(renderNoShop(pageFrame(deps)))
      return
    }
    const agent = await signedIn(deps, req)
    res.send(
      renderHomePage({
        ...pageFrame(deps, agent && { locale: agent.locale }),
        ...(agent && { agentName: agent.name }),
      }),
    )
  })

  // Browsers ask for it by this name wherever a page does not name the mark itself.
  router.get('/favicon.ico', (_req, res) => res.redirect(302, deps.assets.hrefs.icon))

  router.get('/login', privatePage, async (req, res) => {
    const next = readNext(queryText(req, 'next'))
    if (await signedIn(deps, req)) return res.redirect(303, next ?? '/desk')
    if (!(await hasShop(deps))) return res.send(renderNoShop(pageFrame(deps)))
    const reason = queryText(req, 'reason') === 'signed_out' ? 'signed_out' : undefined
    sendLoginPage(deps, res, 200, { ...(reason && { reason }), ...(next !== undefined && { next }) })
  })

  addPasswordRoutes(router, deps, [privatePage, parseForm, refuseForeignForms(deps)])

  // Only GET: a program that asks for the headers alone must not use the link up.
  router.head('/login/:token', privatePage, (_req, res) => {
    res.status(204).end()
  })
  router.get('/login/:token', privatePage, (req, res) => useLink(deps, req, res))

  router.post(
    '/logout',
    privatePage,
    parseForm,
    requireCsrf(deps, (req) => readLoginCookie(deps.publicUrl, req)),
    async (req, res) => {
      await signOut(deps, readLoginCookie(deps.publicUrl, req) ?? '')
      clearLoginCookie(deps.publicUrl, res)
      res.redirect(303, '/login?reason=signed_out')
    },
  )
  return router
}

/** The link signs in at once, so that a click or a script is enough; it works a single time and for a day. */
async function useLink(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const token = pathText(req, 'token')
  try {
    const result = await signIn(deps, { token, origin: originOf(req) })
    // Whoever has no password yet chooses one, or they would need a link each time.
    const next = result.kind === 'in' && !result.hasPassword ? '/desk/me/password' : undefined
    goOn(deps, res, result, next)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    await explainLink(deps, req, res, token)
  }
}

async function explainLink(deps: HttpDeps, req: Request, res: Response, token: string): Promise<void> {
  const link = await findLoginLink(deps, token)
  if (link.state === 'used' || link.state === 'expired') {
    // Opened once more in the browser that it signed in, such as from the history.
    const agent = await signedIn(deps, req)
    if (agent?.id === link.agentId && agent.shopId === link.shopId) return res.redirect(303, '/desk')
    return sendLoginPage(deps, res, 410, { reason: link.state })
  }
  sendLoginPage(deps, res, 404, { reason: 'unknown' })
}

function sendLoginPage(
  deps: HttpDeps,
  res: Response,
  status: number,
  state: Pick<LoginPageProps, 'reason' | 'next'>,
): void {
  res.status(status).send(renderLoginPage({ ...pageFrame(deps), ...state }))
}

async function signedIn(deps: HttpDeps, req: Request): Promise<LoggedInAgent | undefined> {
  const cookie = readLoginCookie(deps.publicUrl, req)
  return cookie === undefined ? undefined : findLogin(deps, cookie)
}
