import type { Request, Response } from 'express'
import { admitSender, dismissMail, readRawMail } from '../../domain/mail/decide-mail.ts'
import { listMails } from '../../domain/mail/list-mails.ts'
import { refuseField } from '../../domain/refusal.ts'
import { renderMailPage } from '../../web/mail/page.tsx'
import type { HttpDeps } from '../http-deps.ts'
import { toId } from '../ids.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { queryText, readForm } from '../pages/form.ts'
import { deskFrame } from './desk-frame.ts'

const onPage = 50

/** GET /desk/mail: incoming mail that became no message, and waits for somebody to look. */
export async function showMailPage(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const agent = agentOf(res)
  const ignored = queryText(req, 'view') === 'ignored'
  const before = toId(queryText(req, 'before'))
  const page = await listMails(deps, {
    shopId: agent.shopId,
    ignored,
    limit: onPage,
    ...(before !== 0n && { before }),
  })
  const older = new URLSearchParams({
    ...(ignored && { view: 'ignored' }),
    before: String(page.next ?? ''),
  })
  res.send(
    renderMailPage({
      ...deskFrame(deps, res),
      ignored,
      takesMail: deps.takesMail,
      mails: page.mails.map(({ id, receivedAt, reason, ...mail }) => ({
        ...mail,
        id: String(id),
        at: receivedAt,
        reason: reason ?? '',
      })),
      ...(page.next !== undefined && { olderHref: `/desk/mail?${older}` }),
    }),
  )
}

/** POST /desk/mail/:id: opens a ticket for a mail of a stranger, or puts it aside. */
export async function decideMail(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const { decision } = readForm(req)
  const key = { shopId: agentOf(res).shopId, mailId: toId(req.params.id) }
  if (decision === 'ticket') await admitSender(deps, key)
  else if (decision === 'dismiss') await dismissMail(deps, key)
  else return refuseField('decision', 'give ticket or dismiss')
  res.redirect(303, '/desk/mail')
}

/** GET /desk/mail/:id/raw: the mail as it came, as a file. */
export async function sendRawMail(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const mailId = toId(req.params.id)
  const raw = await readRawMail(deps, { shopId: agentOf(res).shopId, mailId })
  res.attachment(`mail-${mailId}.eml`).set('X-Content-Type-Options', 'nosniff')
  res.type('application/octet-stream').send(raw)
}
