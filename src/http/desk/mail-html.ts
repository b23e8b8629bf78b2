import type { Request, Response } from 'express'
import { findMailHtml } from '../../domain/mail/find-file.ts'
import type { HttpDeps } from '../http-deps.ts'
import { toId } from '../ids.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { queryText } from '../pages/form.ts'

/**
 * GET /desk/tickets/:id/messages/:messageId/html: a mail as its sender formatted it, for the frame in the conversation. It runs
 * nothing. Remote pictures are fetched only with ?pictures=1, because their sender learns by them when and where it was read.
 */
export async function sendMailHtml(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const ticketId = toId(req.params.id)
  const messageId = toId(req.params.messageId)
  const { html, pictures } = await findMailHtml(deps, { shopId: agentOf(res).shopId, ticketId, messageId })
  const remote = queryText(req, 'pictures') === '1'
  const base = `/desk/tickets/${ticketId}/messages/${messageId}/attachments`
  res.set({
    'Content-Security-Policy':
      `default-src 'none'; style-src 'unsafe-inline'; img-src 'self'${remote ? ' https: http:' : ''}; frame-ancestors 'self'; ` +
      'sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox',
    'X-Frame-Options': 'SAMEORIGIN',
    'Referrer-Policy': 'no-referrer',
  })
  res.type('html').send(pageOf(withPictures(html, { base, pictures, remote })))
}

function withPictures(
  html: string,
  shown: { base: string; pictures: Map<string, number>; remote: boolean },
): string {
  return html
    .replace(/\bdata-cid="([^"]*)"/g, (_all, cid: string) => {
      const position = shown.pictures.get(decodeEntities(cid))
      return position === undefined ? '' : `src="${shown.base}/${position}"`
    })
    .replace(/\bdata-remote="([^"]*)"/g, (all, url: string) => (shown.remote ? `src="${url}"` : all))
}

function decodeEntities(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

function pageOf(body: string): string {
  return `<!doctype html><html><head><meta charset="utf-8"><base target="_blank"><style>
body{font:14px/1.5 system-ui,sans-serif;margin:12px;overflow-wrap:anywhere;color:#171a1f;background:#fff}
img{max-width:100%;height:auto}
img[data-remote]{display:inline-block;min-width:16px;min-height:16px;border:1px dashed #b6bcc6}
table{max-width:100%}
blockquote{margin:8px 0;padding-inline-start:10px;border-inline-start:2px solid #d9dde3;color:#545b66}
</style></head><body dir="auto">${body}</body></html>`
}
