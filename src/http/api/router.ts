import express, { type Request, type Response, Router } from 'express'
import type { HttpDeps } from '../http-deps.ts'
import { refuseRequest } from '../http-refusal.ts'
import { toId } from '../ids.ts'
import { callerOf, makeAuthenticate } from './authenticate.ts'
import { openApiDocument } from './openapi.ts'
import type { ApiRoute } from './route.ts'
import { apiRoutes } from './routes.ts'
import { requireScope } from './scopes.ts'

/** /api/v1: JSON in and out, one Bearer key for each shop's program. */
export function apiRouter(deps: HttpDeps): Router {
  const router = Router()
  const document = openApiDocument(deps.publicUrl, deps.shops)
  router.get('/openapi.json', (_req, res) => {
    res.json(document)
  })
  router.use(makeAuthenticate(deps))
  // Whatever Content-Type says, the body of this API is JSON; programs that forget the header are understood.
  router.use(express.json({ limit: '1mb', type: () => true }))
  for (const route of apiRoutes) router[route.method](expressPath(route), answerBy(deps, route))
  for (const path of new Set(apiRoutes.map(expressPath))) {
    router.all(path, () => refuseRequest({ code: 'method_not_allowed', allow: methodsOf(path) }))
  }
  return router
}

function answerBy(deps: HttpDeps, route: ApiRoute) {
  return async (req: Request, res: Response): Promise<void> => {
    const caller = callerOf(res)
    requireScope(caller, route.scope)
    const given = {
      caller,
      ids: Object.fromEntries(Object.entries(req.params).map(([name, value]) => [name, toId(value)])),
      query: req.query,
      body: req.body ?? {},
    }
    // Balances and conversations are nobody's to keep, least of all a proxy's.
    res.set('Cache-Control', 'no-store')
    if (route.runCsv && wantsCsv(req)) {
      const file = await route.runCsv(deps, given)
      res.attachment(file.name).type('text/csv; charset=utf-8').send(file.text)
      return
    }
    const answer = await route.run(deps, given)
    if (route.method !== 'get')
      deps.tellDesk(caller.shopId, route.path.startsWith('/tickets/{id}') ? given.ids.id : undefined)
    res.status(route.status).json(answer)
  }
}

/** The query is the louder wish: a link in a page cannot set headers. */
function wantsCsv(req: Request): boolean {
  if (req.query.format !== undefined) return req.query.format === 'csv'
  return req.accepts(['json', 'csv']) === 'csv'
}

function expressPath(route: ApiRoute): string {
  return route.path.replace(/\{(\w+)\}/g, ':$1')
}

function methodsOf(path: string): string {
  return apiRoutes
    .filter((route) => expressPath(route) === path)
    .map((route) => route.method.toUpperCase())
    .join(', ')
}
