import type { Response } from 'express'
import { takeDraftFiles } from '../../domain/drafts/draft-files.ts'
import { settleDraft } from '../../domain/drafts/save-draft.ts'
import { Refused, refuseField } from '../../domain/refusal.ts'
import { roomToken } from '../../domain/secrets/links.ts'
import { openSession } from '../../domain/sessions/open-session.ts'
import { addNoteOnce } from '../../domain/tickets/add-note.ts'
import { askForWork } from '../../domain/tickets/ask-for-work.ts'
import { leaveTicket } from '../../domain/tickets/leave-ticket.ts'
import { logWork } from '../../domain/tickets/log-work.ts'
import { replyToTicket } from '../../domain/tickets/reply-to-ticket.ts'
import type { HttpDeps } from '../http-deps.ts'
import { toId } from '../ids.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { authorOf } from './desk-frame.ts'
import type { SentForm } from './read-sent.ts'

type Author = ReturnType<typeof authorOf>

/** Does what was asked and returns where to go. */
export async function act(deps: HttpDeps, res: Response, form: SentForm): Promise<string> {
  const agent = agentOf(res)
  const author = authorOf(agent)
  const ticket = { shopId: agent.shopId, ticketId: form.ticketId }
  if (form.channel === 'video') {
    const sessionId = await startSession(deps, { ...ticket, author })
    return `/session/${roomToken(deps.keyring, { side: 'agent', shopId: agent.shopId, sessionId })}`
  }
  const mine = { ...ticket, agentId: agent.id, fileIds: form.fileIds }
  if (form.channel === 'work') {
    if (form.fileIds.length > 0) refuseField('attachments', 'work carries no files; send them with an answer')
    await doWork(deps, form, { ...ticket, agent: author })
  } else {
    const attachments = await takeDraftFiles(deps, mine)
    const said = {
      ...ticket,
      body: form.body,
      idempotencyKey: form.idempotencyKey,
      agent: author,
      attachments,
    }
    if (form.channel === 'note') await addNoteOnce(deps, said)
    else {
      const { messageId } = await replyToTicket(deps, {
        ...said,
        channel: form.channel,
        ...(form.waiveReason === '' ? {} : { waive: { reason: form.waiveReason } }),
        ...(form.seenId === undefined ? {} : { lastSeenMessageId: form.seenId }),
      })
      if (form.leave) await leaveTicket(deps, { ...ticket, messageId, status: form.leave })
    }
  }
  await settleDraft(deps, { ...mine, formKey: form.idempotencyKey })
  return `/desk/tickets/${form.ticketId}#newest`
}

/** Logs the work, or asks the customer first. */
async function doWork(
  deps: HttpDeps,
  form: SentForm,
  input: { shopId: bigint; ticketId: bigint; agent: Author },
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
  input: { shopId: bigint; ticketId: bigint; author: Author },
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
