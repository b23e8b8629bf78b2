import type { Request, Response } from 'express'
import { Refused } from '../../domain/refusal.ts'
import { roomToken } from '../../domain/secrets/links.ts'
import { openSession } from '../../domain/sessions/open-session.ts'
import { addNote } from '../../domain/tickets/add-note.ts'
import { askForWork } from '../../domain/tickets/ask-for-work.ts'
import { logWork } from '../../domain/tickets/log-work.ts'
import { replyToTicket } from '../../domain/tickets/reply-to-ticket.ts'
import { type ComposerChannel, type ComposerError, composerChannels } from '../../web/desk/props.ts'
import type { HttpDeps } from '../http-deps.ts'
import { HttpRefused } from '../http-refusal.ts'
import { toId } from '../ids.ts'
import { requireCsrf } from '../middleware/csrf.ts'
import { agentOf, loginTokenOf } from '../middleware/require-agent.ts'
import { formKey, newFormKey, pathText, readForm, typedText } from '../pages/form.ts'
import { composerError } from './composer-error.ts'
import { authorOf } from './desk-frame.ts'
import { mayWaiveNow } from './may-waive.ts'
import { sendTicketPage } from './ticket-page.ts'

/** Buttons of the composer that do something else than to send. */
type Button = 'video' | 'work' | 'ask'

interface SentForm {
  ticketId: bigint
  channel: ComposerChannel
  /** The customer is asked to agree before the work is done. */
  askFirst: boolean
  minutes: string
  offerId: string
  body: string
  waiveReason: string
  idempotencyKey: string
  seenId: bigint | undefined
}

/**
 * POST of the composer: a reply, a note, logged work or a video session. Done: to the ticket or the room. Refused: the page
 * again with the reason, the draft and what came in meanwhile.
 */
export async function sendForm(deps: HttpDeps, req: Request, res: Response, button?: Button): Promise<void> {
  const form = readSent(req, button)
  const refused = (status: number, error: ComposerError) =>
    sendTicketPage(deps, res, {
      ticketId: form.ticketId,
      refused: { status, error, seenId: form.seenId, draft: draftOf(form, error) },
    })
  if (isExpired(deps, req, res)) return refused(403, { code: 'form_expired' })
  if (form.waiveReason !== '' && !(await mayWaiveNow(deps, agentOf(res)))) {
    return refused(403, { code: 'waive_not_allowed' })
  }
  try {
    res.redirect(303, await act(deps, res, form))
  } catch (error) {
    const reason = composerError(error, form.body)
    if (!reason) throw error
    await refused(reason.status, reason.error)
  }
}

function readSent(req: Request, button: Button | undefined): SentForm {
  const form = readForm(req)
  const seen = form.lastSeenMessageId ?? ''
  return {
    ticketId: toId(pathText(req, 'id')),
    channel:
      button === 'ask'
        ? 'work'
        : (button ?? composerChannels.find((channel) => channel === form.channel) ?? 'email'),
    askFirst: button === 'ask',
    minutes: (form.minutes ?? '').trim(),
    offerId: form.offerId ?? '',
    body: typedText(form, 'body'),
    waiveReason: (form.waiveReason ?? '').trim(),
    idempotencyKey: formKey(form),
    // 0: the page showed an empty conversation, so any message is news.
    seenId: /^\d{1,19}$/.test(seen) ? toId(seen) : undefined,
  }
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

/** Does what was asked and returns where to go. */
async function act(deps: HttpDeps, res: Response, form: SentForm): Promise<string> {
  const agent = agentOf(res)
  const author = authorOf(agent)
  const ticket = { shopId: agent.shopId, ticketId: form.ticketId }
  if (form.channel === 'video') {
    const sessionId = await startSession(deps, { ...ticket, author })
    return `/session/${roomToken(deps.keyring, { side: 'agent', shopId: agent.shopId, sessionId })}`
  }
  if (form.channel === 'work') await doWork(deps, form, { ...ticket, agent: author })
  else if (form.channel === 'note') await addNote(deps, { ...ticket, body: form.body, agent: author })
  else {
    await replyToTicket(deps, {
      ...ticket,
      channel: form.channel,
      body: form.body,
      idempotencyKey: form.idempotencyKey,
      agent: author,
      ...(form.waiveReason === '' ? {} : { waive: { reason: form.waiveReason } }),
      ...(form.seenId === undefined ? {} : { lastSeenMessageId: form.seenId }),
    })
  }
  return `/desk/tickets/${form.ticketId}#newest`
}

/** Logs the work, or asks the customer first. */
async function doWork(
  deps: HttpDeps,
  form: SentForm,
  input: { shopId: bigint; ticketId: bigint; agent: ReturnType<typeof authorOf> },
): Promise<void> {
  const work = {
    ...input,
    // What is no number becomes 0, which is refused with the field's name.
    minutes: /^\d{1,9}$/.test(form.minutes) ? Number(form.minutes) : 0,
    body: form.body,
    idempotencyKey: form.idempotencyKey,
  }
  if (form.askFirst) await askForWork(deps, work)
  else {
    await logWork(deps, {
      ...work,
      ...(form.waiveReason === '' ? {} : { waive: { reason: form.waiveReason } }),
      ...(form.offerId === '' ? {} : { offerId: toId(form.offerId) }),
    })
  }
}

/** Opens a session, or finds the one that a second click or a colleague opened already. */
async function startSession(
  deps: HttpDeps,
  input: { shopId: bigint; ticketId: bigint; author: ReturnType<typeof authorOf> },
): Promise<bigint> {
  const { author, ...ticket } = input
  try {
    const opened = await openSession(deps, { ...ticket, kind: 'video', agent: author, actor: author.actor })
    return toId(opened.sessionId)
  } catch (error) {
    if (error instanceof Refused && error.refusal.code === 'session_open')
      return toId(error.refusal.sessionId)
    throw error
  }
}
