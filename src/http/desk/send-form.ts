import type { Request, Response } from 'express'
import { addDraftFiles, removeDraftFile } from '../../domain/drafts/draft-files.ts'
import { saveDraft } from '../../domain/drafts/save-draft.ts'
import { Refused } from '../../domain/refusal.ts'
import { askToTopUp } from '../../domain/tickets/ask-to-top-up.ts'
import { sentJustNow } from '../../domain/tickets/sent-just-now.ts'
import type { ComposerError } from '../../web/desk/composer-props.ts'
import type { HttpDeps } from '../http-deps.ts'
import { HttpRefused } from '../http-refusal.ts'
import { toId } from '../ids.ts'
import { requireCsrf } from '../middleware/csrf.ts'
import { agentOf, loginTokenOf } from '../middleware/require-agent.ts'
import { newFormKey, pathText } from '../pages/form.ts'
import { parseFiles } from '../pages/form-files.ts'
import { composerError } from './composer-error.ts'
import { giveAndSend, quoteForm } from './give-and-send.ts'
import { mayWaiveNow } from './may-waive.ts'
import { type Button, readSent, type SentForm } from './read-sent.ts'
import { act } from './send-act.ts'
import { sendTicketPage } from './ticket-page.ts'

/**
 * POST of the composer: a reply, a note, logged work, a video session, or one of its other buttons. Done: to the ticket or the room.
 * Refused: the page again with the reason, the draft and what came in meanwhile.
 */
export async function sendForm(deps: HttpDeps, req: Request, res: Response, button?: Button): Promise<void> {
  const { tooManyBytes } = await parseFiles(req, res)
  const form = readSent(req, button)
  const refused = (status: number, error: ComposerError) =>
    sendTicketPage(deps, res, {
      ticketId: form.ticketId,
      refused: { status, error, seenId: form.seenId, draft: draftOf(form, error) },
    })
  if (isExpired(deps, req, res)) return refused(403, { code: 'form_expired' })
  if (tooManyBytes) return refused(413, { code: 'files_too_large' })
  if (form.waiveReason !== '' && !(await mayWaiveNow(deps, agentOf(res)))) {
    return refused(403, { code: 'waive_not_allowed' })
  }
  if ((button === undefined || button === 'goodwill') && (await isRepeated(deps, res, form))) {
    return refused(409, { code: 'same_again' })
  }
  try {
    await keepFiles(deps, res, form)
    res.redirect(303, await doButton(deps, req, res, form, button))
  } catch (error) {
    const reason = composerError(error, form.body)
    if (!reason) throw error
    const draft = draftOf(form, reason.error)
    // With its files, so that the page shows them again.
    await keepDraft(deps, res, { ...form, idempotencyKey: draft.idempotencyKey })
    await refused(reason.status, reason.error)
  }
}

async function doButton(
  deps: HttpDeps,
  req: Request,
  res: Response,
  form: SentForm,
  button: Button | undefined,
): Promise<string> {
  if (button === 'attach') return keepDraft(deps, res, form)
  if (button === 'saved') {
    await keepDraft(deps, res, form)
    return `/desk/tickets/${form.ticketId}/saved-replies`
  }
  if (button === 'remove') return removeFile(deps, req, res, form)
  if (button === 'topup') return askCustomer(deps, res, form)
  if (button === 'goodwill') return giveAndSend(deps, res, form)
  return act(deps, res, form)
}

/** The text of an answer that went out already, in a form that does not know it. */
function isRepeated(deps: HttpDeps, res: Response, form: SentForm): Promise<boolean> {
  const { channel, body, idempotencyKey: key } = form
  return sentJustNow(deps, { ...draftKey(res, form), channel, body, key })
}

function draftOf(form: SentForm, error: ComposerError) {
  // A refusal charged nothing, so the key is free; unless it belongs to another text.
  return error.code === 'idempotency_conflict' ? { ...form, idempotencyKey: newFormKey() } : form
}

/** A page that outlived its login keeps its draft, but only where the browser says that the form came from ourselves. */
function isExpired(deps: HttpDeps, req: Request, res: Response): boolean {
  try {
    requireCsrf(deps, (_req, response) => loginTokenOf(response))(req, res, () => undefined)
    return false
  } catch (error) {
    if (error instanceof HttpRefused && req.get('sec-fetch-site') === 'same-origin') return true
    throw error
  }
}

function draftKey(res: Response, form: SentForm) {
  const agent = agentOf(res)
  return { shopId: agent.shopId, agentId: agent.id, ticketId: form.ticketId, formKey: form.idempotencyKey }
}

/** Files that came with the form are kept before anything else is done: a refusal must not lose them. */
async function keepFiles(deps: HttpDeps, res: Response, form: SentForm): Promise<void> {
  if (form.files.length === 0) return
  const { channel, files } = form
  const added = await addDraftFiles(deps, { ...draftKey(res, form), channel, files })
  form.fileIds.push(...added.map(({ id }) => id).filter((id) => !form.fileIds.includes(id)))
}

/** Keeps what stands in the form, and returns where it is shown again. */
async function keepDraft(deps: HttpDeps, res: Response, form: SentForm): Promise<string> {
  const { channel, body, fileIds } = form
  await saveDraft(deps, { ...draftKey(res, form), channel, body, fileIds })
  return `/desk/tickets/${form.ticketId}#composer`
}

/** The draft waits for the credits that the customer is asked to buy. */
async function askCustomer(deps: HttpDeps, res: Response, form: SentForm): Promise<string> {
  const agent = agentOf(res)
  const page = await keepDraft(deps, res, form)
  const { units } = await quoteForm(deps, res, form)
  await askToTopUp(deps, { ...draftKey(res, form), requiredUnits: units, agent })
  deps.wakeWorkers()
  return page
}

async function removeFile(deps: HttpDeps, req: Request, res: Response, form: SentForm): Promise<string> {
  const fileId = toId(pathText(req, 'fileId'))
  await removeDraftFile(deps, { ...draftKey(res, form), fileId }).catch((error: unknown) => {
    // Pressed twice: it is gone, which is what was wanted.
    if (!(error instanceof Refused)) throw error
  })
  return keepDraft(deps, res, { ...form, fileIds: form.fileIds.filter((id) => id !== fileId) })
}
