import compression from 'compression'
import type { Request, RequestHandler, Response } from 'express'

/**
 * Sends pages and tables compressed when the browser takes it. What is small, a picture or an archive goes as it is; so does a
 * stream of events, which a compressor would hold back. The levels are the package's own (gzip 6, brotli 4), which were measured to be
 * the best buy (src/http/README.md).
 */
export function compressPages(): RequestHandler {
  return compression({ filter: mayCompress })
}

function mayCompress(req: Request, res: Response): boolean {
  const type = String(res.getHeader('Content-Type') ?? '')
  if (type.startsWith('text/event-stream') || isForced(req)) return false
  return compression.filter(req, res)
}

/**
 * Another site made the browser ask, and no person clicked. To learn a secret of a page by its compressed size (BREACH), somebody
 * has to make a signed-in browser ask for it thousands of times; those answers are not compressed.
 */
function isForced(req: Request): boolean {
  const site = req.get('sec-fetch-site')
  return (site === 'cross-site' || site === 'same-site') && req.get('sec-fetch-user') !== '?1'
}
