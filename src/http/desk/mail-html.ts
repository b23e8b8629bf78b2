import type { Request, Response } from 'express'
import { escapeHtml } from '../../domain/escape-html.ts'
import { findMailHtml } from '../../domain/mail/find-file.ts'
import type { Words } from '../../words/words.ts'
import type { HttpDeps } from '../http-deps.ts'
import { toId } from '../ids.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { queryText } from '../pages/form.ts'
import { deskFrame } from './desk-frame.ts'

/**
 * GET /desk/tickets/:id/messages/:messageId/html: a mail as its sender formatted it, for the frame in the conversation. It runs
 * nothing. Remote pictures are fetched only with ?pictures=1, because their sender learns by them when and where it was read; a mail that
 * has some offers that above its words.
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
  const blocked = !remote && html.includes('data-remote="')
  const offer = blocked ? offerOf(deskFrame(deps, res).words) : ''
  res.type('html').send(pageOf(offer, withPictures(html, { base, pictures, remote })))
}

function offerOf({ t, locale, dir }: Words): string {
  const [why, show] = [t('desk:mail.picturesBlocked'), t('desk:mail.picturesShow')].map(escapeHtml)
  return `<p class="offer" lang="${locale}" dir="${dir}">${why} <a href="?pictures=1" target="_self">${show}</a></p>`
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

function pageOf(offer: string, body: string): string {
  return `<!doctype html><html><head><meta charset="utf-8"><base target="_blank"><style>
body{font:14px/1.5 system-ui,sans-serif;margin:12px;overflow-wrap:anywhere;color:#171a1f;background:#fff}
img{max-width:100%;height:auto}
img[data-remote]{display:inline-block;min-width:16px;min-height:16px;border:1px dashed #b6bcc6}
table{max-width:100%}
blockquote{margin:8px 0;padding-inline-start:10px;border-inline-start:2px solid #d9dde3;color:#545b66}
.offer{margin:-12px -12px 12px;padding:8px 12px;font-size:13px;background:#f1f3f5;border-bottom:1px solid #d9dde3;color:#454b55}
.offer a{color:#0b6b57;white-space:nowrap}
</style></head><body>${offer}<div dir="auto">${body}</div></body></html>`
}
