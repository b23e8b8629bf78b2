import { randomBytes } from 'node:crypto'
import type { NextFunction, Request, Response } from 'express'

/**
 * Gives each request an id of ours, answered as X-Request-Id. One that the caller sends is not taken over: two callers could
 * send the same, and a log line would then belong to both.
 */
export function assignRequestId(_req: Request, res: Response, next: NextFunction): void {
  const id = randomBytes(9).toString('base64url')
  res.locals.requestId = id
  res.setHeader('X-Request-Id', id)
  next()
}

/** The id of the request that `res` answers; '' before assignRequestId ran. */
export function requestIdOf(res: Response): string {
  const id: unknown = res.locals.requestId
  return typeof id === 'string' ? id : ''
}
