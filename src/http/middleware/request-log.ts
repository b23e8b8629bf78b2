import type { NextFunction, Request, Response } from 'express'
import type { Log } from '../../ports/log.ts'
import { requestIdOf } from './request-id.ts'

/**
 * One line for each finished request: id, method, path, status, milliseconds. Headers and bodies are never read, so that no
 * key, cookie, signature or customer's word can get into a log. (pino-http makes loggers for each request, which cost a third
 * of the whole webhook intake, and would have to be told what to leave out.)
 */
export function makeRequestLog(log: Log) {
  return (req: Request, res: Response, next: NextFunction): void => {
    if (!probes.has(req.url)) {
      const begun = performance.now()
      res.once('close', () => {
        const line = {
          requestId: requestIdOf(res),
          method: req.method,
          path: redactPath(req.originalUrl),
          // The caller went away before the answer was out.
          status: res.writableFinished ? res.statusCode : 'aborted',
          ms: Math.round(performance.now() - begun),
        }
        if (res.statusCode >= 500) log.error(line, 'request')
        else log.info(line, 'request')
      })
    }
    next()
  }
}

/** Asked every few seconds by machines; they would bury what people do. */
const probes = new Set(['/healthz', '/readyz', '/metrics'])

/**
 * The path without its query (searches hold names and addresses) and without anything in it that is as long as a token: a
 * private link, a room's or a login's opens its page to whoever reads the log.
 */
export function redactPath(url: string): string {
  const path = url.split(/[?#]/, 1)[0] ?? ''
  return path.replace(/[^/]{24,}/g, '[token]')
}
