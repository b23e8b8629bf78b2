import { randomUUID } from 'node:crypto'
import type { Request, Response } from 'express'
import { Refused, refuse } from '../../domain/refusal.ts'
import { readReplyToken } from '../../domain/secrets/links.ts'
import { getTicket } from '../../domain/tickets/get-ticket.ts'
import { receiveMessage } from '../../domain/tickets/receive-message.ts'
import type { SandboxItem } from '../../ports/sandbox.ts'
import { renderSandboxMail, renderSandboxMailList } from '../../web/sandbox/mail.tsx'
import type { SandboxMailProps } from '../../web/sandbox/props.ts'
import { pathText, queryText, readForm, typedText } from '../pages/form.ts'
import { pageFrame } from '../pages/page-frame.ts'
import type { SandboxDeps } from './sandbox-deps.ts'

const mailsOnPage = 100
const previewLength = 140

/** Headers worth seeing on the page. */
const shownHeaders = ['Message-ID', 'Reply-To', 'In-Reply-To', 'Auto-Submitted', 'Return-Path']

/** GET /sandbox/mail: the newest mails, all or to one address. */
export async function showMails(deps: SandboxDeps, req: Request, res: Response): Promise<void> {
  const to = queryText(req, 'to')?.trim().toLowerCase()
  const mails = await deps.sandbox.list({ kind: 'mail', limit: mailsOnPage, ...(to && { to }) })
  res.send(
    renderSandboxMailList({
      ...pageFrame(deps),
      ...(to && { to }),
      mails: mails.map((mail) => ({
        id: mail.id,
        to: mail.to,
        from: mail.from,
        subject: mail.subject,
        preview: mail.text.trim().replace(/\s+/g, ' ').slice(0, previewLength),
        at: mail.at,
      })),
    }),
  )
}

/** GET /sandbox/mail/:id: one mail with a form to answer it. */
export async function showMail(deps: SandboxDeps, req: Request, res: Response): Promise<void> {
  const answered = queryText(req, 'answered') !== undefined
  sendMail(deps, res, await findMail(deps, req), answered ? { answered } : {})
}

/**
 * GET /sandbox/mail/:id/body: the HTML part, for the frame on the page. It runs no script and fetches nothing; a link opens
 * a window of its own, because the pages behind our links refuse to be framed.
 */
export async function sendMailBody(deps: SandboxDeps, req: Request, res: Response): Promise<void> {
  const mail = await findMail(deps, req)
  if (mail.html === '') return refuse({ code: 'not_found', what: 'message' })
  res.set({
    'Content-Security-Policy':
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; " +
      'sandbox allow-popups allow-popups-to-escape-sandbox',
    'X-Frame-Options': 'SAMEORIGIN',
  })
  res.type('html').send(opensWindows(mail.html))
}

function opensWindows(html: string): string {
  const base = '<base target="_blank">'
  return /<head[^>]*>/i.test(html) ? html.replace(/<head[^>]*>/i, (head) => head + base) : base + html
}

/** POST /sandbox/mail/:id/reply: the customer's answer, to the ticket that the mail's Reply-To names. */
export async function answerMail(deps: SandboxDeps, req: Request, res: Response): Promise<void> {
  const mail = await findMail(deps, req)
  const body = typedText(readForm(req), 'body')
  const token = /^reply\+([a-z0-9]+)@/i.exec(mail.headers['Reply-To'] ?? '')?.[1]
  const ticket = token === undefined ? undefined : readReplyToken(deps.keyring, token)
  if (!ticket) return sendMail(deps, res, mail, { error: 'unexpected' }, 422)
  try {
    const { customer } = await getTicket(deps, { ...ticket, messageLimit: 1 })
    await receiveMessage(deps, {
      ...ticket,
      channel: 'email',
      body,
      authorName: customer.name || mail.to,
      from: mail.to,
      providerId: `sandbox:${randomUUID()}`,
    })
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return sendMail(deps, res, mail, { error: body.trim() === '' ? 'empty_body' : 'unexpected' }, 422)
  }
  res.redirect(303, `/sandbox/mail/${encodeURIComponent(mail.id)}?answered=1`)
}

async function findMail(deps: SandboxDeps, req: Request): Promise<SandboxItem> {
  const item = await deps.sandbox.get(pathText(req, 'id'))
  return item?.kind === 'mail' ? item : refuse({ code: 'not_found', what: 'message' })
}

function sendMail(
  deps: SandboxDeps,
  res: Response,
  mail: SandboxItem,
  outcome: Pick<SandboxMailProps, 'answered' | 'error'>,
  status = 200,
): void {
  res.status(status).send(
    renderSandboxMail({
      ...pageFrame(deps),
      ...outcome,
      mail: {
        id: mail.id,
        from: mail.from,
        to: mail.to,
        subject: mail.subject,
        at: mail.at,
        text: mail.text,
        hasHtml: mail.html !== '',
        headers: shownHeaders.flatMap((name): [string, string][] => {
          const value = mail.headers[name]
          return value === undefined ? [] : [[name, value]]
        }),
      },
    }),
  )
}
