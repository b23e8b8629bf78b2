import type { NextFunction, Request, Response } from 'express'
import { ZodError } from 'zod'
import { isDatabaseAway } from '../db/database.ts'
import { Refused } from '../domain/refusal.ts'
import { errorPage } from './error-page.ts'
import { type Problem, toProblem } from './errors.ts'
import { fieldProblems } from './field-problems.ts'
import type { HttpDeps } from './http-deps.ts'
import { HttpRefused } from './http-refusal.ts'
import { requestIdOf } from './middleware/request-id.ts'

/** Answers everything that a route threw: programs get problem+json, browsers a page. Registered last. */
export function makeErrorHandler(deps: HttpDeps) {
  // Express knows an error handler by its four parameters.
  return (error: unknown, req: Request, res: Response, _next: NextFunction): void => {
    const problem = problemOf(error)
    if (problem.status >= 500) {
      deps.log.error({ requestId: requestIdOf(res), err: describe(error) }, 'request failed')
    }
    if (res.headersSent) {
      // Half an answer is out already; a closed connection tells the reader that it is not whole.
      res.destroy()
      return
    }
    sendProblem(deps, req, res, problem)
  }
}

/** Writes a problem in the form that the caller reads. */
export function sendProblem(deps: HttpDeps, req: Request, res: Response, problem: Problem): void {
  // Whatever is left of the body is thrown away, so that the client gets to read the answer.
  req.resume()
  res.status(problem.status).set(problem.headers)
  if (wantsPage(req)) {
    res.type('html').send(errorPage(deps, res, problem.status))
    return
  }
  res.type('application/problem+json').send(
    JSON.stringify({
      type: `urn:creditdesk:problem:${problem.code}`,
      title: problem.title,
      status: problem.status,
      detail: problem.detail,
      code: problem.code,
      ...problem.extension,
      requestId: requestIdOf(res),
    }),
  )
}

function wantsPage(req: Request): boolean {
  return !/^\/(api|webhooks)(\/|$)/.test(req.path) && req.accepts(['json', 'html']) === 'html'
}

function problemOf(error: unknown): Problem {
  if (error instanceof Refused || error instanceof HttpRefused) return toProblem(error.refusal)
  if (error instanceof ZodError) return toProblem({ code: 'invalid', fields: fieldProblems(error.issues) })
  if (isDatabaseAway(error)) return toProblem({ code: 'unavailable' })
  switch (statusOf(error)) {
    case 413:
      return toProblem({ code: 'payload_too_large' })
    case 415:
      return toProblem({ code: 'unsupported_media_type' })
    case 400:
      return toProblem({ code: 'bad_request' })
    default:
      return toProblem({ code: 'internal' })
  }
}

/** Express, its body parsers and its router mark what the client did wrong with a status. */
function statusOf(error: unknown): number | undefined {
  const status = (error as { status?: unknown } | null | undefined)?.status
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined
  return status === 413 || status === 415 ? status : 400
}

/** Name, message and stack. An error's other fields may hold a statement's values, which are a customer's words. */
function describe(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code, constraint } = error as { code?: unknown; constraint?: unknown }
  return { name: error.name, message: error.message, code, constraint, stack: error.stack }
}
