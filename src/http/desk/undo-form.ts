import type { Request, Response } from 'express'
import { Refused } from '../../domain/refusal.ts'
import { undoMessage } from '../../domain/tickets/undo-message.ts'
import type { HttpDeps } from '../http-deps.ts'
import { toId } from '../ids.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { newFormKey, pathText, queryText } from '../pages/form.ts'
import { authorOf } from './desk-frame.ts'

/** What the address of a ticket says after somebody pressed Undo. */
export interface Undone {
  /** The message that was taken back; its words and files stand in the composer. */
  undone?: bigint
  /** The message for which it was too late. */
  tooLate?: bigint
}

/** Takes a queued answer back and shows it in the composer, with its files; or says that its sending has begun. */
export async function undoForm(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const agent = agentOf(res)
  const ticketId = toId(pathText(req, 'id'))
  const messageId = toId(pathText(req, 'messageId'))
  const page = `/desk/tickets/${ticketId}`
  try {
    await undoMessage(deps, {
      shopId: agent.shopId,
      ticketId,
      messageId,
      actor: authorOf(agent).actor,
      draftOf: { agentId: agent.id, formKey: newFormKey() },
    })
    res.redirect(303, `${page}?undone=${messageId}#composer`)
  } catch (error) {
    if (!(error instanceof Refused) || error.refusal.code !== 'message_not_queued') throw error
    // A second click, or a colleague's, finds it undone.
    const outcome = error.refusal.state === 'undone' ? 'undone' : 'late'
    res.redirect(303, `${page}?${outcome}=${messageId}#m-${messageId}`)
  }
}

export function readUndone(req: Request): Undone {
  const undone = idIn(req, 'undone')
  const tooLate = idIn(req, 'late')
  return { ...(undone !== undefined && { undone }), ...(tooLate !== undefined && { tooLate }) }
}

function idIn(req: Request, name: string): bigint | undefined {
  const text = queryText(req, name) ?? ''
  return /^\d{1,18}$/.test(text) ? BigInt(text) : undefined
}
