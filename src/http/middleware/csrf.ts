import type { NextFunction, Request, Response } from 'express'
import type { Keyring } from '../../domain/secrets/keyring.ts'
import { refuseRequest } from '../http-refusal.ts'
import { isCsrfToken } from './csrf-token.ts'

/**
 * Refuses a form that another site made the browser send: by Origin (or Sec-Fetch-Site), and by the token in the field `csrf`
 * or the header X-CSRF-Token. Stands after the body parser. `loginTokenOf` names the reader; undefined is refused.
 */
export function requireCsrf(
  deps: { keyring: Keyring; publicUrl: string },
  loginTokenOf: (req: Request, res: Response) => string | undefined,
) {
  return (req: Request, res: Response, next: NextFunction): void => {
    const loginToken = loginTokenOf(req, res)
    const given = tokenIn(req)
    if (
      loginToken === undefined ||
      given === undefined ||
      !isFromOurPages(deps.publicUrl, req) ||
      !isCsrfToken(deps.keyring, loginToken, given)
    ) {
      refuseRequest({ code: 'form_expired' })
    }
    next()
  }
}

/**
 * The check by Origin alone, for pages that everybody may read and that act for nobody: a token in them would be anybody's. A
 * program that sends neither header is let in.
 */
export function refuseForeignForms(deps: { publicUrl: string }) {
  return (req: Request, _res: Response, next: NextFunction): void => {
    if (!isFromOurPages(deps.publicUrl, req)) refuseRequest({ code: 'form_expired' })
    next()
  }
}

function tokenIn(req: Request): string | undefined {
  const body: unknown = req.body
  const field = typeof body === 'object' && body !== null && 'csrf' in body ? body.csrf : undefined
  const given = field ?? req.get('x-csrf-token')
  return typeof given === 'string' ? given : undefined
}

/** Origin is what browsers send with every form; Sec-Fetch-Site speaks for those that leave it out. Without both the token decides. */
function isFromOurPages(publicUrl: string, req: Request): boolean {
  const origin = req.get('origin')
  if (origin !== undefined) return origin === new URL(publicUrl).origin || hostOf(origin) === req.get('host')
  const site = req.get('sec-fetch-site')
  return site === undefined || site === 'same-origin' || site === 'none'
}

/** A developer opens 127.0.0.1 where PUBLIC_URL says localhost; the form then comes from the very host that it goes to. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
