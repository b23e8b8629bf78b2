import type { NextFunction, Request, Response } from 'express'
import type { Metrics } from './metrics.ts'

/** Observes how long each request took, by its route and not by its path: ids in labels would grow without end. */
export function makeRequestMeter(metrics: Metrics) {
  return (req: Request, res: Response, next: NextFunction): void => {
    // An open page listens for hours; that is no time that anybody waited for.
    if (req.headers.accept === 'text/event-stream') {
      next()
      return
    }
    const begun = process.hrtime.bigint()
    res.once('finish', () => {
      metrics.requestSeconds.observe(
        { method: knownMethod(req.method), route: routeOf(req), status: res.statusCode },
        Number(process.hrtime.bigint() - begun) / 1e9,
      )
    })
    next()
  }
}

function routeOf(req: Request): string {
  const path: unknown = req.route?.path
  return typeof path === 'string' ? `${req.baseUrl}${path}` : 'none'
}

/** HTTP lets a client invent methods; each would be a label of its own. */
function knownMethod(method: string): string {
  return /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/.test(method) ? method : 'other'
}
