import type { NextFunction, Request, Response } from 'express'
import { ipKeyGenerator, rateLimit } from 'express-rate-limit'
import { findApiKey } from '../../domain/agents/find-api-key.ts'
import type { HttpDeps } from '../http-deps.ts'
import { HttpRefused, refuseRequest } from '../http-refusal.ts'
import type { ApiCaller } from './route.ts'

const windowSeconds = 60
const failuresInWindow = 600

/**
 * Finds the shop and scopes of the Bearer key, in one query. Only failures are limited, for each address: good keys are never
 * throttled, however many share an address with somebody who guesses.
 */
export function makeAuthenticate(deps: HttpDeps) {
  const countFailure = rateLimit({
    windowMs: windowSeconds * 1000,
    limit: failuresInWindow,
    standardHeaders: false,
    legacyHeaders: false,
    keyGenerator: (req) => ipKeyGenerator(req.ip ?? ''),
    // Forwarding headers are not believed unless "trust proxy" is set, so their presence is no mistake of ours.
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler: (_req, _res, next) =>
      next(new HttpRefused({ code: 'too_many_requests', retryAfterSeconds: windowSeconds })),
  })
  return async (req: Request, res: Response, next: NextFunction): Promise<void> => {
    const key = bearerOf(req.get('authorization'))
    const found = key === undefined ? undefined : await findApiKey(deps, key)
    if (found) {
      res.locals.caller = { shopId: found.shopId, keyId: found.id, scopes: found.scopes } satisfies ApiCaller
      next()
      return
    }
    await countFailure(req, res, (refusal?: unknown) =>
      next(refusal ?? new HttpRefused({ code: 'unauthorized' })),
    )
  }
}

/** The caller that makeAuthenticate found. */
export function callerOf(res: Response): ApiCaller {
  const caller: ApiCaller | undefined = res.locals.caller
  return caller ?? refuseRequest({ code: 'unauthorized' })
}

function bearerOf(header: string | undefined): string | undefined {
  return /^Bearer +(\S{1,300}) *$/i.exec(header ?? '')?.[1]
}
