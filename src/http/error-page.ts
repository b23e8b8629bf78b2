import type { Response } from 'express'
import { renderErrorPage } from '../web/plain/error.tsx'
import { wordsFor } from '../words/words.ts'
import type { HttpDeps } from './http-deps.ts'
import { requestIdOf } from './middleware/request-id.ts'

/** The page for a browser whose request was refused. */
export function errorPage(deps: HttpDeps, res: Response, status: number): string {
  return renderErrorPage({
    words: wordsFor('en'),
    // The page has no form, so it needs no token.
    csrf: '',
    assets: deps.assets.hrefs,
    now: deps.clock.now(),
    timeZone: 'UTC',
    sandbox: deps.mail.sandbox || deps.texting.sandbox,
    status,
    reference: requestIdOf(res),
    homeHref: '/',
  })
}
