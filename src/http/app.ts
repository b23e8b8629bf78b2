import express, { type Express } from 'express'
import { apiRouter } from './api/router.ts'
import { serveAssets } from './assets.ts'
import { connectRouter } from './connect/router.ts'
import { makeErrorHandler } from './error-handler.ts'
import { healthRouter } from './health.ts'
import type { HttpDeps } from './http-deps.ts'
import { refuseRequest } from './http-refusal.ts'
import { makeRequestMeter } from './metrics/measure-requests.ts'
import { compressPages } from './middleware/compress-pages.ts'
import { assignRequestId } from './middleware/request-id.ts'
import { makeRequestLog } from './middleware/request-log.ts'
import { makeSecurityHeaders } from './middleware/security-headers.ts'
import { pagesRouter } from './pages/router.ts'
import { shopRouter } from './webhooks/shop.ts'
import { twilioRouter } from './webhooks/twilio.ts'

/** The whole HTTP side; the caller listens. Forwarding headers are believed of the proxies that were named, and of nobody else. */
export function createApp(deps: HttpDeps): Express {
  const app = express()
  app.disable('x-powered-by')
  app.set('trust proxy', deps.trustedProxies ?? false)
  app.use(assignRequestId, makeRequestLog(deps.requestLog), makeRequestMeter(deps.metrics))
  // Machines come first, without the headers that only browsers read: a shop in a burst waits for us.
  for (const [kind, { intake, authorisation }] of Object.entries(deps.shops)) {
    app.use(`/webhooks/${kind}`, shopRouter(deps, kind, intake))
    if (authorisation) app.use(`/connect/${kind}`, connectRouter(deps, kind))
  }
  app.use('/webhooks/twilio', twilioRouter(deps))
  app.use(makeSecurityHeaders(deps.publicUrl))
  app.use(healthRouter(deps))
  app.use(serveAssets(deps.assets))
  app.use('/api/v1', apiRouter(deps))
  app.use(compressPages(), pagesRouter(deps))
  app.use(() => refuseRequest({ code: 'no_such_address' }))
  app.use(makeErrorHandler(deps))
  return app
}
