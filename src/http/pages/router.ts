import { Router } from 'express'
import { deskRouter } from '../desk/router.ts'
import { firstStartRouter } from '../first-start/router.ts'
import type { HttpDeps } from '../http-deps.ts'
import { loginRouter } from '../login/router.ts'
import { offerRouter } from '../offer/router.ts'
import { portalRouter } from '../portal/router.ts'
import { sandboxRouter } from '../sandbox/router.ts'
import { sessionRouter } from '../session/router.ts'

/** Everything that people look at. */
export function pagesRouter(deps: HttpDeps): Router {
  const router = Router()
  router.use(
    firstStartRouter(deps),
    loginRouter(deps),
    deskRouter(deps),
    portalRouter(deps),
    offerRouter(deps),
    sessionRouter(deps),
    sandboxRouter(deps),
  )
  return router
}
