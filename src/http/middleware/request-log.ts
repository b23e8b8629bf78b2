import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Response } from 'express'
import type { Logger } from 'pino'
import { pinoHttp } from 'pino-http'
import { requestIdOf } from './request-id.ts'

/**
 * One line for each finished request: id, method, path, status, milliseconds. Headers and bodies are never read, so that no
 * key, cookie, signature or customer's word can get into a log.
 */
export function makeRequestLog(logger: Logger) {
  return pinoHttp<IncomingMessage, Response>({
    logger,
    // Express rewrites `url` inside routers; the original is what the caller asked for.
    customReceivedObject: () => ({}),
    wrapSerializers: false,
    serializers: { req: describeRequest, res: describeResponse, err: describeError },
    genReqId: (_req, res) => requestIdOf(res),
    quietReqLogger: true,
    customLogLevel: (_req, res) => (res.statusCode >= 500 ? 'error' : 'info'),
    autoLogging: { ignore: (req) => probes.has(req.url ?? '') },
  })
}

/** Asked every few seconds by machines; they would bury what people do. */
const probes = new Set(['/healthz', '/readyz', '/metrics'])

function describeRequest(req: IncomingMessage & { originalUrl?: string }): object {
  return { method: req.method, path: redactPath(req.originalUrl ?? req.url ?? '') }
}

function describeResponse(res: ServerResponse): object {
  return { status: res.statusCode }
}

/** The error handler logs what went wrong; here its name is enough. */
function describeError(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown'
}

/**
 * The path without its query (searches hold names and addresses) and without anything in it that is as long as a token: a
 * private link, a room's or a login's opens its page to whoever reads the log.
 */
export function redactPath(url: string): string {
  const path = url.split(/[?#]/, 1)[0] ?? ''
  return path.replace(/[^/]{24,}/g, '[token]')
}
