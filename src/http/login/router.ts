import { type Request, type Response, Router } from 'express'
import { findLogin, type LoggedInAgent } from '../../domain/agents/find-login.ts'
import { findLoginLink } from '../../domain/agents/find-login-link.ts'
import { signIn } from '../../domain/agents/sign-in.ts'
import { signOut } from '../../domain/agents/sign-out.ts'
import { Refused } from '../../domain/refusal.ts'
import { renderHomePage } from '../../web/plain/home.tsx'
import { type LoginPageProps, renderLoginPage } from '../../web/plain/login.tsx'
import type { HttpDeps } from '../http-deps.ts'
import { clearLoginCookie, readLoginCookie, setLoginCookie } from '../middleware/cookies.ts'
import { requireCsrf } from '../middleware/csrf.ts'
import { parseForm, pathText, queryText } from '../pages/form.ts'
import { pageFrame } from '../pages/page-frame.ts'
import { privatePage } from '../pages/private-page.ts'

/** The front door: "/", /login with its one-time links, /logout. */
export function loginRouter(deps: HttpDeps): Router {
  const router = Router()

  router.get('/', privatePage, async (req, res) => {
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
    if (await signedIn(deps, req)) return res.redirect(303, '/desk')
    const reason = queryText(req, 'reason') === 'signed_out' ? 'signed_out' : undefined
    sendLoginPage(deps, res, 200, reason)
  })

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
    const { cookie, expiresAt } = await signIn(deps, { token })
    setLoginCookie(deps.publicUrl, res, cookie, expiresAt)
    res.redirect(303, '/desk')
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
    return sendLoginPage(deps, res, 410, link.state)
  }
  sendLoginPage(deps, res, 404, 'unknown')
}

function sendLoginPage(
  deps: HttpDeps,
  res: Response,
  status: number,
  reason: LoginPageProps['reason'],
): void {
  res.status(status).send(renderLoginPage({ ...pageFrame(deps), ...(reason && { reason }) }))
}

async function signedIn(deps: HttpDeps, req: Request): Promise<LoggedInAgent | undefined> {
  const cookie = readLoginCookie(deps.publicUrl, req)
  return cookie === undefined ? undefined : findLogin(deps, cookie)
}
