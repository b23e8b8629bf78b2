import type { Response } from 'express'
import { renderErrorPage } from '../web/plain/error.tsx'
import type { HttpDeps } from './http-deps.ts'
import { requestIdOf } from './middleware/request-id.ts'
import { pageFrame } from './pages/page-frame.ts'

/** The page for a browser whose request was refused. */
export function errorPage(deps: HttpDeps, res: Response, status: number): string {
  return renderErrorPage({ ...pageFrame(deps), status, reference: requestIdOf(res), homeHref: '/' })
}
