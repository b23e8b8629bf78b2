import type { NextFunction, Request, Response } from 'express'
import { findLogin, type LoggedInAgent } from '../../domain/agents/find-login.ts'
import type { Deps } from '../../domain/deps.ts'
import { refuse } from '../../domain/refusal.ts'
import { refuseRequest } from '../http-refusal.ts'
import { readLoginCookie } from './cookies.ts'

interface DeskLogin {
  agent: LoggedInAgent
  /** Value of the login cookie; forms' tokens are made of it. */
  token: string
}

/**
 * Lets a signed-in agent pass, in one query. Others are sent to /login when a browser asks for a page, and get 401 otherwise:
 * a form or a script must not mistake the sign-in page for its answer.
 */
export function requireAgent(deps: Pick<Deps, 'db' | 'clock' | 'publicUrl'>) {
  return async (req: Request, res: Response, next: NextFunction): Promise<void> => {
    const token = readLoginCookie(deps.publicUrl, req)
    const agent = token === undefined ? undefined : await findLogin(deps, token)
    const wantsPage =
      (req.method === 'GET' || req.method === 'HEAD') && req.accepts(['json', 'html']) === 'html'
    if (agent && token !== undefined) {
      res.locals.deskLogin = { agent, token } satisfies DeskLogin
      // A page behind a sign-in must not come back from the browser's store after the sign-out.
      res.set('Cache-Control', 'no-store')
      if (!agent.needsSecondFactor || isOwnAccount(req)) {
        next()
        return
      }
      if (!wantsPage) refuse({ code: 'second_factor_missing' })
      res.redirect(303, '/desk/me/second-factor')
      return
    }
    if (!wantsPage) refuseRequest({ code: 'unauthorized' })
    const wanted = req.originalUrl === '/desk' ? '' : `?${new URLSearchParams({ next: req.originalUrl })}`
    res.redirect(303, `/login${wanted}`)
  }
}

/** Where somebody sets up the second factor that their shop asks for; until then nothing else is open to them. */
function isOwnAccount(req: Request): boolean {
  return /^\/desk\/me(\/(password|second-factor|logins)(\/|$)|\/?$)/.test(
    req.originalUrl.split('?', 1)[0] ?? '',
  )
}

/** The agent that requireAgent let pass. */
export function agentOf(res: Response): LoggedInAgent {
  return deskLoginOf(res).agent
}

/** For csrfTokenFor and requireCsrf. */
export function loginTokenOf(res: Response): string {
  return deskLoginOf(res).token
}

function deskLoginOf(res: Response): DeskLogin {
  const login: DeskLogin | undefined = res.locals.deskLogin
  return login ?? refuseRequest({ code: 'unauthorized' })
}
