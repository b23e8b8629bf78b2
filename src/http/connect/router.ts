import { Router } from 'express'
import { takeKeys } from '../../domain/connect/take-keys.ts'
import type { HttpDeps } from '../http-deps.ts'
import { refuseRequest } from '../http-refusal.ts'
import { readRawBody } from '../webhooks/raw-body.ts'

const longestBody = 10_000

/**
 * POST /connect/{kind}: the shop's own page posts the keys here that it made for us, and sends the merchant's browser back only
 * after exactly 200.
 */
export function connectRouter(deps: HttpDeps, kind: string): Router {
  const router = Router()
  router.post('/', async (req, res) => {
    await takeKeys(deps, { kind, body: await readRawBody(req, longestBody) })
    res.status(200).end()
  })
  router.all('/', () => refuseRequest({ code: 'method_not_allowed', allow: 'POST' }))
  return router
}
