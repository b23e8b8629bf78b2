import type { Request, Response } from 'express'
import {
  addDraftFiles,
  listDraftFiles,
  removeDraftFile,
  settleFiles,
  takeDraftFiles,
} from '../../domain/drafts/draft-files.ts'
import { Refused, refuseField } from '../../domain/refusal.ts'
import { receiveMessage } from '../../domain/tickets/receive-message.ts'
import type { HttpDeps } from '../http-deps.ts'
import { HttpRefused, refuseRequest } from '../http-refusal.ts'
import { toId } from '../ids.ts'
import { requireCsrf } from '../middleware/csrf.ts'
import { formKey, pathText, readForm, typedText } from '../pages/form.ts'
import { fileIdsIn, filesIn, parseFiles } from '../pages/form-files.ts'
import { type PortalVisit, portalHref, readPortalTicket, sendPortalPage } from './portal-page.ts'

type Reason = 'empty_body' | 'body_too_long' | 'files_too_large' | 'form_expired'

/** What the customer wrote and attached, and whose it is. */
interface Written {
  body: string
  idempotencyKey: string
  fileIds: bigint[]
  key: { shopId: bigint; ticketId: bigint; contactId: bigint }
}

/** POST …/replies: a message with its files; sent twice it is one. What is refused comes back as it was, with the files. */
export async function takeReply(
  deps: HttpDeps,
  req: Request,
  res: Response,
  visit: PortalVisit,
): Promise<void> {
  const written = await readWritten(deps, req, res, visit)
  if (!written) return
  const { key, body, idempotencyKey, fileIds } = written
  try {
    await receiveMessage(deps, {
      shopId: key.shopId,
      ticketId: key.ticketId,
      channel: 'portal',
      body,
      authorName: visit.link.person.name,
      contactId: visit.link.person.id,
      // A form that is sent twice is one message.
      providerId: `portal:${key.ticketId}:${idempotencyKey}`,
      attachments: await takeDraftFiles(deps, { ...key, fileIds }),
    })
  } catch (error) {
    const reason = reasonOf(error, body)
    if (!reason) throw error
    return showAgain(deps, res, visit, written, reason)
  }
  await settleFiles(deps, { ...key, fileIds })
  deps.tellDesk(key.shopId, key.ticketId)
  const back = portalHref(visit, visit.ticketId)
  res.redirect(303, `${back}${back.includes('?') ? '&' : '?'}received=1#reply`)
}

/** POST …/files: keeps files for the message. A script is answered what was kept, a form the page with them in it. */
export async function takeFiles(
  deps: HttpDeps,
  req: Request,
  res: Response,
  visit: PortalVisit,
): Promise<void> {
  if (!isScript(req)) {
    const written = await readWritten(deps, req, res, visit)
    return written && showAgain(deps, res, visit, written)
  }
  const { tooManyBytes } = await parseFiles(req, res)
  requireCsrf(deps, () => visit.token)(req, res, () => undefined)
  if (tooManyBytes) return refuseRequest({ code: 'payload_too_large' })
  const files = filesIn(req)
  if (files.length === 0) return refuseField('files', 'choose a file')
  const key = await keyOf(deps, visit)
  const kept = await addDraftFiles(deps, {
    ...key,
    channel: 'portal',
    formKey: formKey(readForm(req)),
    files,
  })
  res.status(201).json({ files: kept.map((file) => ({ ...file, id: String(file.id) })) })
}

/** POST …/files/:fileId/remove: takes a file off the message. */
export async function removeFile(
  deps: HttpDeps,
  req: Request,
  res: Response,
  visit: PortalVisit,
): Promise<void> {
  const fileId = toId(pathText(req, 'fileId'))
  if (isScript(req)) {
    await parseFiles(req, res)
    requireCsrf(deps, () => visit.token)(req, res, () => undefined)
    await removeDraftFile(deps, { ...(await keyOf(deps, visit)), fileId })
    res.status(204).end()
    return
  }
  const written = await readWritten(deps, req, res, visit)
  if (!written) return
  await removeDraftFile(deps, { ...written.key, fileId }).catch((error: unknown) => {
    // Pressed twice: it is gone, which is what was wanted.
    if (!(error instanceof Refused)) throw error
  })
  await showAgain(deps, res, visit, written)
}

const isScript = (req: Request) => req.accepts(['html', 'json']) === 'json'

async function keyOf(deps: HttpDeps, visit: PortalVisit): Promise<Written['key']> {
  const { id: ticketId } = await readPortalTicket(deps, visit)
  return { shopId: visit.link.shopId, ticketId, contactId: visit.link.person.id }
}

/** The form, with files that came along kept already: a refusal must not lose them. Undefined when it was refused, and answered. */
async function readWritten(
  deps: HttpDeps,
  req: Request,
  res: Response,
  visit: PortalVisit,
): Promise<Written | undefined> {
  const { tooManyBytes } = await parseFiles(req, res)
  const form = readForm(req)
  const body = typedText(form, 'body')
  const key = await keyOf(deps, visit)
  const written = { body, idempotencyKey: formKey(form), fileIds: fileIdsIn(req), key }
  try {
    requireCsrf(deps, () => visit.token)(req, res, () => undefined)
    if (tooManyBytes) {
      await showAgain(deps, res, visit, written, 'files_too_large')
      return undefined
    }
    const files = filesIn(req)
    if (files.length > 0) {
      const kept = await addDraftFiles(deps, {
        ...key,
        channel: 'portal',
        formKey: written.idempotencyKey,
        files,
      })
      written.fileIds.push(...kept.map(({ id }) => id).filter((id) => !written.fileIds.includes(id)))
    }
    return written
  } catch (error) {
    const expired = error instanceof HttpRefused && req.get('sec-fetch-site') === 'same-origin'
    const reason = expired ? 'form_expired' : reasonOf(error, body)
    if (!reason) throw error
    await showAgain(deps, res, visit, written, reason)
    return undefined
  }
}

function reasonOf(error: unknown, body: string): Reason | undefined {
  if (!(error instanceof Refused) || error.refusal.code !== 'invalid') return undefined
  if (error.refusal.fields.some(({ field }) => field === 'files')) return 'files_too_large'
  return body.trim() === '' ? 'empty_body' : 'body_too_long'
}

const statusOf: Record<Reason, number> = {
  empty_body: 422,
  body_too_long: 422,
  files_too_large: 413,
  form_expired: 403,
}

async function showAgain(
  deps: HttpDeps,
  res: Response,
  visit: PortalVisit,
  { body, idempotencyKey, key }: Written,
  error?: Reason,
): Promise<void> {
  const files = await listDraftFiles(deps, { ...key, formKey: idempotencyKey })
  await sendPortalPage(deps, res, visit, {
    draft: body,
    idempotencyKey,
    files: files.map(({ id, ...file }) => ({ ...file, id: String(id) })),
    ...(error && { error, status: statusOf[error] }),
  })
}
