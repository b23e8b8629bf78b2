import type { Response } from 'express'
import type { SignInResult } from '../../domain/sign-in/admit.ts'
import { renderCodePage, renderShopPage } from '../../web/sign-in/pages.tsx'
import type { HttpDeps } from '../http-deps.ts'
import { setLoginCookie } from '../middleware/cookies.ts'
import { pageFrame } from '../pages/page-frame.ts'

/** The next page of signing in: the desk, the code, or the choice of a shop. */
export function goOn(deps: HttpDeps, res: Response, result: SignInResult, next: string | undefined): void {
  const carried = { ...pageFrame(deps), ...(next !== undefined && { next }) }
  switch (result.kind) {
    case 'in':
      setLoginCookie(deps.publicUrl, res, result.cookie, result.expiresAt)
      res.redirect(303, next ?? '/desk')
      return
    case 'code':
      res.send(renderCodePage({ ...carried, step: result.step }))
      return
    case 'shop':
      res.send(renderShopPage({ ...carried, shops: result.shops }))
  }
}
