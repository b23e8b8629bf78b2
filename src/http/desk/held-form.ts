import type { Request, Response } from 'express'
import { decideHeldMail } from '../../domain/agent-mail/decide-held-mail.ts'
import { describeRefusal } from '../../domain/agent-mail/describe-refusal.ts'
import { Refused, refuseField } from '../../domain/refusal.ts'
import { toProblem } from '../errors.ts'
import type { HttpDeps } from '../http-deps.ts'
import { toId } from '../ids.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { readForm } from '../pages/form.ts'
import { sendTicketPage } from './ticket-page.ts'

/** POST /desk/tickets/:id/held/:heldId: sends an answer that waited, in the name of who presses the button, or discards it. */
export async function decideHeld(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const { decision } = readForm(req)
  if (decision !== 'sent' && decision !== 'discarded')
    return refuseField('decision', 'give sent or discarded')
  const agent = agentOf(res)
  const [ticketId, heldId] = [toId(req.params.id), toId(req.params.heldId)]
  try {
    await decideHeldMail(deps, { shopId: agent.shopId, ticketId, heldId, by: agent.id, decision })
  } catch (error) {
    if (!(error instanceof Refused) || error.refusal.code === 'not_found') throw error
    const { status } = toProblem(error.refusal)
    const heldRefused = { status, heldId, reason: describeRefusal(error.refusal) }
    return sendTicketPage(deps, res, { ticketId, heldRefused })
  }
  res.redirect(303, `/desk/tickets/${ticketId}#newest`)
}
