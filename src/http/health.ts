import { Router } from 'express'
import type { HttpDeps } from './http-deps.ts'

/** /healthz: the process runs. /readyz: requests may come. /metrics: for Prometheus. None asks for a key. */
export function healthRouter(deps: Pick<HttpDeps, 'readiness' | 'metrics'>): Router {
  const router = Router()
  router.get('/healthz', (_req, res) => {
    res.set('Cache-Control', 'no-store').json({ status: 'ok' })
  })
  router.get('/readyz', async (_req, res) => {
    const reason = await deps.readiness()
    res.set('Cache-Control', 'no-store')
    if (reason === undefined) res.json({ status: 'ready' })
    else res.status(503).set('Retry-After', '5').json({ status: 'not_ready', reason })
  })
  router.get('/metrics', async (_req, res) => {
    const text = await deps.metrics.registry.metrics()
    res.set('Cache-Control', 'no-store').type(deps.metrics.registry.contentType).send(text)
  })
  return router
}
